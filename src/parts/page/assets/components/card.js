import { html } from '../html.js';

/** A part of a view. @param {{ title: any, children?: any, more?: any, className?: string, hint?: string }} props */
export function Card({ title, children, more = null, className = '', hint }) {
  return html`<section class=${`card ${className}`}>
    <header class="card-head">
      <div><h2>${title}</h2>${hint ? html`<p class="faint">${hint}</p>` : null}</div>
      ${more}
    </header>
    ${children}
  </section>`;
}

/** The head of a view. @param {{ title: string, hint?: any, children?: any }} props */
export function ViewHead({ title, hint = null, children = null }) {
  return html`<header class="view-head">
    <div><h1>${title}</h1>${hint ? html`<p>${hint}</p>` : null}</div>
    ${children ? html`<div class="actions">${children}</div>` : null}
  </header>`;
}

/** Pairs of names and values. @param {{ facts: readonly (readonly [string, any])[] }} props */
export function Facts({ facts }) {
  return html`<dl class="facts">
    ${facts.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}
  </dl>`;
}
