import { useEffect, useRef, useState } from 'preact/hooks';
import { get } from '../../api.js';
import { status } from '../../live.js';

const PAGE = 200;
/** How many are loaded to be sorted. The API itself lists the newest first. */
const SORTED = 2_000;
/** After a change, ms: more of them may follow. */
const CALM_MS = 1_500;
/** Who has scrolled further reads, and the list must not move. */
const NEAR_TOP_PX = 240;

/** @param {any} mapping */
export const keyOf = (mapping) => `${mapping.analyzerArn} ${mapping.findingId}`;

/**
 * The findings that match, page after page as they are needed. A short list at its beginning follows what happens; otherwise `news` says
 * that there is something newer.
 * @param {Readonly<Record<string, string>>} filter a new object is another filter
 * @param {boolean} sorts whether they are sorted here, for which more are loaded
 * @param {boolean} isRead whether a person looks at the list itself
 */
export function useFindings(filter, sorts, isRead) {
  const [state, setState] = useState({
    rows: /** @type {any[]} */ ([]),
    cursor: /** @type {string | null} */ (null),
    loaded: false,
    loading: true,
    problem: /** @type {unknown} */ (null),
  });
  const [turn, setTurn] = useState(0);
  const [news, setNews] = useState(false);
  const run = useRef({ controller: new AbortController(), busy: false });

  const load = async (/** @type {string | null} */ from, /** @type {any[]} */ before) => {
    const mine = run.current;
    mine.busy = true;
    setState((was) => ({ ...was, loading: true, problem: null }));
    try {
      const { rows, cursor } = await readOn(filter, from, before, sorts ? SORTED : before.length + 1, mine.controller.signal);
      setState({ rows, cursor, loaded: true, loading: false, problem: null });
    } catch (problem) {
      if (!mine.controller.signal.aborted) setState((was) => ({ ...was, loading: false, problem }));
    } finally {
      mine.busy = false;
    }
  };

  useEffect(() => {
    run.current = { controller: new AbortController(), busy: false };
    setNews(false);
    void load(null, []);
    const { controller } = run.current;
    return () => controller.abort();
  }, [filter, turn, sorts]);

  const follows = isRead && !sorts && state.rows.length <= PAGE;
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
    news,
    reload: () => setTurn((count) => count + 1),
    more: () => {
      if (state.cursor !== null && !run.current.busy && state.problem === null) void load(state.cursor, state.rows);
    },
    /** Shows a finding as it is now, without loading the list. */
    replace: (/** @type {any} */ mapping) =>
      setState((was) => ({ ...was, rows: was.rows.map((row) => (keyOf(row) === keyOf(mapping) ? mapping : row)) })),
  };
}

/**
 * Reads pages until enough rows are there: a page may be short or empty although more match.
 * @param {Readonly<Record<string, string>>} filter @param {string | null} from @param {any[]} before @param {number} enough @param {AbortSignal} signal
 */
async function readOn(filter, from, before, enough, signal) {
  let [rows, cursor] = [before, from];
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
