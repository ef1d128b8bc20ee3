import type { Failure } from '../../issues/failure.ts';
import type { Clock } from '../../pipeline/ports/clock.ts';

/** The result of a read. `no-permit`: Jira was not asked, because there was no permit. */
export type Got<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure } | 'no-permit';

/** Waits for a permit to call Jira. False: none was granted in time. */
export type AcquirePermit = () => Promise<boolean>;

/** Jira's answers, cached in the process for a while. Callers that want one at the same time share one read. */
export interface KeptReads<T> {
  /** @param maxAgeMs an older answer is read again */
  read(key: string, maxAgeMs: number, get: () => Promise<Got<T>>): Promise<{ readonly got: Got<T>; readonly ageMs: number }>;
  /** @returns whether an entry that old was dropped */
  forget(matches: (key: string) => boolean, olderThanMs: number): boolean;
}

interface Kept<T> {
  /** Monotonic ms. */
  readonly at: number;
  readonly keepMs: number;
  readonly got: Promise<Got<T>>;
}

/** A failed read is not repeated with every finding, and not kept for long either. */
const KEEP_FAILURE_MS = 60_000;

/** The oldest entries are dropped first. */
const MAX_KEPT = 1_000;

/** @param keepMs the longest that an answer is kept */
export function createKeptReads<T>(clock: Clock, keepMs: number): KeptReads<T> {
  const kept = new Map<string, Kept<T>>();

  function begin(key: string, get: () => Promise<Got<T>>): Kept<T> {
    const at = clock.monotonic();
    const got = get().then((result) => {
      if (kept.get(key) !== entry) return result;
      // `no-permit` is no answer, and a refused token says nothing about what was asked for.
      if (result === 'no-permit' || (!result.ok && result.failure.code === 'jira-auth')) kept.delete(key);
      else if (!result.ok) kept.set(key, { at, keepMs: KEEP_FAILURE_MS, got });
      return result;
    });
    const entry: Kept<T> = { at, keepMs, got };
    kept.delete(key);
    kept.set(key, entry);
    for (const oldest of kept.keys()) {
      if (kept.size <= MAX_KEPT) break;
      kept.delete(oldest);
    }
    return entry;
  }

  return {
    async read(key, maxAgeMs, get) {
      const known = kept.get(key);
      const ageMs = known === undefined ? Infinity : clock.monotonic() - known.at;
      if (known !== undefined && ageMs <= Math.min(maxAgeMs, known.keepMs)) {
        const got = await known.got;
        if (got !== 'no-permit') return { got, ageMs };
      }
      return { got: await begin(key, get).got, ageMs: 0 };
    },
    forget(matches, olderThanMs) {
      let forgotten = false;
      for (const [key, { at }] of kept) {
        if (!matches(key) || clock.monotonic() - at <= olderThanMs) continue;
        kept.delete(key);
        forgotten = true;
      }
      return forgotten;
    },
  };
}
