import type { Clock } from '../pipeline/clock.ts';
import type { Permit, PermitKind } from '../pipeline/issue-tracker.ts';
import type { Answer } from './answer.ts';
import { retryAfterMs } from './retry-after.ts';

/** Decides when a call to Jira may go out: so many a second, so many at once, and none while Jira asked to be left alone. */
export interface RateGovernor {
  /** Waits at most two seconds for a turn. */
  permit(kind: PermitKind): Promise<Permit>;
  /** A turn for one more call of a step that already holds a permit. */
  another(): Promise<void>;
  /** Learns from every answer. */
  heard(answer: Answer): void;
  /** For the status page. */
  state(): GovernorState;
}

export interface GovernorState {
  readonly inFlight: number;
  readonly waiting: number;
  /** Ms for which Jira asked to be left alone; 0: it did not. */
  readonly pausedForMs: number;
}

/** What waits longer goes back to its record. */
const MAX_WAIT_MS = 2_000;

/** Opening and closing are what people wait for. */
const ORDER: Readonly<Record<PermitKind | 'another', number>> = { another: 0, open: 1, close: 1, look: 2 };

interface Waiting {
  readonly order: number;
  readonly since: number;
  readonly needsSlot: boolean;
  grant(): void;
  deny(): void;
}

export function createRateGovernor(options: { requestsPerSecond: number; maxInFlight: number; clock: Clock }): RateGovernor {
  const { requestsPerSecond, maxInFlight, clock } = options;
  const waiting: Waiting[] = [];
  let [tokens, filledAt, inFlight, pausedUntil] = [Math.max(1, requestsPerSecond), clock.monotonic(), 0, 0];
  let timer: NodeJS.Timeout | null = null;

  function refill(): void {
    const now = clock.monotonic();
    tokens = Math.min(Math.max(1, requestsPerSecond), tokens + ((now - filledAt) / 1_000) * requestsPerSecond);
    filledAt = now;
  }

  function serve(): void {
    refill();
    const now = clock.monotonic();
    for (let index = 0; index < waiting.length;) {
      const next = waiting[index];
      if (next === undefined) break;
      if (next.order > 0 && now - next.since >= MAX_WAIT_MS) {
        waiting.splice(index, 1);
        next.deny();
      } else if (now >= pausedUntil && tokens >= 1 && (!next.needsSlot || inFlight < maxInFlight)) {
        waiting.splice(index, 1);
        tokens -= 1;
        if (next.needsSlot) inFlight += 1;
        next.grant();
      } else index += 1;
    }
    plan(now);
  }

  /** Wakes up when the next token is there, the pause ends, or the first in line has waited too long. */
  function plan(now: number): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (waiting.length === 0) return;
    const token = tokens >= 1 ? 0 : ((1 - tokens) / requestsPerSecond) * 1_000;
    const patience = Math.min(...waiting.filter(({ order }) => order > 0).map(({ since }) => since + MAX_WAIT_MS - now));
    const turn = Math.max(token, pausedUntil - now);
    // Where only a place is missing, whoever releases one serves the next.
    const wake = turn > 0 ? Math.min(turn, patience) : patience;
    timer = setTimeout(serve, Math.max(1, Math.ceil(wake)));
  }

  function enqueue(entry: Waiting): void {
    const at = waiting.findIndex(({ order }) => order > entry.order);
    waiting.splice(at === -1 ? waiting.length : at, 0, entry);
    serve();
  }

  function releaseOnce(): () => void {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      inFlight -= 1;
      serve();
    };
  }

  return {
    permit(kind) {
      const pausedFor = pausedUntil - clock.monotonic();
      if (pausedFor > MAX_WAIT_MS) return Promise.resolve({ granted: false, because: 'rate-limited', afterMs: Math.ceil(pausedFor) });
      return new Promise((resolve) => {
        enqueue({
          order: ORDER[kind],
          since: clock.monotonic(),
          needsSlot: true,
          grant: () => resolve({ granted: true, release: releaseOnce() }),
          deny: () => resolve({ granted: false, because: 'busy', afterMs: 1_000 }),
        });
      });
    },
    another() {
      return new Promise((resolve) => {
        enqueue({ order: ORDER.another, since: clock.monotonic(), needsSlot: false, grant: resolve, deny: resolve });
      });
    },
    heard(answer) {
      if (answer.kind !== 'http' || answer.status !== 429) return;
      pausedUntil = Math.max(pausedUntil, clock.monotonic() + (retryAfterMs(answer.headers, clock.now()) ?? MAX_WAIT_MS));
    },
    state: () => ({ inFlight, waiting: waiting.length, pausedForMs: Math.max(0, Math.ceil(pausedUntil - clock.monotonic())) }),
  };
}
