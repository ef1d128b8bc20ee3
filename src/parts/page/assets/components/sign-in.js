import { useEffect, useRef, useState } from 'preact/hooks';
import { get, Problem } from '../api.js';
import { html } from '../html.js';
import { beginSignIn } from '../oidc.js';
import { forgetSignIn, keepSession, leaving, me, signedOutBecause } from '../session.js';
import { useStore } from '../store.js';
import { Icon } from './icon.js';
import { Loading, ProblemBox } from './states.js';
import { useLoad } from './use-load.js';

/**
 * Asks who this is: at the issuer, by a token, or by either of them, as the service has it.
 * @param {{ refused: import('../store.js').Store<unknown> }} props `refused`: why the last sign-in at the issuer led to nothing
 */
export function SignIn({ refused }) {
  const [because, problem] = [useStore(signedOutBecause), useStore(refused)];
  const ways = useLoad((signal) => get('/sign-in.json', { signal }), []);
  /** @type {import('../oidc.js').Issuer | null} */
  const oidc = ways.data?.oidc ?? null;
  // A token may be one of ADMIN_TOKENS while the issuer is away.
  const byToken = oidc === null ? ways.problem !== null || ways.data !== null : ways.data.tokens;
  return html`<main class="gate">
    <div class="gate-card">
      <img src="/page/icon.svg" alt="" width="40" height="40" />
      <h1>Sign in</h1>
      <p class="soft">One Jira issue for each finding of AWS IAM Access Analyzer.</p>
      ${because === '' ? null : html`<p class="plan" role="status">${because}</p>`}
      ${problem === null || ways.problem !== null ? null : html`<${ProblemBox} problem=${problem} />`}
      ${ways.data === null && ways.problem === null ? html`<${Loading} lines=${2} />` : null}
      ${ways.problem === null ? null : html`<${ProblemBox} problem=${ways.problem} again=${ways.reload} />`}
      ${oidc === null ? null : html`<${AtIssuer} issuer=${oidc} refused=${refused} />`}
      ${oidc !== null && byToken ? html`<p class="or"><span>or</span></p>` : null}
      ${byToken ? html`<${ByToken} first=${oidc === null} refused=${refused} />` : null}
    </div>
  </main>`;
}

/** @param {{ issuer: import('../oidc.js').Issuer, refused: import('../store.js').Store<unknown> }} props */
function AtIssuer({ issuer, refused }) {
  const busy = useStore(leaving);
  const button = useRef(/** @type {HTMLButtonElement | null} */ (null));
  useEffect(() => button.current?.focus(), []);
  const begin = () => {
    refused.set(null);
    beginSignIn(issuer).catch((error) => refused.set(error));
  };
  const host = new URL(issuer.authorizationEndpoint).host;
  return html`<div class="stack at-issuer">
    <button ref=${button} type="button" class="button primary large" disabled=${busy} onClick=${begin}>
      <${Icon} name="external" size=${16} />${busy ? 'On the way …' : 'Sign in with your organization'}
    </button>
    <small class="faint">You sign in at <b>${host}</b> and come back. This page never sees your password.</small>
  </div>`;
}

/** Asks for a token. It is kept until the tab is closed. @param {{ first: boolean, refused: import('../store.js').Store<unknown> }} props */
function ByToken({ first, refused }) {
  const [value, setValue] = useState('');
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const [busy, setBusy] = useState(false);
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => (first ? field.current?.focus() : undefined), []);
  const signIn = async () => {
    setBusy(true);
    setProblem(null);
    refused.set(null);
    keepSession(value.trim(), null);
    try {
      me.set(await get('/api/v1/me'));
    } catch (error) {
      forgetSignIn();
      setProblem(
        error instanceof Problem && error.status === 401
          ? new Problem(error.code, 'This token is not known here', 'Check that all of it was pasted.', 401)
          : error,
      );
    } finally {
      signedOutBecause.set('');
      setBusy(false);
    }
  };
  const onSubmit = (/** @type {Event} */ event) => {
    event.preventDefault();
    void signIn();
  };
  return html`<form class="stack" onSubmit=${onSubmit}>
    <label class="field">
      <span>Token</span>
      <input
        ref=${field}
        type="password"
        name="token"
        autocomplete="current-password"
        spellcheck=${false}
        required
        value=${value}
        onInput=${(/** @type {any} */ event) => setValue(event.currentTarget.value)}
      />
      <small>One of <code>ADMIN_TOKENS</code>. It is kept in this tab only, and forgotten when you close it.</small>
    </label>
    ${problem === null ? null : html`<${ProblemBox} problem=${problem} />`}
    <button type="submit" class=${`button large ${first ? 'primary' : ''}`} disabled=${busy || value.trim() === ''}>
      ${busy ? 'Signing in …' : first ? 'Sign in' : 'Sign in by token'}
    </button>
  </form>`;
}
