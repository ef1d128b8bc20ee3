import { createStore, useStore } from '../store.js';
import { html } from '../html.js';
import { Icon } from './icon.js';

/** @typedef {{ id: number, tone: 'good' | 'critical' | 'quiet', text: string }} Toast */

const toasts = createStore(/** @type {readonly Toast[]} */ ([]));
const SHOWN_MS = 6_000;
let last = 0;

/** Says in a corner that something was done. What went wrong belongs where it was asked for, in a `ProblemBox`. @param {string} text @param {Toast['tone']} [tone] */
export function notify(text, tone = 'good') {
  const id = ++last;
  toasts.set([...toasts.get().slice(-3), { id, tone, text }]);
  setTimeout(() => dismiss(id), SHOWN_MS);
}

/** @param {number} id */
function dismiss(id) {
  toasts.set(toasts.get().filter((toast) => toast.id !== id));
}

/** The corner. Is in the page once. */
export function Toasts() {
  return html`<div class="toasts" role="status" aria-live="polite">
    ${useStore(toasts).map(
      ({ id, tone, text }) =>
        html`<div key=${id} class=${`toast ${tone}`}>
          <${Icon} name=${tone === 'good' ? 'check' : 'info'} size=${16} /><span>${text}</span>
          <button type="button" class="icon-button small" aria-label="Dismiss" onClick=${() => dismiss(id)}><${Icon} name="close" size=${14} /></button>
        </div>`,
    )}
  </div>`;
}
