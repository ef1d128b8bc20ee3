import type { Clock } from '../ports/clock.ts';
import type { OperationRecord } from '../records/operation-record.ts';
import { OperationEnded, type Run } from './run-operation.ts';

/** Signs of life come this often, ms. */
const BEAT_MS = 5_000;
/** Progress is written at most this often, ms. */
const WRITE_MS = 1_000;

/** What an operation that runs says of itself. */
export interface OperationReport {
  readonly progress: Run['progress'];
  /** What it has said so far. */
  last(): Partial<OperationRecord>;
  stop(): void;
}

/**
 * Progress and signs of life, one write at a time.
 * @param abort aborted when the operation is not this process's any more
 * @param write @returns false when it is not
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
    // A store that is away will be seen by the operation itself.
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
