import { useMemo } from 'preact/hooks';
import { releaseHeld } from '../actions.js';
import { ViewHead } from '../components/card.js';
import { Icon } from '../components/icon.js';
import { Empty, Loading, ProblemBox } from '../components/states.js';
import { WindowedTable } from '../components/windowed-table.js';
import { number, plural } from '../format.js';
import { html } from '../html.js';
import { go, linkTo } from '../router.js';
import { mayAct } from '../session.js';
import { apiFilter } from './findings/filter-names.js';
import { Filters } from './findings/filters.js';
import { FindingRow, FindingsHead } from './findings/finding-row.js';
import { FindingSheet } from './findings/finding-sheet.js';
import { saveFindings } from './findings/save-findings.js';
import { rowsIn } from './findings/kept-pages.js';
import { sortedBy } from './findings/sort.js';
import { keyOf, useFindings } from './findings/use-findings.js';

/** @typedef {(changes: Record<string, string | null>) => void} SetQuery */

/** The list of findings; one of them opens in a sheet. Filters, sort and the opened finding are in the address. @param {{ route: import('../router.js').Route }} props */
export function View({ route: { rest, query } }) {
  const { sort = '', analyzerArn = null } = query;
  const filter = useMemo(() => apiFilter(query), [JSON.stringify(apiFilter(query))]);
  const [opened] = rest;
  const list = useFindings(filter, sort !== '', opened === undefined);
  const set = /** @type {SetQuery} */ (
    (changes) => go(linkTo('findings', [], { ...query, ...changes, analyzerArn: null }), { replace: true })
  );
  return html`<div class="view">
    <${ViewHead} title="Findings" hint=${countText(list)}><${HeadActions} filter=${filter} reload=${list.reload} /><//>
    <${Filters} query=${query} set=${set} />
    ${list.problem === null ? null : html`<${ProblemBox} problem=${list.problem} again=${list.reload} />`}
    ${list.news ? html`<button type="button" class="button news" onClick=${list.reload}><${Icon} name="retry" size=${15} />Something has changed. Load the list again</button>` : null}
    <${List} list=${list} query=${query} sort=${sort} set=${set} filtered=${Object.keys(filter).length > 0} />
    ${
      opened === undefined
        ? null
        : html`<${FindingSheet}
            key=${`${opened} ${analyzerArn ?? ''}`}
            findingId=${opened}
            analyzerArn=${analyzerArn}
            onClose=${() => go(linkTo('findings', [], { ...query, analyzerArn: null }))}
            onChanged=${list.replace}
          />`
    }
  </div>`;
}

/** @param {{ filter: Readonly<Record<string, string>>, reload: () => void }} props */
function HeadActions({ filter, reload }) {
  const { state, ...others } = filter;
  const release = html`<button type="button" class="button" onClick=${() => releaseHeld(others, reload)}><${Icon} name="release" size=${15} />Release these</button>`;
  return html`${state === 'held' && mayAct('operator') ? release : null}
    <button type="button" class="button" onClick=${() => saveFindings(filter)}><${Icon} name="download" size=${15} />CSV</button>`;
}

/**
 * @param {{ list: ReturnType<typeof useFindings>, query: Readonly<Record<string, string>>, sort: string, set: SetQuery, filtered: boolean }} props
 */
function List({ list, query, sort, set, filtered }) {
  const { pages, count } = list;
  const sorted = useMemo(() => (list.sorts ? sortedBy(rowsIn(pages, 0, count), sort) : null), [pages, sort]);
  const row = useMemo(() => rowsOf(query), [query]);
  const isAll = list.loaded && list.cursor === null;
  if (isAll && count === 0) return html`<div class="card"><${NoFindings} filtered=${filtered} /></div>`;
  return html`<div class="card flush">
    <${WindowedTable}
      caption="Findings"
      head=${html`<${FindingsHead} sort=${sort} set=${set} />`}
      count=${count}
      rowsIn=${(/** @type {number} */ from, /** @type {number} */ to) => (sorted === null ? rowsIn(pages, from, to) : sorted.slice(from, to))}
      keyOf=${keyOf}
      row=${row}
      total=${isAll ? count : null}
      onSee=${list.see}
      end=${list.loading && (count === 0 || list.cursor !== null) ? html`<div class="table-end"><${Loading} lines=${count === 0 ? 8 : 2} what="Loading findings" /></div>` : null}
    />
  </div>`;
}

/** Rows by finding, each made once: what is drawn already is not drawn again while the list is scrolled. @param {Readonly<Record<string, string>>} query */
function rowsOf(query) {
  const made = new WeakMap();
  return (/** @type {any} */ mapping) => {
    const { findingId, analyzerArn } = mapping;
    const known =
      made.get(mapping) ?? html`<${FindingRow} mapping=${mapping} href=${linkTo('findings', [findingId], { ...query, analyzerArn })} />`;
    made.set(mapping, known);
    return known;
  };
}

/** @param {{ filtered: boolean }} props */
function NoFindings({ filtered }) {
  if (!filtered)
    return html`<${Empty} title="No finding yet" icon="search">Findings appear here as soon as the first event or sweep brings one.<//>`;
  return html`<${Empty} title="No finding matches" icon="search">
    <p>Search finds the beginning of any part of a name, an ARN, an id or a key.</p>
    <p><button type="button" class="button" onClick=${() => go(linkTo('findings'), { replace: true })}>Clear the filters</button></p>
  <//>`;
}

/** @param {ReturnType<typeof useFindings>} list */
function countText({ count, cursor, loaded, sorts }) {
  if (!loaded) return null;
  if (cursor === null) return plural(count, 'finding');
  return sorts ? `Sorted among the newest ${number(count)}; filter to sort fewer` : `The newest ${number(count)}, more as you scroll`;
}
