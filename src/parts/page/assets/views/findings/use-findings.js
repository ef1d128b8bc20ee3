import { useEffect, useRef, useState } from 'preact/hooks';
import { get } from '../../api.js';
import { status } from '../../live.js';
import { countOf, gapIn, keptNear, withPage, withRows } from './kept-pages.js';

const PAGE = 200;
/** How many are loaded to be sorted. The API itself lists the newest first. */
const SORTED = 2_000;
/** The next page is asked for before its rows are in sight. */
const AHEAD = 100;
/** After a change, ms: more of them may follow. */
const CALM_MS = 1_500;
/** Who has scrolled further reads, and the list must not move. */
const NEAR_TOP_PX = 240;

/** @param {any} mapping */
export const keyOf = (mapping) => `${mapping.analyzerArn} ${mapping.findingId}`;

/**
 * The findings that match, page after page as they are needed; those far from what is seen are let go of, and read again when a person comes
 * back. A short list at its beginning follows what happens; otherwise `news` says that there is something newer.
 * @param {Readonly<Record<string, string>>} filter a new object is another filter
 * @param {boolean} sorts whether they are sorted here, for which more are loaded
 * @param {boolean} isRead whether a person looks at the list itself
 */
export function useFindings(filter, sorts, isRead) {
  const [state, setState] = useState({
    pages: /** @type {readonly import('./kept-pages.js').ListPage[]} */ ([]),
    cursor: /** @type {string | null} */ (null),
    /** Whether `pages` were loaded to be sorted. */
    sorts: false,
    loaded: false,
    loading: true,
    problem: /** @type {unknown} */ (null),
  });
  const [turn, setTurn] = useState(0);
  const [news, setNews] = useState(false);
  const now = useRef(state);
  const run = useRef(idle());
  const seen = useRef({ from: 0, to: 0 });

  const show = (/** @type {Partial<typeof state>} */ change) => {
    now.current = { ...now.current, ...change };
    setState(now.current);
  };

  /** @param {() => Promise<Partial<typeof state>>} read one request at a time */
  const ask = async (read) => {
    const mine = run.current;
    mine.busy = true;
    show({ loading: true, problem: null });
    try {
      const change = await read();
      if (!mine.controller.signal.aborted) show({ ...change, loading: false });
    } catch (problem) {
      if (!mine.controller.signal.aborted) show({ loading: false, problem });
    }
    mine.busy = false;
    settle();
  };

  const begin = () =>
    ask(async () => {
      const { signal } = run.current.controller;
      const { rows, cursor } = await readOn(filter, null, sorts ? SORTED : 1, signal);
      if (!signal.aborted) run.current.begun = true;
      return { pages: withPage([], null, rows, keyOf), cursor, sorts, loaded: true };
    });

  const more = () =>
    ask(async () => {
      const { signal } = run.current.controller;
      const { pages, cursor: from } = now.current;
      const { rows, cursor } = await readOn(filter, from, 1, signal);
      return { pages: withPage(pages, from, rows, keyOf), cursor };
    });

  /** Reads a page again that is in sight. @param {import('./kept-pages.js').ListPage} page */
  const readAgain = (page) =>
    ask(async () => {
      const { rows } = await readOn(filter, page.cursor, page.count, run.current.controller.signal);
      return { pages: withRows(now.current.pages, page.cursor, rows, keyOf) };
    });

  /** Lets go of what is far, and reads what is missing in sight. */
  const settle = () => {
    const { begun, busy, controller } = run.current;
    if (!begun || controller.signal.aborted) return;
    const { from, to } = seen.current;
    if (!now.current.sorts) {
      const pages = keptNear(now.current.pages, from, to);
      if (pages !== now.current.pages) show({ pages });
    }
    const { pages, cursor, problem, sorts: sorted } = now.current;
    if (busy || problem !== null) return;
    const gap = gapIn(pages, from, to);
    if (gap !== null) void readAgain(gap);
    else if (cursor !== null && !sorted && to + AHEAD >= countOf(pages)) void more();
  };

  useEffect(() => {
    run.current = idle();
    setNews(false);
    void begin();
    const { controller } = run.current;
    return () => controller.abort();
  }, [filter, turn, sorts]);

  const count = countOf(state.pages);
  const follows = isRead && !sorts && count <= PAGE;
  const following = useRef(follows);
  following.current = follows;
  useEffect(
    () =>
      onChange(() => {
        if (following.current && scrollY < NEAR_TOP_PX) setTurn((count) => count + 1);
        else setNews(true);
      }),
    [],
  );

  return {
    ...state,
    count,
    news,
    reload: () => setTurn((count) => count + 1),
    see: (/** @type {number} */ from, /** @type {number} */ to) => {
      seen.current = { from, to };
      settle();
    },
    /** Shows a finding as it is now, without loading the list. */
    replace: (/** @type {any} */ mapping) =>
      show({
        pages: now.current.pages.map((page) =>
          page.rows === null ? page : { ...page, rows: page.rows.map((row) => (keyOf(row) === keyOf(mapping) ? mapping : row)) },
        ),
      }),
  };
}

/** What goes on for one filter. `begun`: its first page is there. */
function idle() {
  return { controller: new AbortController(), busy: false, begun: false };
}

/**
 * Reads pages until enough rows are there: a page may be short or empty although more match.
 * @param {Readonly<Record<string, string>>} filter @param {string | null} from @param {number} enough @param {AbortSignal} signal
 */
async function readOn(filter, from, enough, signal) {
  let [rows, cursor] = [/** @type {readonly any[]} */ ([]), from];
  do {
    const limit = enough - rows.length > PAGE ? 500 : PAGE;
    const page = await get('/api/v1/mappings', { query: { ...filter, limit, cursor }, signal });
    rows = [...rows, ...page.items];
    cursor = page.nextCursor;
  } while (cursor !== null && rows.length < enough);
  return { rows, cursor };
}

/** Calls back when the counts of the status have changed. @param {() => void} changed */
function onChange(changed) {
  const seen = () => JSON.stringify([status.get()?.mappings, status.get()?.issues]);
  let before = status.get() === null ? null : seen();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const end = status.subscribe(() => {
    const now = seen();
    if (before !== null && now !== before) {
      clearTimeout(timer);
      timer = setTimeout(changed, CALM_MS);
    }
    before = now;
  });
  return () => {
    end();
    clearTimeout(timer);
  };
}
