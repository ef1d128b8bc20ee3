import { useEffect } from 'preact/hooks';
import { get, isUnknownCaller } from '../api.js';
import { html } from '../html.js';
import { finishSignIn } from '../oidc.js';
import { me, signedOutBecause, token } from '../session.js';
import { createStore, useStore } from '../store.js';
import { Shell } from './shell.js';
import { SignIn } from './sign-in.js';
import { Loading, ProblemBox } from './states.js';

const failed = createStore(/** @type {unknown} */ (null));

/** Asks who this is. Without configured tokens that is a person at this machine, who needs none. */
export async function findOut() {
  failed.set(null);
  try {
    me.set(await get('/api/v1/me'));
    signedOutBecause.set('');
  } catch (error) {
    if (isUnknownCaller(error)) me.set(null);
    else failed.set(error);
  }
}

/** Why the issuer's answer led to no session. */
const refused = createStore(/** @type {unknown} */ (null));

/** @param {import('../oidc.js').Arrival} arrival */
async function arrive(arrival) {
  try {
    await finishSignIn(arrival);
  } catch (error) {
    refused.set(error);
    me.set(null);
  }
}

/** @param {{ arrival: import('../oidc.js').Arrival | null }} props `arrival`: the person comes from the issuer. Those who are signed in did not ask for that. */
export function App({ arrival }) {
  const [who, problem] = [useStore(me), useStore(failed)];
  useEffect(() => void (arrival === null || token() !== null ? findOut() : arrive(arrival)), []);
  if (problem !== null) {
    return html`<main class="gate"><div class="gate-card"><h1>findings-to-jira</h1><${ProblemBox} problem=${problem} again=${() => void findOut()} /></div></main>`;
  }
  if (who === undefined)
    return html`<main class="gate"><div class="gate-card"><h1 class="sr-only">findings-to-jira</h1><${Loading} lines=${3} /></div></main>`;
  return who === null ? html`<${SignIn} refused=${refused} />` : html`<${Shell} />`;
}
