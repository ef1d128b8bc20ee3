import { DAY_MS } from '../../issues/due-date.ts';

const HOUR_MS = 3_600_000;

/** Up to this long, durations count to the hour; beyond, to the day. */
const HOURS_UNTIL_MS = 30 * DAY_MS;

/** Whatever is longer counts as this long, ms: ten years. */
const MAX_MS = 3_650 * DAY_MS;

/** Durations of which only their spread is wanted. Its memory is bounded, however many are added. */
export interface Durations {
  /** @param ms a negative one counts as 0 */
  add(ms: number): void;
  /** Null: there are none. */
  spread(): Spread | null;
}

/** How durations spread, in ms. */
export interface Spread {
  /** How many there are. */
  readonly of: number;
  /** Half of them are no longer; the mean of the middle two where their number is even. */
  readonly median: number;
  /** The shortest of them that nine in ten do not exceed. */
  readonly p90: number;
  readonly longest: number;
}

/** A duration as it counts: to the hour up to 30 days, to the day beyond, and at most ten years. A longer one never becomes the shorter of two. */
export function rounded(ms: number): number {
  const unit = ms < HOURS_UNTIL_MS ? HOUR_MS : DAY_MS;
  return Math.min(Math.max(0, Math.round(ms / unit) * unit), MAX_MS);
}

export function createDurations(): Durations {
  /** By their rounded length, of which there are some thousands at the most. */
  const counts = new Map<number, number>();
  let of = 0;

  /** The one at a place in their order, from 1. */
  function at(place: number, ascending: readonly (readonly [number, number])[]): number {
    let before = 0;
    for (const [ms, count] of ascending) {
      before += count;
      if (before >= place) return ms;
    }
    return 0;
  }

  return {
    add(ms) {
      const length = rounded(ms);
      counts.set(length, (counts.get(length) ?? 0) + 1);
      of += 1;
    },
    spread() {
      if (of === 0) return null;
      const ascending = [...counts].toSorted(([a], [b]) => a - b);
      const [lower, upper] = [at(Math.ceil(of / 2), ascending), at(Math.floor(of / 2) + 1, ascending)];
      return { of, median: (lower + upper) / 2, p90: at(Math.ceil((of * 9) / 10), ascending), longest: at(of, ascending) };
    },
  };
}
