import { useEffect } from 'preact/hooks';
import { get, Problem } from '../api.js';
import { html } from '../html.js';
import { me, signedOutBecause } from '../session.js';
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
    if (error instanceof Problem && error.status === 401) me.set(null);
    else failed.set(error);
  }
}

export function App() {
  const [who, problem] = [useStore(me), useStore(failed)];
  useEffect(() => void findOut(), []);
  if (problem !== null) {
    return html`<main class="gate"><div class="gate-card"><h1>findings-to-jira</h1><${ProblemBox} problem=${problem} again=${() => void findOut()} /></div></main>`;
  }
  if (who === undefined)
    return html`<main class="gate"><div class="gate-card"><h1 class="sr-only">findings-to-jira</h1><${Loading} lines=${3} /></div></main>`;
  return who === null ? html`<${SignIn} />` : html`<${Shell} />`;
}
