import { Foreign, Outside } from '../../components/text.js';
import { html } from '../../html.js';

/** Nodes of the text of an issue that are one element around what is in them. */
const ELEMENTS = /** @type {Readonly<Record<string, (inside: any) => any>>} */ ({
  doc: (inside) => html`<div class="adf">${inside}</div>`,
  paragraph: (inside) => html`<p>${inside}</p>`,
  hardBreak: () => html`<br />`,
  rule: () => html`<hr />`,
  bulletList: (inside) => html`<ul>${inside}</ul>`,
  orderedList: (inside) => html`<ol>${inside}</ol>`,
  listItem: (inside) => html`<li>${inside}</li>`,
  codeBlock: (inside) => html`<pre tabindex="0" aria-label="Code">${inside}</pre>`,
  blockquote: (inside) => html`<blockquote>${inside}</blockquote>`,
  heading: (inside) => html`<h4>${inside}</h4>`,
  panel: (inside) => html`<div class="adf-panel">${inside}</div>`,
  table: (inside) =>
    html`<div class="adf-table" role="region" aria-label="Table" tabindex="0"><table><tbody>${inside}</tbody></table></div>`,
  tableRow: (inside) => html`<tr>${inside}</tr>`,
  tableHeader: (inside) => html`<th>${inside}</th>`,
  tableCell: (inside) => html`<td>${inside}</td>`,
});

const MARKS = /** @type {Readonly<Record<string, (inside: any, attrs: any) => any>>} */ ({
  strong: (inside) => html`<strong>${inside}</strong>`,
  em: (inside) => html`<em>${inside}</em>`,
  code: (inside) => html`<code>${inside}</code>`,
  strike: (inside) => html`<s>${inside}</s>`,
  link: (inside, attrs) => html`<${Outside} to=${String(attrs?.href ?? '')}>${inside}<//>`,
});

/** A document in Atlassian's format as people see it in Jira. Texts stay texts. @param {{ node: any }} props */
export function Adf({ node }) {
  if (typeof node !== 'object' || node === null) return null;
  const { type, text, marks = [], content = [], attrs } = node;
  if (type === 'text') {
    return marks.reduce(
      (/** @type {any} */ inside, /** @type {any} */ mark) =>
        Object.hasOwn(MARKS, mark.type) ? MARKS[mark.type]?.(inside, mark.attrs) : inside,
      html`<${Foreign}>${text}<//>`,
    );
  }
  const inside = content.map((/** @type {any} */ child, /** @type {number} */ at) => html`<${Adf} key=${at} node=${child} />`);
  if (type === 'expand') return html`<details open><summary><${Foreign}>${attrs?.title ?? 'More'}<//></summary>${inside}</details>`;
  return (Object.hasOwn(ELEMENTS, type) ? ELEMENTS[type]?.(inside) : null) ?? html`<span>${attrs?.text ?? ''}${inside}</span>`;
}
