import type { Clock } from '../ports/clock.ts';
import type { OperationRecord } from '../records/operation-record.ts';
import { OperationEnded, type Run } from './run-operation.ts';

/** The time between two heartbeats, ms. */
const BEAT_MS = 5_000;
/** Progress is written at most this often, ms. */
const WRITE_MS = 1_000;

/** The reports of a running operation. */
export interface OperationReport {
  readonly progress: Run['progress'];
  /** The latest report. */
  last(): Partial<OperationRecord>;
  stop(): void;
}

/**
 * Progress and heartbeats, one write at a time.
 * @param abort aborted when the operation no longer belongs to this process
 * @param write @returns false when it no longer does
 */
export function createOperationReport(
  clock: Clock,
  abort: AbortController,
  write: (last: Partial<OperationRecord>) => Promise<boolean>,
): OperationReport {
  let last: Partial<OperationRecord> = {};
  let writtenAt = clock.monotonic();
  let writing: Promise<void> = Promise.resolve();

  async function writeNow(): Promise<void> {
    writtenAt = clock.monotonic();
    if (!(await write(last))) abort.abort();
  }

  const timer = setInterval(() => {
    // The operation itself notices a store that does not answer.
    writing = writing.then(writeNow).catch(() => undefined);
  }, BEAT_MS);

  return {
    last: () => last,
    stop: () => clearInterval(timer),
    async progress(at) {
      last = { ...last, ...at };
      if (clock.monotonic() - writtenAt >= WRITE_MS) {
        const now = writing.then(writeNow);
        writing = now.catch(() => undefined);
        await now;
      }
      if (abort.signal.aborted) throw new OperationEnded();
    },
  };
}
