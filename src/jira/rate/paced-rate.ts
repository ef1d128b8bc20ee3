import type { Clock } from '../../pipeline/ports/clock.ts';
import type { LearnedRate, RateHeard, RateLease } from '../../pipeline/ports/rate-lease.ts';

/** This process's share of the rate, spread evenly. There are no bursts: any second, wherever it begins, stays within the share. */
export interface PacedRate {
  /** Ms until a call may go; 0: now; Infinity: this process has no share of the rate yet. */
  waitMs(): number;
  /** Counts a call. */
  use(): void;
  /** Adjusts the share to the demand, and the rate to what was heard; at once where that is urgent. @param waiting calls that could go if there were permits */
  renew(waiting: number): void;
  /** Ms until `renew` is due again while calls wait. */
  renewInMs(): number;
  /** Ms between two calls. */
  gapMs(): number;
  /** Calls per second; 0 while no lease is valid. */
  share(): number;
  /** Of all replicas together, as this process last knew it; null: it has not asked yet. */
  learned(): LearnedRate | null;
}

export interface PacedRateOptions {
  readonly lease: RateLease;
  readonly clock: Clock;
  /** What was heard since the last question. */
  readonly hear: () => RateHeard;
  /** Whether what was heard must not wait. */
  readonly isUrgent: () => boolean;
  /** Called when the lease has answered. */
  readonly onShare: () => void;
}

/** The rest is a margin for jitter of clocks and networks. */
const USED = 0.95;

/** A late call may be made up for within this time, ms. */
const SLACK_MS = 50;

/** A lease is renewed while it is still valid. */
const RENEW_MS = 1_000;

/** And sooner where the share is too small: other replicas may have given some back. */
const UNSATISFIED_MS = 250;

export function createPacedRate({ lease, clock, hear, isUrgent, onShare }: PacedRateOptions): PacedRate {
  let [tokens, filledAt] = [1, clock.monotonic()];
  let learned: LearnedRate | null = null;
  let part = { perSecond: 0, until: 0 };
  let [askedAt, asking, wantsMore] = [-Infinity, false, false];
  /** Monotonic ms of the calls of the last second. */
  const recent: number[] = [];

  function share(): number {
    return clock.monotonic() < part.until ? part.perSecond : 0;
  }

  function pace(): number {
    return share() * USED;
  }

  function refill(): void {
    const now = clock.monotonic();
    const perMs = pace() / 1_000;
    tokens = Math.min(1 + SLACK_MS * perMs, tokens + (now - filledAt) * perMs);
    filledAt = now;
  }

  function usedLately(): number {
    while ((recent[0] ?? Infinity) <= clock.monotonic() - 1_000) recent.shift();
    return recent.length;
  }

  async function take(wanted: number): Promise<void> {
    asking = true;
    askedAt = clock.monotonic();
    const { perSecond, forMs, rate } = await lease.take(wanted, hear());
    refill();
    part = { perSecond, until: askedAt + forMs };
    learned = rate;
    asking = false;
    wantsMore = perSecond < wanted;
    onShare();
  }

  function dueAt(): number {
    if (isUrgent()) return -Infinity;
    return askedAt + (wantsMore ? UNSATISFIED_MS : RENEW_MS);
  }

  return {
    waitMs() {
      refill();
      if (share() === 0) return Infinity;
      if (tokens >= 1) return 0;
      return ((1 - tokens) / pace()) * 1_000;
    },
    use() {
      tokens -= 1;
      recent.push(clock.monotonic());
    },
    renew(waiting) {
      if (asking) return;
      // Calls that can't go at all must not take a share from other replicas.
      const wanted = waiting === 0 ? 0 : waiting + usedLately();
      wantsMore = wanted > share();
      if (clock.monotonic() >= dueAt()) void take(wanted);
    },
    renewInMs: () => (asking ? Infinity : Math.max(0, dueAt() - clock.monotonic())),
    gapMs: () => 1_000 / pace(),
    share,
    learned: () => learned,
  };
}
