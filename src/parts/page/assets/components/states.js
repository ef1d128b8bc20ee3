import { html } from '../html.js';
import { Problem } from '../api.js';
import { visible } from '../format.js';
import { Icon } from './icon.js';

/** Grey lines in the place of what is to come. @param {{ lines?: number, what?: string }} props */
export function Loading({ lines = 4, what = 'Loading' }) {
  return html`<div class="skeleton" role="status">
    <span class="sr-only">${what} …</span>
    ${Array.from({ length: lines }, (_, line) => html`<i key=${line} class=${`w${line % 4}`} />`)}
  </div>`;
}

/** Nothing to show, and why that is. @param {{ title: string, children?: any, icon?: import('./icon.js').IconName }} props */
export function Empty({ title, children, icon = 'check' }) {
  return html`<div class="empty">
    <span class="empty-mark"><${Icon} name=${icon} size=${22} /></span>
    <p class="empty-title">${title}</p>
    ${children ? html`<div class="empty-more">${children}</div>` : null}
  </div>`;
}

/** Advice for codes whose detail does not say what to do. @type {Readonly<Record<string, string>>} */
const ADVICE = {
  unreachable: 'Check that the service runs and that this device can reach it.',
  forbidden: 'Ask an admin of this service for a token with that role.',
  'store-unavailable': 'The service retries by itself. If it stays, look at the doctor.',
  'jira-unavailable': 'Try again in a moment; nothing was changed.',
  internal: 'Report it with the request id below.',
};

/** What went wrong, with the code that the documentation explains. @param {{ problem: unknown, again?: (() => void) | null }} props */
export function ProblemBox({ problem, again = null }) {
  const known = problem instanceof Problem ? problem : new Problem('internal', 'Something in this page failed', String(problem), 0);
  const { title, detail, code, errors, instance, retryAfterS } = known;
  return html`<div class="problem" role="alert">
    <${Icon} name="alert" size=${20} />
    <div>
      <p class="problem-title">${title}</p>
      ${detail && detail !== title ? html`<p>${visible(detail)}</p>` : null}
      ${
        errors.length === 0
          ? null
          : html`<ul class="problem-parts">
            ${errors
              .slice(0, 20)
              .map(
                (part, at) =>
                  html`<li key=${at}>${part.path ? html`<code>${visible(part.path)}</code> ` : null}${visible(part.message)}</li>`,
              )}
          </ul>`
      }
      ${ADVICE[code] ? html`<p>${ADVICE[code]}</p>` : null}
      <p class="faint">
        Code <code>${code}</code>${instance ? html` · Request <code>${visible(instance)}</code>` : null}${retryAfterS ? ` · Try again in ${retryAfterS} s` : null}
      </p>
      ${again === null ? null : html`<button type="button" class="button" onClick=${again}><${Icon} name="retry" size=${15} />Try again</button>`}
    </div>
  </div>`;
}
