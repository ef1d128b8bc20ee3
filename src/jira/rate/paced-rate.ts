import type { Clock } from '../../pipeline/ports/clock.ts';
import type { RateLease } from '../../pipeline/ports/rate-lease.ts';

/** This process's part of the rate, spread evenly: never a burst, so that no second holds more than allowed, wherever it begins. */
export interface PacedRate {
  /** Ms until a call may go; 0: now. Infinity: there is no part of the rate to wait for yet. */
  waitMs(): number;
  /** A call goes. */
  use(): void;
  /** Sees to it that the part fits what is wanted. @param waiting calls that could go if there were turns */
  renew(waiting: number): void;
  /** Ms until `renew` should be called again as long as anything waits. */
  renewInMs(): number;
  /** Ms between two calls. */
  gapMs(): number;
  /** Calls per second; 0 while none are asked for. */
  share(): number;
}

export interface PacedRateOptions {
  /** Of all replicas together. */
  readonly requestsPerSecond: number;
  /** Null: all of it is ours. */
  readonly lease: RateLease | null;
  readonly clock: Clock;
  /** A part was taken. */
  readonly onShare: () => void;
}

/** The rest is for clocks and networks that do not keep the gaps between calls exactly. */
const USED = 0.95;

/** A call that was late may be made up for within this time, ms. */
const SLACK_MS = 50;

/** A part is renewed while the last one still counts. */
const RENEW_MS = 1_000;

/** And sooner by those who would like more, for what others have given back. */
const UNSATISFIED_MS = 250;

export function createPacedRate({ requestsPerSecond, lease, clock, onShare }: PacedRateOptions): PacedRate {
  let [tokens, filledAt] = [1, clock.monotonic()];
  let part = lease === null ? { perSecond: requestsPerSecond, until: Infinity } : { perSecond: 0, until: 0 };
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

  async function take(from: RateLease, wanted: number): Promise<void> {
    asking = true;
    askedAt = clock.monotonic();
    const { perSecond, forMs } = await from.take(wanted);
    refill();
    part = { perSecond, until: askedAt + forMs };
    asking = false;
    wantsMore = perSecond < wanted;
    onShare();
  }

  function dueAt(): number {
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
      if (lease !== null) recent.push(clock.monotonic());
    },
    renew(waiting) {
      if (lease === null || asking) return;
      // What can't go at all must not keep a part from the others.
      const wanted = waiting === 0 ? 0 : waiting + usedLately();
      wantsMore = wanted > share();
      if (clock.monotonic() >= dueAt()) void take(lease, wanted);
    },
    renewInMs: () => (lease === null || asking ? Infinity : Math.max(0, dueAt() - clock.monotonic())),
    gapMs: () => 1_000 / pace(),
    share,
  };
}
