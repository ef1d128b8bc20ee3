import { useState } from 'preact/hooks';
import { visible, webLink } from '../format.js';
import { html } from '../html.js';
import { Icon } from './icon.js';

/** Text that others wrote: kept apart from the text around it, whatever its direction, and with its invisible characters shown. @param {{ children?: any, mono?: boolean }} props */
export function Foreign({ children, mono = false }) {
  return html`<bdi class=${mono ? 'mono' : undefined}>${visible(Array.isArray(children) ? children.join('') : (children ?? ''))}</bdi>`;
}

/** A link out of the page, only ever to the web. @param {{ to: string, children?: any, title?: string }} props */
export function Outside({ to, children, title }) {
  const href = webLink(to);
  if (href === null) return html`<span>${children}</span>`;
  return html`<a class="outside" href=${href} target="_blank" rel="noopener noreferrer" title=${title}
    >${children}<${Icon} name="external" size=${13} /><span class="sr-only"> (opens a new tab)</span></a
  >`;
}

/** The issue of a finding. @param {{ issue: { key: string, url: string, status: string | null } | null }} props */
export function IssueLink({ issue }) {
  if (issue === null) return html`<span class="faint">none</span>`;
  return html`<${Outside} to=${issue.url}><${Foreign}>${issue.key}<//><//>`;
}

/** A value with a button that copies it. @param {{ value: string, what: string }} props */
export function Copyable({ value, what }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(value);
    setCopied(true);
    setTimeout(() => setCopied(false), 1_500);
  };
  return html`<span class="copyable">
    <${Foreign} mono>${value}<//>
    <button type="button" class="icon-button small" onClick=${() => void copy()} aria-label=${`Copy ${what}`} title="Copy">
      <${Icon} name=${copied ? 'check' : 'copy'} size=${14} />
    </button>
  </span>`;
}
