import { visibleLines } from '../../format.js';
import { html } from '../../html.js';
import { diffLines } from './line-diff.js';

/** Lines around a change that stay in sight. */
const AROUND = 3;
/** More lines would make the page slow. */
const MAX_SHOWN = 2_000;

/** Two texts as one, with what was taken out and put in. @param {{ before: string, after: string, label: string }} props */
export function Diff({ before, after, label }) {
  const lines = diffLines(before, after);
  const near = lines.map((_, at) => lines.slice(Math.max(0, at - AROUND), at + AROUND + 1).some(({ is }) => is !== 'same'));
  const shown = lines.slice(0, MAX_SHOWN);
  if (!near.includes(true)) return html`<p class="soft">No line differs.</p>`;
  return html`<div class="diff" role="region" aria-label=${label} tabindex="0">
    ${shown.map(({ is, text }, at) => {
      if (!near[at]) return near[at + 1] && at > 0 ? html`<div key=${at} class="diff-gap" aria-hidden="true">…</div>` : null;
      return html`<div key=${at} class=${`diff-line ${is}`}><span aria-hidden="true">${{ same: ' ', removed: '−', added: '+' }[is]}</span><span class="sr-only">${{ same: '', removed: 'removed: ', added: 'added: ' }[is]}</span><bdi>${visibleLines(text)}</bdi></div>`;
    })}
    ${lines.length > MAX_SHOWN ? html`<div class="diff-gap">… ${lines.length - MAX_SHOWN} more lines</div>` : null}
  </div>`;
}
