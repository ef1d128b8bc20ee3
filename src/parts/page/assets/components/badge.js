import { html } from '../html.js';
import { FINDING_STATUS, SEVERITY, STATE, wordFor } from '../words.js';

/** @param {{ tone: string, title?: string, children?: any }} props */
export function Badge({ tone, title, children }) {
  return html`<span class=${`badge ${tone}`} title=${title}>${children}</span>`;
}

/** @param {{ state: string }} props */
export function StateBadge({ state }) {
  const { word, tone, hint } = wordFor(STATE, state);
  return html`<${Badge} tone=${tone} title=${hint}><i class="dot" />${word}<//>`;
}

/** @param {{ status: string }} props */
export function FindingStatusBadge({ status }) {
  const { word, tone, hint } = wordFor(FINDING_STATUS, status);
  return html`<${Badge} tone=${tone} title=${hint}>${word}<//>`;
}

/** Bars as on a signal, so that the degree is seen without its colour. @param {{ severity: string }} props */
export function Severity({ severity }) {
  const { word, tone, hint } = wordFor(SEVERITY, severity);
  const level = 4 - Math.max(0, ['critical', 'high', 'medium', 'low'].indexOf(severity));
  return html`<span class=${`severity ${tone}`} title=${hint}>
    <span class="bars" aria-hidden="true">${[1, 2, 3, 4].map((bar) => html`<i key=${bar} class=${bar <= level ? 'on' : ''} />`)}</span>${word}
  </span>`;
}
