import { html } from '../html.js';

/**
 * A table of few rows, whose rows become cards on narrow screens. Long lists belong in a `WindowedTable`.
 * @template T
 * @typedef {{ name: string, cell: (row: T) => any, num?: boolean, hideNarrow?: boolean }} Column
 */

/**
 * @template T
 * @param {{ caption: string, columns: readonly Column<T>[], rows: readonly T[], keyOf: (row: T) => string }} props
 */
export function Table({ caption, columns, rows, keyOf }) {
  return html`<div class="table-wrap">
    <table class="table cards" role="table">
      <caption class="sr-only">${caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          ${columns.map(({ name, num }) => html`<th key=${name} role="columnheader" scope="col" class=${num ? 'num' : undefined}>${name}</th>`)}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${rows.map(
          (row) =>
            html`<tr key=${keyOf(row)} role="row">
              ${columns.map(({ name, cell, num }) => html`<td key=${name} role="cell" data-name=${name} class=${num ? 'num' : undefined}>${cell(row)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
