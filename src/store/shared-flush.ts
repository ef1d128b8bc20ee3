import type { CommitResult, Write } from '../pipeline/ports/store.ts';
import type { Committed } from './embedded-documents.ts';

/** Commits of one event loop iteration, written together: flushing a disk takes as long for many of them as for one. */
export interface SharedFlush {
  /** Resolves when the commit is on the disk. Rejects with the error that prevented it. */
  commit(writes: readonly Write[]): Promise<CommitResult>;
  /** Writes all waiting commits now. */
  flush(): void;
}

interface Waiting {
  readonly writes: readonly Write[];
  done(answer: CommitResult): void;
  failed(error: unknown): void;
}

/** Further commits wait for the next iteration, so that sockets and timers can run in between. */
const MAX_COMMITS = 100;

/** @param commitAll writes them in this order; throws when none was written */
export function createSharedFlush(commitAll: (commits: readonly (readonly Write[])[]) => readonly Committed[]): SharedFlush {
  let waiting: Waiting[] = [];
  let scheduled = false;

  function schedule(): void {
    if (scheduled || waiting.length === 0) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      flushSome();
      schedule();
    });
  }

  function flushSome(): void {
    const batch = waiting.splice(0, MAX_COMMITS);
    if (batch.length === 0) return;
    try {
      const each = commitAll(batch.map(({ writes }) => writes));
      for (const [at, committed] of each.entries()) {
        if ('answer' in committed) batch[at]?.done(committed.answer);
        else batch[at]?.failed(committed.error);
      }
    } catch (error) {
      for (const one of batch) one.failed(error);
    }
  }

  return {
    commit(writes) {
      return new Promise((done, failed) => {
        waiting.push({ writes, done, failed });
        schedule();
      });
    },
    flush() {
      while (waiting.length > 0) flushSome();
    },
  };
}
