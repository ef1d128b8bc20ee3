import type { Clock } from '../../pipeline/ports/clock.ts';
import type { Permit, PermitKind } from '../../pipeline/ports/issue-tracker.ts';
import type { Heard } from '../http/answer.ts';
import type { Operation } from '../http/operation.ts';
import { createPacedRate } from './paced-rate.ts';
import { createPauses, type Pause, type PauseScope } from './pauses.ts';
import { createTurnOrder, type TurnKind } from './turn-order.ts';
import type { RateLease } from '../../pipeline/ports/rate-lease.ts';

/** Decides when a call to Jira may go out: so many a second, so many at once, and none of what Jira asked to be left alone with. */
export interface RateGovernor {
  /** Waits at most two seconds for a turn. @param about id of the issue that is written to */
  permit(kind: PermitKind, about?: string): Promise<Permit>;
  /** A turn for one more call of a step that already holds a permit. Knows no pauses: `hold` does. */
  another(): Promise<void>;
  /**
   * The last word before a request is sent. Sits out a short pause and waits shortly where the endpoint is near its limit, but not for a create.
   * @returns ms for which it may not go; 0: it may
   */
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

const CREATE = 'POST /issue';
const ENDPOINT: Readonly<Record<PermitKind, string>> = {
  open: CREATE,
  close: 'POST /issue/*/transitions',
  look: 'POST /search/jql',
  update: 'PUT /issue/*',
};

/** Calls of a step that holds a permit: they need no place of their own. */
const BEGUN: ReadonlySet<TurnKind> = new Set(['another', 'held']);

interface Waiting {
  readonly kind: TurnKind;
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
  const order = createTurnOrder();
  /** In the order in which they came. */
  const waiting: Waiting[] = [];
  /** Monotonic ms of the last turn, by kind of permit, and of the last request, by endpoint. */
  const lastTurn = new Map<string, number>();
  let inFlight = 0;
  let timer: NodeJS.Timeout | null = null;

  function pauseOn({ operation }: Waiting): Pause | null {
    return operation === null ? null : pauses.on(operation);
  }

  /** Ms until it may go, as far as is known; 0: now. Infinity: somebody else's end is waited for. */
  function readyInMs(next: Waiting, pause: Pause | null): number {
    if (pause !== null) return pause.leftMs;
    if (!BEGUN.has(next.kind) && inFlight >= maxInFlight) return Infinity;
    return Math.max(rate.waitMs(), slowedMs(next));
  }

  /** Half the rate for an endpoint that is near its limit, and for looks and updates while any is. */
  function slowedMs({ kind, operation }: Pick<Waiting, 'kind' | 'operation'>): number {
    const last = operation === null ? undefined : lastTurn.get(paceOf(kind, operation));
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
    for (const next of order.of(waiting)) {
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
    order.given(next.kind);
    noteTurn(next);
    if (!BEGUN.has(next.kind)) inFlight += 1;
    next.grant();
  }

  function noteTurn({ kind, operation }: Pick<Waiting, 'kind' | 'operation'>): void {
    if (operation !== null) lastTurn.set(paceOf(kind, operation), clock.monotonic());
  }

  function enqueue(entry: Waiting): void {
    waiting.push(entry);
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

  function denial(pause: Pause | null): Permit & { readonly granted: false } {
    if (pause !== null) return { granted: false, because: 'rate-limited', afterMs: pause.leftMs };
    const lineMs = rate.share() > 0 ? waiting.length * rate.gapMs() : 0;
    return { granted: false, because: 'busy', afterMs: Math.max(1_000, Math.ceil(lineMs)) };
  }

  /** Who has to wait here takes one more turn, since the one that it had is long past when it goes. */
  function slowly(operation: Operation): Promise<number> {
    const next = { kind: 'held', operation } as const;
    const hasLine = waiting.some((other) => other.kind === 'held' && other.operation?.endpoint === operation.endpoint);
    if (!hasLine && slowedMs(next) <= 0) {
      noteTurn(next);
      return Promise.resolve(0);
    }
    return new Promise((resolve) => {
      enqueue({ ...next, since: clock.monotonic(), grant: () => resolve(0), deny: (pause) => resolve(denial(pause).afterMs) });
    });
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
      // A create that waits could outlive its claim; where creates are slowed, its permit was.
      const mayWait = operation.endpoint !== CREATE;
      if (pause !== null && pause.leftMs <= MAX_WAIT_MS && mayWait) {
        await new Promise((resolve) => setTimeout(resolve, pause.leftMs));
      }
      const left = pauses.on(operation);
      if (left !== null) options.onDenied(left.scope);
      if (left !== null || !mayWait) return left?.leftMs ?? 0;
      return slowly(operation);
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

/** What is spaced out together: permits of a kind, and requests to an endpoint. */
function paceOf(kind: TurnKind, { endpoint }: Operation): string {
  return kind === 'held' ? endpoint : kind;
}
