import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { get } from '../api.js';
import { ViewHead } from '../components/card.js';
import { Icon } from '../components/icon.js';
import { Empty, Loading, ProblemBox } from '../components/states.js';
import { WindowedTable } from '../components/windowed-table.js';
import { releaseHeld } from '../actions.js';
import { html } from '../html.js';
import { number, plural } from '../format.js';
import { connection } from '../live.js';
import { go, linkTo } from '../router.js';
import { mayAct } from '../session.js';
import { useStore } from '../store.js';
import { FindingSheet } from './findings/finding-sheet.js';
import { Filters } from './findings/filters.js';
import { apiFilter, FILTER_NAMES } from './findings/filter-names.js';
import { FindingsHead, FindingRow } from './findings/finding-row.js';
import { sortedBy, SORT_LOADS } from './findings/sort.js';
import { saveFindings } from './findings/save-findings.js';

const PAGE = 200;

/** @param {any} mapping */
const keyOf = (mapping) => `${mapping.analyzerArn} ${mapping.findingId}`;

/** The list of findings; one of them opens in a sheet. Filters, sort and the opened finding are in the address. @param {{ route: import('../router.js').Route }} props */
export function View({ route }) {
  const { rest, query } = route;
  const filter = useMemo(() => apiFilter(query), [JSON.stringify(apiFilter(query))]);
  const list = useFindings(filter, query['sort'] ?? '');
  const rows = useMemo(() => sortedBy(list.rows, query['sort'] ?? ''), [list.rows, query['sort']]);
  const [opened] = rest;
  const open = (/** @type {any} */ { findingId, analyzerArn }) => linkTo('findings', [findingId], { ...query, analyzerArn });
  const set = (/** @type {Record<string, string | null>} */ changes) =>
    go(linkTo('findings', [], { ...query, ...changes, analyzerArn: null }), { replace: true });
  const filtered = FILTER_NAMES.some((name) => query[name]);
  return html`<div class="view">
    <${ViewHead} title="Findings" hint=${countText(list, query['sort'] ?? '')}>
      ${
        filter['state'] === 'held' && mayAct('operator')
          ? html`<button type="button" class="button" onClick=${() => releaseHeld(withoutState(filter), list.reload)}><${Icon} name="release" size=${15} />Release these</button>`
          : null
      }
      <button type="button" class="button" onClick=${() => saveFindings(filter)}><${Icon} name="download" size=${15} />CSV</button>
    <//>
    <${Filters} query=${query} set=${set} />
    ${list.problem === null ? null : html`<${ProblemBox} problem=${list.problem} again=${list.reload} />`}
    ${list.news ? html`<button type="button" class="button news" onClick=${list.reload}><${Icon} name="retry" size=${15} />Something has changed. Load the list again</button>` : null}
    ${
      list.loaded && rows.length === 0 && list.cursor === null
        ? html`<div class="card"><${Empty} title=${filtered ? 'No finding matches' : 'No finding yet'} icon="search">
          ${
            filtered
              ? html`Search finds the beginning of any part of a name, an ARN, an id or a key.
                <p><button type="button" class="button" onClick=${() => go(linkTo('findings'), { replace: true })}>Clear the filters</button></p>`
              : 'Findings appear here as soon as the first event or sweep brings one.'
          }
        <//></div>`
        : html`<div class="card flush">
          <${WindowedTable}
            caption="Findings"
            head=${html`<${FindingsHead} sort=${query['sort'] ?? ''} set=${set} />`}
            rows=${rows}
            keyOf=${keyOf}
            row=${(/** @type {any} */ mapping) => html`<${FindingRow} mapping=${mapping} href=${open(mapping)} />`}
            total=${list.cursor === null && list.loaded ? rows.length : null}
            onEnd=${list.more}
            end=${list.loading ? html`<div class="table-end"><${Loading} lines=${rows.length === 0 ? 8 : 2} what="Loading findings" /></div>` : null}
          />
        </div>`
    }
    ${
      opened === undefined
        ? null
        : html`<${FindingSheet}
          key=${`${opened} ${query['analyzerArn'] ?? ''}`}
          findingId=${opened}
          analyzerArn=${query['analyzerArn'] ?? null}
          onClose=${() => go(linkTo('findings', [], { ...query, analyzerArn: null }))}
          onChanged=${list.replace}
        />`
    }
  </div>`;
}

/** @param {Readonly<Record<string, string>>} filter */
function withoutState({ state: _, ...others }) {
  return others;
}

/** @param {ReturnType<typeof useFindings>} list @param {string} sort */
function countText({ rows, cursor, loaded }, sort) {
  if (!loaded) return null;
  if (cursor === null) return plural(rows.length, 'finding');
  return sort === ''
    ? `${number(rows.length)} loaded, more as you scroll`
    : `Sorted among the newest ${number(rows.length)}; filter to sort fewer`;
}

/**
 * The findings that match, page after page as they are needed.
 * @param {Readonly<Record<string, string>>} filter
 * @param {string} sort with one, more is loaded at once, so that it says something
 */
function useFindings(filter, sort) {
  const nothing = {
    rows: /** @type {any[]} */ ([]),
    cursor: /** @type {string | null} */ (null),
    loaded: false,
    loading: true,
    problem: /** @type {unknown} */ (null),
  };
  const [state, setState] = useState(nothing);
  const [turn, setTurn] = useState(0);
  const [news, setNews] = useState(false);
  const run = useRef({ controller: new AbortController(), busy: false });

  const load = async (/** @type {string | null} */ cursor, /** @type {any[]} */ before) => {
    const { controller } = run.current;
    run.current.busy = true;
    setState((was) => ({ ...was, loading: true, problem: null }));
    try {
      let [rows, next] = [before, cursor];
      do {
        const query = { ...filter, limit: sort === '' ? PAGE : 500, cursor: next };
        const page = await get('/api/v1/mappings', { query, signal: controller.signal });
        rows = [...rows, ...page.items];
        next = page.nextCursor;
        // A page may be short or empty although more match.
      } while (next !== null && rows.length < (sort === '' ? before.length + 1 : SORT_LOADS));
      setState({ rows, cursor: next, loaded: true, loading: false, problem: null });
    } catch (problem) {
      if (!controller.signal.aborted) setState((was) => ({ ...was, loading: false, problem }));
    } finally {
      if (!controller.signal.aborted) run.current.busy = false;
    }
  };

  useEffect(() => {
    run.current = { controller: new AbortController(), busy: false };
    setNews(false);
    // What is shown stays until the next answer, unless the filter is another one.
    void load(null, []);
    const { controller } = run.current;
    return () => controller.abort();
  }, [filter, turn, sort === '']);

  const { by } = useStore(connection);
  useEffect(() => setNews(false), [by]);

  return {
    ...state,
    news,
    reload: () => setTurn((count) => count + 1),
    more: () => {
      if (state.cursor !== null && !run.current.busy && state.problem === null) void load(state.cursor, state.rows);
    },
    replace: (/** @type {any} */ mapping) =>
      setState((was) => ({ ...was, rows: was.rows.map((row) => (keyOf(row) === keyOf(mapping) ? mapping : row)) })),
  };
}
