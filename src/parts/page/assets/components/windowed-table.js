import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { html } from '../html.js';

/** Rows that are kept above and below what is seen. */
const SPARE = 6;
/** In the place of a row that is being loaded. */
const LOADING = html`<td role="cell" class="faint">Loading …</td>`;
const NARROW = matchMedia('(max-width: 860px)');

/**
 * A table of which only the rows near the seen part are in the document, however many are loaded. All rows have one height.
 * @template T
 * @param {{ caption: string, head: any, count: number, rowsIn: (from: number, to: number) => readonly (T | null)[], keyOf: (row: T) => string,
 *   row: (row: T) => any, total: number | null, onSee: (from: number, to: number) => void, end?: any }} props
 *   `rowsIn`: the rows by their place, `to` excluded; null: not loaded. `total` null: not known. `onSee` says which rows are in the document
 */
export function WindowedTable({ caption, head, count, rowsIn, keyOf, row, total, onSee, end = null }) {
  const body = useRef(/** @type {HTMLTableSectionElement | null} */ (null));
  const height = useRowHeight();
  const [seen, setSeen] = useState({ from: 0, to: 40 });

  useLayoutEffect(() => {
    let asked = 0;
    const measure = () => {
      asked = 0;
      const element = body.current;
      if (element === null) return;
      const above = Math.max(0, -element.getBoundingClientRect().top);
      const from = Math.max(0, Math.floor(above / height) - SPARE);
      const to = from + Math.ceil(innerHeight / height) + 2 * SPARE;
      setSeen((before) => (before.from === from && before.to === to ? before : { from, to }));
    };
    const later = () => (asked ||= requestAnimationFrame(measure));
    measure();
    addEventListener('scroll', later, { passive: true });
    addEventListener('resize', later, { passive: true });
    return () => {
      cancelAnimationFrame(asked);
      removeEventListener('scroll', later);
      removeEventListener('resize', later);
    };
  }, [height]);

  useEffect(() => onSee(seen.from, seen.to), [seen.from, seen.to]);

  const to = Math.min(seen.to, count);
  const from = Math.min(seen.from, to);
  return html`<div class="windowed">
    <table class="table cards" role="table" aria-rowcount=${total === null ? -1 : total + 1}>
      <caption class="sr-only">${caption}</caption>
      <thead role="rowgroup">${head}</thead>
      <tbody ref=${body} role="rowgroup">
        ${from === 0 ? null : html`<tr key="above" class="spacer" role="presentation" style=${{ height: `${from * height}px` }}></tr>`}
        ${rowsIn(from, to).map((one, at) => html`<tr key=${one === null ? `place ${from + at}` : keyOf(one)} role="row" class="fixed" aria-rowindex=${from + at + 2}>${one === null ? LOADING : row(one)}</tr>`)}
        ${to === count ? null : html`<tr key="below" class="spacer" role="presentation" style=${{ height: `${(count - to) * height}px` }}></tr>`}
      </tbody>
    </table>
    ${end}
  </div>`;
}

/** The height of a row as the style sheet has it, px: rows are cards on narrow screens, and lower when dense. */
function useRowHeight() {
  const read = () =>
    Number.parseFloat(getComputedStyle(document.documentElement).getPropertyValue(NARROW.matches ? '--card-row' : '--row')) || 52;
  const [height, setHeight] = useState(read);
  useEffect(() => {
    const update = () => setHeight(read());
    const looks = new MutationObserver(update);
    looks.observe(document.documentElement, { attributes: true, attributeFilter: ['data-density'] });
    NARROW.addEventListener('change', update);
    return () => {
      looks.disconnect();
      NARROW.removeEventListener('change', update);
    };
  }, []);
  return height;
}
