import { useEffect, useRef } from 'preact/hooks';
import { visible } from '../../format.js';
import { html } from '../../html.js';
import { lineOf } from './yaml-places.js';

/** As in the style sheet, px. */
const LINE = 20;
const PADDING = 10;
const MAX_LISTED = 50;

/** @typedef {{ path?: string, message: string, code?: string }} Part */

/**
 * A text with numbers beside its lines, marks where the service found something, and what it found in words.
 * @param {{ text: string, onText: (text: string) => void, onCheck: () => void, parts: readonly Part[], tone: 'critical' | 'medium', showLine: number | null }} props
 *   `showLine`: the line to go to, from 1
 */
export function TextEditor({ text, onText, onCheck, parts, tone, showLine }) {
  const area = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const behind = useRef(/** @type {HTMLDivElement | null} */ (null));
  const lines = text.split('\n').length;
  const placed = parts.slice(0, MAX_LISTED).map((part) => ({ ...part, line: lineOf(text, part.path ?? '') }));
  const goTo = (/** @type {number} */ line) => select(area.current, line);
  useEffect(() => {
    if (showLine !== null) goTo(showLine);
  }, [showLine]);
  const onScroll = () => {
    if (behind.current !== null) behind.current.style.transform = `translateY(${-(area.current?.scrollTop ?? 0)}px)`;
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    onCheck();
  };
  return html`<div class="editor">
    <div class="editor-in">
      <div class="editor-behind" aria-hidden="true" ref=${behind}>
        ${placed.map(({ line }, at) => (line === null ? null : html`<i key=${at} class=${tone} style=${{ top: `${PADDING + (line - 1) * LINE}px` }} />`))}
        <div class="editor-numbers">${Array.from({ length: lines }, (_, at) => at + 1).join('\n')}</div>
      </div>
      <textarea
        ref=${area}
        aria-label="Rules as YAML"
        aria-invalid=${parts.length > 0 && tone === 'critical'}
        aria-describedby="editor-parts"
        spellcheck=${false}
        autocomplete="off"
        autocapitalize="off"
        wrap="off"
        value=${text}
        onInput=${(/** @type {any} */ event) => onText(event.currentTarget.value)}
        onScroll=${onScroll}
        onKeyDown=${onKeyDown}
      ></textarea>
    </div>
    <div id="editor-parts" role="status"><ul class="editor-parts">
      ${placed.map(
        ({ line, path = '', message }, at) =>
          html`<li key=${at} class=${tone}><i class="dot" />
            ${line === null ? null : html`<button type="button" class="button quiet" onClick=${() => goTo(line)}>Line ${line}</button>`}
            <span>${path === '' || path.startsWith('line ') ? null : html`<code>${visible(path)}</code> `}${visible(message)}</span>
          </li>`,
      )}
      ${parts.length > MAX_LISTED ? html`<li class="faint">and ${parts.length - MAX_LISTED} more</li>` : null}
    </ul></div>
  </div>`;
}

/** @param {HTMLTextAreaElement | null} area @param {number} line from 1 */
function select(area, line) {
  if (area === null) return;
  const lines = area.value.split('\n');
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  area.scrollTop = Math.max(0, (line - 5) * LINE);
}
