import { useCallback, useEffect, useState } from 'preact/hooks';
import { get } from '../api.js';
import { html } from '../html.js';

const PAGE = 50;

/**
 * A list of the API, page by page. What is shown stays until the first page is there again.
 * @param {string} path @param {Readonly<Record<string, string | undefined>>} query @param {readonly unknown[]} on loads anew when one changes
 */
export function usePages(path, query, on) {
  const [state, setState] = useState(
    /** @type {{ items: readonly any[], cursor: string | null, problem: unknown, loading: boolean, loaded: boolean }} */ ({
      items: [],
      cursor: null,
      problem: null,
      loading: true,
      loaded: false,
    }),
  );
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const controller = new AbortController();
    setState((before) => ({ ...before, loading: true }));
    readOn(path, query, null, controller.signal).then(
      (page) => controller.signal.aborted || setState({ ...page, problem: null, loading: false, loaded: true }),
      (problem) => controller.signal.aborted || setState((before) => ({ ...before, problem, loading: false })),
    );
    return () => controller.abort();
  }, [path, JSON.stringify(query), ...on, turn]);
  const more = async () => {
    setState((before) => ({ ...before, loading: true }));
    try {
      const { items, cursor } = await readOn(path, query, state.cursor, null);
      setState((before) => ({ ...before, items: [...before.items, ...items], cursor, problem: null, loading: false }));
    } catch (problem) {
      setState((before) => ({ ...before, problem, loading: false }));
    }
  };
  const reload = useCallback(() => setTurn((count) => count + 1), []);
  return { ...state, more, reload };
}

/**
 * A page may be empty although more match.
 * @param {string} path @param {Readonly<Record<string, string | undefined>>} query @param {string | null} from @param {AbortSignal | null} signal
 */
async function readOn(path, query, from, signal) {
  let cursor = from;
  do {
    const page = await get(path, { query: { ...query, limit: PAGE, cursor }, signal });
    if (page.items.length > 0 || page.nextCursor === null) return { items: page.items, cursor: page.nextCursor };
    cursor = page.nextCursor;
  } while (cursor !== null);
  return { items: [], cursor: null };
}

/** Asks for the next page, where there is one. @param {{ pages: ReturnType<typeof usePages> }} props */
export function More({ pages: { cursor, loading, more } }) {
  if (cursor === null) return null;
  return html`<p class="more"><button type="button" class="button" disabled=${loading} onClick=${() => void more()}>${loading ? 'Loading …' : 'Show more'}</button></p>`;
}
