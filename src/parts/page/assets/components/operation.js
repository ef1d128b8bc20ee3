import { useEffect, useState } from 'preact/hooks';
import { ask, get } from '../api.js';
import { number } from '../format.js';
import { html } from '../html.js';
import { mayAct } from '../session.js';
import { ProblemBox } from './states.js';

const ASK_AGAIN_MS = 700;
const STATE = /** @type {Readonly<Record<string, string>>} */ ({
  running: 'Running',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
});

/**
 * The progress of a long operation until its end.
 * @param {{ id: string, onEnd?: (operation: any) => void, result?: (operation: any) => any }} props `result` shows what it found
 */
export function OperationProgress({ id, onEnd, result }) {
  const { operation, problem, cancel } = useOperation(id, onEnd);
  const { state, done, total, error } = operation ?? { state: 'running', done: 0, total: null, error: null };
  const runs = state === 'running';
  return html`<div class="operation">
    <div class="operation-line">
      <b>${STATE[state] ?? state}</b>
      <span class="faint num">${total === null ? number(done) : `${number(done)} of ${number(total)}`}</span>
      ${runs && mayAct('operator') ? html`<button type="button" class="button quiet" onClick=${cancel}>Cancel</button>` : null}
    </div>
    <progress class=${state} aria-label="Progress" max="1" value=${shareOf(runs, done, total)}></progress>
    ${error === null ? null : html`<p class="tone critical">${error.message} <code>${error.code}</code></p>`}
    ${!runs && result ? result(operation) : null}
    ${problem === null ? null : html`<${ProblemBox} problem=${problem} />`}
  </div>`;
}

/** Undefined: not known. @param {boolean} runs @param {number} done @param {number | null} total */
function shareOf(runs, done, total) {
  if (total === null || total === 0) return runs ? undefined : 1;
  return done / total;
}

/** @param {string} id @param {((operation: any) => void) | undefined} onEnd */
function useOperation(id, onEnd) {
  const [operation, setOperation] = useState(/** @type {any} */ (null));
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const path = `/api/v1/operations/${encodeURIComponent(id)}`;
  useEffect(() => {
    const controller = new AbortController();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const look = async () => {
      try {
        const seen = await get(path, { signal: controller.signal });
        setOperation(seen);
        setProblem(null);
        if (seen.state !== 'running') return onEnd?.(seen);
      } catch (error) {
        if (controller.signal.aborted) return;
        setProblem(error);
      }
      timer = setTimeout(() => void look(), ASK_AGAIN_MS);
    };
    void look();
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [id]);
  const cancel = () => void ask('DELETE', path).then(({ data }) => setOperation(data), setProblem);
  return { operation, problem, cancel };
}
