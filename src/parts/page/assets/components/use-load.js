import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

/**
 * Loads something for a component, again when `on` changes or on request. What is shown stays until the next answer is there.
 * @template T
 * @param {(signal: AbortSignal) => Promise<T>} load
 * @param {readonly unknown[]} on
 * @returns {{ data: T | null, problem: unknown, loading: boolean, reload: () => void }}
 */
export function useLoad(load, on) {
  const [state, setState] = useState(
    /** @type {{ data: T | null, problem: unknown, loading: boolean }} */ ({ data: null, problem: null, loading: true }),
  );
  const [turn, setTurn] = useState(0);
  const latest = useRef(load);
  latest.current = load;
  useEffect(() => {
    const controller = new AbortController();
    setState((before) => ({ ...before, loading: true }));
    latest.current(controller.signal).then(
      (data) => controller.signal.aborted || setState({ data, problem: null, loading: false }),
      (problem) => controller.signal.aborted || setState((before) => ({ data: before.data, problem, loading: false })),
    );
    return () => controller.abort();
  }, [...on, turn]);
  const reload = useCallback(() => setTurn((count) => count + 1), []);
  return { ...state, reload };
}
