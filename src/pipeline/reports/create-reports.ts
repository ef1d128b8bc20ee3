import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import type { Yielder } from '../rulebook/yielder.ts';
import { readReport, type Report } from './read-report.ts';

/** Reports about any days. One is kept for a minute, and read once for all who ask meanwhile. */
export interface Reports {
  /**
   * @param from epoch ms; null: 90 days before `to` @param to epoch ms; null: now
   * @returns null when too many other reports are being read @throws StoreUnavailable
   */
  read(from: number | null, to: number | null): Promise<Report> | null;
}

/** How long a report is kept, ms: it may read every open issue. */
const KEPT_MS = 60_000;

/** Reports that are kept, or being read, at the same time. */
const MAX_KEPT = 20;

const USUAL_RANGE_MS = 90 * 86_400_000;

interface Kept {
  readonly report: Promise<Report>;
  /** Monotonic ms; null: it is being read. */
  until: number | null;
}

export function createReports({
  store,
  yielder,
  clock,
}: {
  readonly store: Store;
  readonly yielder: Yielder;
  readonly clock: Pick<Clock, 'monotonic'>;
}): Reports {
  const kept = new Map<string, Kept>();
  /** One is read after the other, so that they leave time for other work. */
  let last: Promise<unknown> = Promise.resolve();

  async function compute(from: number | null, to: number | null): Promise<Report> {
    const end = to ?? (await store.now());
    return readReport(store, yielder, { from: from ?? end - USUAL_RANGE_MS, to: end });
  }

  function begin(key: string, from: number | null, to: number | null): Promise<Report> {
    const report = last.then(() => compute(from, to));
    last = report.catch(() => undefined);
    const entry: Kept = { report, until: null };
    kept.set(key, entry);
    report.then(
      () => (entry.until = clock.monotonic() + KEPT_MS),
      () => kept.delete(key),
    );
    return report;
  }

  function forgetOld(): void {
    for (const [key, { until }] of kept) if (until !== null && until <= clock.monotonic()) kept.delete(key);
    // The oldest first, in the order of a map.
    for (const [key, { until }] of kept) if (kept.size >= MAX_KEPT && until !== null) kept.delete(key);
  }

  return {
    read(from, to) {
      const key = `${from} ${to}`;
      forgetOld();
      const known = kept.get(key);
      if (known !== undefined) return known.report;
      return kept.size >= MAX_KEPT ? null : begin(key, from, to);
    },
  };
}
