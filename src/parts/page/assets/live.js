import { authorization, get, Problem } from './api.js';
import { createStore } from './store.js';

/** @typedef {any} Status the answer of `/api/v1/status` */

/** The status of the service; null: not known yet. */
export const status = createStore(/** @type {Status | null} */ (null));

/** How the status comes. `problem` while none does. */
export const connection = createStore(
  /** @type {{ by: 'stream' | 'polling' | 'none', problem: Problem | null }} */ ({ by: 'none', problem: null }),
);

const POLL_MS = 5_000;
const LONGEST_WAIT_MS = 30_000;
/** Longer than the longest silence of the stream. */
const SILENT_MS = 45_000;

/**
 * Follows the status through server-sent events; asks for it now and then where there is no stream. Rests while the page is hidden.
 * @returns {() => void} ends it
 */
export function followStatus() {
  let ended = false;
  let failures = 0;
  let current = new AbortController();
  /** @type {() => void} */
  let wake = () => undefined;

  /** @param {number} ms */
  const rest = (ms) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve(undefined);
      };
    });

  const onVisibility = () => {
    if (document.hidden) current.abort();
    else wake();
  };
  document.addEventListener('visibilitychange', onVisibility);
  const onOnline = () => wake();
  addEventListener('online', onOnline);

  const run = async () => {
    while (!ended) {
      if (document.hidden) {
        await rest(60_000);
        continue;
      }
      current = new AbortController();
      try {
        await readStream(current, () => (failures = 0));
        // Nothing waits between a stream that ended in good order and the next.
        await rest(300);
      } catch {
        if (ended || document.hidden) continue;
        // Where the token is no longer accepted, this ends the session.
        await poll();
        failures += 1;
        await rest(connection.get().problem === null ? POLL_MS : Math.min(LONGEST_WAIT_MS, 1_000 * 2 ** Math.min(failures, 6)));
      }
    }
  };
  void run();

  return () => {
    ended = true;
    current.abort();
    wake();
    document.removeEventListener('visibilitychange', onVisibility);
    removeEventListener('online', onOnline);
  };
}

async function poll() {
  try {
    status.set(await get('/api/v1/status'));
    connection.set({ by: 'polling', problem: null });
  } catch (error) {
    connection.set({ by: 'none', problem: error instanceof Problem ? error : new Problem('internal', String(error), '', 0) });
  }
}

/** @param {AbortController} controller @param {() => void} heard */
async function readStream(controller, heard) {
  const answer = await fetch('/api/v1/stream', { headers: authorization(), signal: controller.signal, credentials: 'omit' });
  if (!answer.ok || answer.body === null) {
    await answer.body?.cancel();
    throw new Problem('no-stream', 'No stream', '', answer.status);
  }
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let unread = '';
  for (;;) {
    const silent = setTimeout(() => controller.abort(), SILENT_MS);
    const { done, value } = await reader.read().finally(() => clearTimeout(silent));
    if (done) return;
    heard();
    unread += value;
    const events = unread.split('\n\n');
    unread = events.pop() ?? '';
    for (const event of events) take(event);
  }
}

/** @param {string} text one event @returns {void} */
function take(text) {
  const lines = text.split('\n');
  const name = lines.find((line) => line.startsWith('event: '))?.slice(7);
  const data = lines.flatMap((line) => (line.startsWith('data: ') ? [line.slice(6)] : [])).join('\n');
  if (name === 'status') {
    status.set(JSON.parse(data));
    connection.set({ by: 'stream', problem: null });
  }
  if (name === 'problem') {
    const { code } = JSON.parse(data);
    connection.set({
      by: 'stream',
      problem: new Problem(code, 'No status', 'The service runs, but cannot read its store at the moment.', 503),
    });
  }
}
