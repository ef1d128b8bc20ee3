import { useEffect, useState } from 'preact/hooks';
import { ask, get } from '../api.js';
import { number } from '../format.js';
import { html } from '../html.js';
import { mayAct } from '../session.js';
import { ProblemBox } from './states.js';

const ASK_AGAIN_MS = 700;

/**
 * The progress of a long operation until its end.
 * @param {{ id: string, onEnd?: (operation: any) => void, result?: (operation: any) => any }} props `result` shows what it found
 */
export function OperationProgress({ id, onEnd, result }) {
  const [operation, setOperation] = useState(/** @type {any} */ (null));
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  useEffect(() => {
    const controller = new AbortController();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const look = async () => {
      try {
        const seen = await get(`/api/v1/operations/${encodeURIComponent(id)}`, { signal: controller.signal });
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
  const { state = 'running', done = 0, total = null, error = null } = operation ?? {};
  const cancel = () =>
    void ask('DELETE', `/api/v1/operations/${encodeURIComponent(id)}`).then(({ data }) => setOperation(data), setProblem);
  const share = total === null || total === 0 ? (state === 'running' ? null : 1) : done / total;
  return html`<div class="operation">
    <div class="operation-line">
      <b>${{ running: 'Running', done: 'Done', failed: 'Failed', cancelled: 'Cancelled' }[/** @type {'running'} */ (state)]}</b>
      <span class="faint num">${total === null ? number(done) : `${number(done)} of ${number(total)}`}</span>
      ${state === 'running' && mayAct('operator') ? html`<button type="button" class="button quiet" onClick=${cancel}>Cancel</button>` : null}
    </div>
    <progress class=${state} aria-label="Progress" max="1" value=${share ?? undefined}></progress>
    ${error === null ? null : html`<p class="tone critical">${error.message} <code>${error.code}</code></p>`}
    ${operation !== null && state !== 'running' && result ? result(operation) : null}
    ${problem === null ? null : html`<${ProblemBox} problem=${problem} />`}
  </div>`;
}
