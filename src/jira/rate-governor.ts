import type { Clock } from '../pipeline/clock.ts';
import type { Permit, PermitKind } from '../pipeline/issue-tracker.ts';
import type { RateLease } from '../pipeline/rate-lease.ts';
import type { Heard } from './answer.ts';
import type { Operation } from './operation.ts';
import { createPacedRate } from './paced-rate.ts';
import { createPauses, type Pause, type PauseScope } from './pauses.ts';

/** Decides when a call to Jira may go out: so many a second, so many at once, and none of what Jira asked to be left alone with. */
export interface RateGovernor {
  /** Waits at most two seconds for a turn. @param about id of the issue that is written to */
  permit(kind: PermitKind, about?: string): Promise<Permit>;
  /** A turn for one more call of a step that already holds a permit. Knows no pauses: `hold` does. */
  another(): Promise<void>;
  /** The last word before a request is sent. Sits out a short pause, but not for a create. @returns ms for which it may not go; 0: it may */
  hold(operation: Operation): Promise<number>;
  /** Learns from every answer. */
  heard(answer: Heard, operation: Operation): void;
  /** For the status page. */
  state(): GovernorState;
}

export interface GovernorState {
  readonly inFlight: number;
  readonly waiting: number;
  /** Of this process, and of all replicas together. */
  readonly callsPerSecond: { readonly share: number; readonly of: number };
  readonly paused: readonly Pause[];
}

/** What a call that was put off waited for; `turn`: others went first. */
export type DenialScope = PauseScope | 'turn';

export interface RateGovernorOptions {
  /** Of all replicas together. */
  readonly requestsPerSecond: number;
  /** Of this process. */
  readonly maxInFlight: number;
  /** By which replicas share the rate; null: this process has it alone. */
  readonly lease: RateLease | null;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  readonly onDenied: (scope: DenialScope) => void;
}

/** What waits longer goes back to its record. */
const MAX_WAIT_MS = 2_000;

/** Opening and closing are what people wait for; updates get what is spare. */
const ORDER: Readonly<Record<PermitKind | 'another', number>> = { another: 0, open: 1, close: 1, look: 2, update: 3 };

const CREATE = 'POST /issue';
const ENDPOINT: Readonly<Record<PermitKind, string>> = {
  open: CREATE,
  close: 'POST /issue/*/transitions',
  look: 'POST /search/jql',
  update: 'PUT /issue/*',
};

interface Waiting {
  readonly kind: PermitKind | 'another';
  /** Null: not known yet. */
  readonly operation: Operation | null;
  readonly since: number;
  grant(): void;
  /** @param pause null: it was only not its turn */
  deny(pause: Pause | null): void;
}

export function createRateGovernor(options: RateGovernorOptions): RateGovernor {
  const { requestsPerSecond, maxInFlight, clock } = options;
  const pauses = createPauses(clock, options.random);
  const rate = createPacedRate({ ...options, onShare: () => serve() });
  /** In the order in which turns are given. */
  const waiting: Waiting[] = [];
  /** Monotonic ms of the last turn, by endpoint. */
  const lastTurn = new Map<string, number>();
  let inFlight = 0;
  let timer: NodeJS.Timeout | null = null;

  function pauseOn({ operation }: Waiting): Pause | null {
    return operation === null ? null : pauses.on(operation);
  }

  /** Ms until it may go, as far as is known; 0: now. Infinity: somebody else's end is waited for. */
  function readyInMs(next: Waiting, pause: Pause | null): number {
    if (pause !== null) return pause.leftMs;
    if (next.kind !== 'another' && inFlight >= maxInFlight) return Infinity;
    return Math.max(rate.waitMs(), slowedMs(next));
  }

  /** Half the rate for an endpoint that is near its limit, and for looks and updates while any is. */
  function slowedMs({ kind, operation }: Waiting): number {
    const last = operation === null ? undefined : lastTurn.get(operation.endpoint);
    if (operation === null || last === undefined) return 0;
    const slow = pauses.isNear(operation.endpoint) || ((kind === 'look' || kind === 'update') && pauses.isAnyNear());
    return slow ? last + 2 * rate.gapMs() - clock.monotonic() : 0;
  }

  function patienceMs({ kind, since }: Waiting): number {
    return kind === 'another' ? Infinity : since + MAX_WAIT_MS - clock.monotonic();
  }

  /** Each on its own: what has to wait holds up nothing that need not. */
  function serve(): void {
    rate.renew(waiting.filter((next) => pauseOn(next) === null).length);
    let wakeInMs = rate.renewInMs();
    for (const next of waiting.slice()) {
      const pause = pauseOn(next);
      const [readyMs, patience] = [readyInMs(next, pause), patienceMs(next)];
      if (readyMs <= 0) {
        leave(next);
        giveTurn(next);
      } else if (patience <= 0 || (pause !== null && pause.leftMs > patience)) {
        leave(next);
        options.onDenied(pause?.scope ?? 'turn');
        next.deny(pause);
      } else wakeInMs = Math.min(wakeInMs, readyMs, patience);
    }
    if (timer !== null) clearTimeout(timer);
    // Where only somebody else's end is waited for, that end serves the next.
    timer = waiting.length === 0 || wakeInMs === Infinity ? null : setTimeout(serve, Math.max(1, Math.ceil(wakeInMs)));
  }

  function leave(next: Waiting): void {
    waiting.splice(waiting.indexOf(next), 1);
  }

  function giveTurn(next: Waiting): void {
    rate.use();
    if (next.operation !== null) lastTurn.set(next.operation.endpoint, clock.monotonic());
    if (next.kind !== 'another') inFlight += 1;
    next.grant();
  }

  function enqueue(entry: Waiting): void {
    const at = waiting.findIndex(({ kind }) => ORDER[kind] > ORDER[entry.kind]);
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

  function denial(pause: Pause | null): Permit {
    if (pause !== null) return { granted: false, because: 'rate-limited', afterMs: pause.leftMs };
    const lineMs = rate.share() > 0 ? waiting.length * rate.gapMs() : 0;
    return { granted: false, because: 'busy', afterMs: Math.max(1_000, Math.ceil(lineMs)) };
  }

  return {
    permit(kind, about = '') {
      const operation = { endpoint: ENDPOINT[kind], issue: about === '' ? null : about };
      return new Promise((resolve) => {
        enqueue({
          kind,
          operation,
          since: clock.monotonic(),
          grant: () => resolve({ granted: true, release: releaseOnce() }),
          deny: (pause) => resolve(denial(pause)),
        });
      });
    },
    another() {
      return new Promise((resolve) => {
        enqueue({ kind: 'another', operation: null, since: clock.monotonic(), grant: resolve, deny: () => resolve() });
      });
    },
    async hold(operation) {
      const pause = pauses.on(operation);
      if (pause === null) return 0;
      // A create that waits could outlive its claim.
      if (pause.leftMs <= MAX_WAIT_MS && operation.endpoint !== CREATE) {
        await new Promise((resolve) => setTimeout(resolve, pause.leftMs));
      }
      const left = pauses.on(operation);
      if (left !== null) options.onDenied(left.scope);
      return left?.leftMs ?? 0;
    },
    heard(answer, operation) {
      pauses.heard(answer, operation);
      if (answer.kind === 'http' && answer.status === 429) serve();
    },
    state: () => ({
      inFlight,
      waiting: waiting.length,
      callsPerSecond: { share: Math.round(rate.share() * 100) / 100, of: requestsPerSecond },
      paused: pauses.list(),
    }),
  };
}
