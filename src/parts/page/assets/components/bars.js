import { number } from '../format.js';
import { html } from '../html.js';

/**
 * Shares of a whole as one bar with a legend, which is the readable form for everyone.
 * @param {{ parts: readonly { name: string, count: number, tone: string, href?: string, title?: string }[], label: string }} props
 */
export function ShareBar({ parts, label }) {
  const whole = parts.reduce((sum, { count }) => sum + count, 0);
  return html`<div class="shares">
    <div class="share-bar" aria-hidden="true">
      ${parts.map(({ name, count, tone }) =>
        count === 0 ? null : html`<i key=${name} class=${tone} style=${{ flexGrow: count, minWidth: '3px' }} />`,
      )}
    </div>
    <ul class="legend" aria-label=${label}>
      ${parts.map(
        ({ name, count, tone, href, title }) =>
          html`<li key=${name} title=${title}>
            <i class=${`dot ${tone}`} />
            ${href && count > 0 ? html`<a href=${href}>${name}</a>` : html`<span>${name}</span>`}
            <b class="num">${number(count)}</b>
            <span class="faint num">${whole === 0 ? '' : share(count, whole)}</span>
          </li>`,
      )}
    </ul>
  </div>`;
}

/** @param {number} count @param {number} whole */
function share(count, whole) {
  const percent = (100 * count) / whole;
  return count > 0 && percent < 1 ? '<1 %' : `${Math.round(percent)} %`;
}

/** How much of a limit is used. @param {{ used: number, of: number, label: string, tone?: string }} props */
export function Meter({ used, of, label, tone = 'accent' }) {
  const full = of === 0 ? 0 : Math.min(1, used / of);
  return html`<div class="meter" role="meter" aria-label=${label} aria-valuemin="0" aria-valuemax=${of} aria-valuenow=${Math.min(used, of)}>
    <i class=${full >= 1 ? 'medium' : tone} style=${{ width: `${full * 100}%` }} />
  </div>`;
}
