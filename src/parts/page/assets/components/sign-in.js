import { useEffect, useRef, useState } from 'preact/hooks';
import { get, Problem } from '../api.js';
import { html } from '../html.js';
import { keepToken, me, signedOutBecause } from '../session.js';
import { useStore } from '../store.js';
import { ProblemBox } from './states.js';

/** Asks for a token. It is kept until the tab is closed. */
export function SignIn() {
  const because = useStore(signedOutBecause);
  const [value, setValue] = useState('');
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const [busy, setBusy] = useState(false);
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => field.current?.focus(), []);
  const signIn = async () => {
    setBusy(true);
    setProblem(null);
    keepToken(value.trim());
    try {
      me.set(await get('/api/v1/me'));
      signedOutBecause.set('');
    } catch (error) {
      keepToken(null);
      signedOutBecause.set('');
      setProblem(
        error instanceof Problem && error.status === 401
          ? new Problem(error.code, 'This token is not known here', 'Check that all of it was pasted.', 401)
          : error,
      );
    } finally {
      setBusy(false);
    }
  };
  const onSubmit = (/** @type {Event} */ event) => {
    event.preventDefault();
    void signIn();
  };
  return html`<main class="gate">
    <div class="gate-card">
      <img src="/page/icon.svg" alt="" width="40" height="40" />
      <h1>Sign in</h1>
      <p class="soft">One Jira issue for each finding of AWS IAM Access Analyzer.</p>
      ${because === '' ? null : html`<p class="plan" role="status">${because}</p>`}
      <form class="stack" onSubmit=${onSubmit}>
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
        <button type="submit" class="button primary large" disabled=${busy || value.trim() === ''}>${busy ? 'Signing in …' : 'Sign in'}</button>
      </form>
    </div>
  </main>`;
}
