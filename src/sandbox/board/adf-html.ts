import { isJsonObject, type Json, type JsonObject } from '../../findings/json.ts';
import { html, type Html } from './html.ts';

/** Nodes that are one element around their content. */
const ELEMENTS: Readonly<Record<string, (inside: readonly Html[]) => Html>> = {
  doc: (inside) => html`${inside}`,
  paragraph: (inside) => html`<p>${inside}</p>`,
  hardBreak: () => html`<br />`,
  rule: () => html`<hr />`,
  bulletList: (inside) =>
    html`<ul>
      ${inside}
    </ul>`,
  orderedList: (inside) =>
    html`<ol>
      ${inside}
    </ol>`,
  listItem: (inside) => html`<li>${inside}</li>`,
  codeBlock: (inside) => html`<pre><code>${inside}</code></pre>`,
  table: (inside) =>
    html`<table>
      ${inside}
    </table>`,
  tableRow: (inside) =>
    html`<tr>
      ${inside}
    </tr>`,
  tableHeader: (inside) => html`<th>${inside}</th>`,
  tableCell: (inside) => html`<td>${inside}</td>`,
  blockquote: (inside) => html`<blockquote>${inside}</blockquote>`,
};

/** Renders an ADF document as HTML. All content is escaped; links lead only to http, https or mailto. */
export function adfHtml(node: Json): Html {
  if (!isJsonObject(node)) return html``;
  const { type } = node;
  const inside = children(node);
  const element = typeof type === 'string' && Object.hasOwn(ELEMENTS, type) ? ELEMENTS[type] : undefined;
  if (element !== undefined) return element(inside);
  switch (type) {
    case 'text':
      return textHtml(node);
    case 'heading':
      return headingHtml(attribute(node, 'level'), inside);
    case 'panel':
      return html`<div class="panel ${attribute(node, 'panelType')}">${inside}</div>`;
    case 'expand':
    case 'nestedExpand':
      return html`<details open>
        <summary>${attribute(node, 'title')}</summary>
        ${inside}
      </details>`;
    case 'inlineCard':
      return linkHtml(attribute(node, 'url'), html`${attribute(node, 'url')}`);
    default:
      return html`${attribute(node, 'text')}${inside}`;
  }
}

function children(node: JsonObject): Html[] {
  const { content } = node;
  return Array.isArray(content) ? content.map((child) => adfHtml(child)) : [];
}

function headingHtml(level: string, inside: readonly Html[]): Html {
  if (level === '1' || level === '2') return html`<h2>${inside}</h2>`;
  return level === '3' ? html`<h3>${inside}</h3>` : html`<h4>${inside}</h4>`;
}

function textHtml(node: JsonObject): Html {
  const { text, marks } = node;
  const plain = html`${typeof text === 'string' ? text : ''}`;
  return Array.isArray(marks) ? marks.reduce((inside: Html, mark) => (isJsonObject(mark) ? marked(inside, mark) : inside), plain) : plain;
}

function marked(inside: Html, mark: JsonObject): Html {
  switch (mark['type']) {
    case 'strong':
      return html`<strong>${inside}</strong>`;
    case 'em':
      return html`<em>${inside}</em>`;
    case 'code':
      return html`<code>${inside}</code>`;
    case 'strike':
      return html`<s>${inside}</s>`;
    case 'underline':
      return html`<u>${inside}</u>`;
    case 'link':
      return linkHtml(attribute(mark, 'href'), inside);
    default:
      return inside;
  }
}

function linkHtml(href: string, inside: Html): Html {
  return /^(https?:\/\/|mailto:)/i.test(href) ? html`<a href="${href}" rel="noopener noreferrer nofollow">${inside}</a>` : inside;
}

function attribute(node: JsonObject, name: string): string {
  const { attrs } = node;
  const value = isJsonObject(attrs) ? attrs[name] : undefined;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
