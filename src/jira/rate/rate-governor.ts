import type { Clock } from '../../pipeline/ports/clock.ts';
import type { Permit, PermitKind } from '../../pipeline/ports/issue-tracker.ts';
import type { Heard } from '../http/answer.ts';
import type { Operation } from '../http/operation.ts';
import { createLearnRate, firstRate } from './learn-rate.ts';
import { createOwnRate } from './own-rate.ts';
import { createPacedRate } from './paced-rate.ts';
import { createRateHearing } from './rate-hearing.ts';
import { createRetryAfterWindows, type RetryAfterWindow, type RetryAfterScope } from './retry-after-windows.ts';
import { createPermitOrder, type CallKind } from './permit-order.ts';
import type { OpenRateLease, RateReason } from '../../pipeline/ports/rate-lease.ts';

/** Decides when a call to Jira may go out: it limits calls per second and calls in flight, and obeys Jira's retry-after windows. */
export interface RateGovernor {
  /** Waits at most two seconds for its turn. @param about id of the issue that is written to */
  permit(kind: PermitKind, about?: string): Promise<Permit>;
  /** Waits for one more call of a step that holds a permit. Ignores retry-after windows: `blockedForMs` checks them. */
  another(): Promise<void>;
  /**
   * The last check before a request is sent. Waits out a short retry-after window, and waits shortly where the endpoint is near its limit,
   * but not for a create.
   * @returns ms for which it may not go; 0: it may
   */
  blockedForMs(operation: Operation): Promise<number>;
  /** Learns from every answer. */
  heard(answer: Heard, operation: Operation): void;
  /** For the status page. */
  state(): GovernorState;
}

export interface GovernorState {
  readonly inFlight: number;
  readonly waiting: number;
  /** The share of this process in what all replicas together may make, as learned from Jira's answers, and why it is that. */
  readonly callsPerSecond: { readonly share: number; readonly of: number; readonly ceiling: number | null; readonly because: RateReason };
  readonly retryAfterWindows: readonly RetryAfterWindow[];
}

/** Why a call was denied: the scope of a retry-after window; `busy`: other calls went first. */
export type DenialScope = RetryAfterScope | 'busy';

export interface RateGovernorOptions {
  /** The ceiling of the rate of all replicas together; null: none. */
  readonly requestsPerSecond: number | null;
  /** Of this process. */
  readonly maxInFlight: number;
  /** Through it replicas share the rate; null: this process has it alone. */
  readonly lease: OpenRateLease | null;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  readonly onDenied: (scope: DenialScope) => void;
  /** Called when a call has got its permit, or was denied one, after so many ms. */
  readonly onWaited: (kind: CallKind, ms: number) => void;
}

/** A call that waits longer is denied, and its group requeued. */
const MAX_WAIT_MS = 2_000;

/** A share that is next to nothing now, such as what is left right after the rate was lowered, says little about a later time. */
const MAX_LINE_MS = 10_000;

const CREATE = 'POST /issue';
const ENDPOINT: Readonly<Record<PermitKind, string>> = {
  create: CREATE,
  transition: 'POST /issue/*/transitions',
  read: 'POST /search/jql',
  update: 'PUT /issue/*',
};

/** Calls of a step that holds a permit: they do not count as in flight once more. */
const BEGUN: ReadonlySet<CallKind> = new Set(['another', 'slowed']);

interface Waiting {
  readonly kind: CallKind;
  /** Null: not known yet. */
  readonly operation: Operation | null;
  readonly since: number;
  grant(): void;
  /** @param window null: only other calls went first */
  deny(window: RetryAfterWindow | null): void;
}

export function createRateGovernor(options: RateGovernorOptions): RateGovernor {
  const { requestsPerSecond, maxInFlight, clock } = options;
  const windows = createRetryAfterWindows(clock, options.random);
  const [learn, hearing] = [createLearnRate(requestsPerSecond), createRateHearing(clock)];
  const rate = createPacedRate({
    lease: options.lease?.(learn) ?? createOwnRate(learn, clock),
    clock,
    hear: () => hearing.report(windows.isAnyNear()),
    isUrgent: hearing.isUrgent,
    onShare: () => serve(),
  });
  const order = createPermitOrder();
  /** In order of arrival. */
  const waiting: Waiting[] = [];
  /** Monotonic ms of the last permit, by kind, and of the last request, by endpoint. */
  const lastGrant = new Map<string, number>();
  let inFlight = 0;
  let timer: NodeJS.Timeout | null = null;

  function windowOn({ operation }: Waiting): RetryAfterWindow | null {
    return operation === null ? null : windows.on(operation);
  }

  /** Estimated ms until it may go; 0: now; Infinity: it waits for another call to end. */
  function readyInMs(next: Waiting, window: RetryAfterWindow | null): number {
    if (window !== null) return window.leftMs;
    if (!BEGUN.has(next.kind) && inFlight >= maxInFlight) return Infinity;
    return Math.max(rate.waitMs(), slowedMs(next));
  }

  /** Half the rate for an endpoint near its limit, and for reads and updates while any endpoint is. */
  function slowedMs({ kind, operation }: Pick<Waiting, 'kind' | 'operation'>): number {
    const last = operation === null ? undefined : lastGrant.get(paceOf(kind, operation));
    if (operation === null || last === undefined) return 0;
    const slow = windows.isNear(operation.endpoint) || ((kind === 'read' || kind === 'update') && windows.isAnyNear());
    return slow ? last + 2 * rate.gapMs() - clock.monotonic() : 0;
  }

  function patienceMs({ kind, since }: Waiting): number {
    return kind === 'another' ? Infinity : since + MAX_WAIT_MS - clock.monotonic();
  }

  /** Checks each call on its own: one that has to wait does not hold up the others. */
  function serve(): void {
    rate.renew(waiting.filter((next) => windowOn(next) === null).length);
    let wakeInMs = rate.renewInMs();
    for (const next of order.of(waiting)) {
      const window = windowOn(next);
      const [readyMs, patience] = [readyInMs(next, window), patienceMs(next)];
      if (readyMs <= 0) {
        leave(next);
        grantPermit(next);
      } else if (patience <= 0 || (window !== null && window.leftMs > patience)) {
        leave(next);
        options.onDenied(window?.scope ?? 'busy');
        next.deny(window);
      } else wakeInMs = Math.min(wakeInMs, readyMs, patience);
    }
    if (timer !== null) clearTimeout(timer);
    // Calls that only wait for another call to end are served when it ends.
    timer = waiting.length === 0 || wakeInMs === Infinity ? null : setTimeout(serve, Math.max(1, Math.ceil(wakeInMs)));
  }

  function leave(next: Waiting): void {
    waiting.splice(waiting.indexOf(next), 1);
    options.onWaited(next.kind, clock.monotonic() - next.since);
  }

  function grantPermit(next: Waiting): void {
    rate.use();
    order.given(next.kind);
    noteGrant(next);
    if (!BEGUN.has(next.kind)) inFlight += 1;
    next.grant();
  }

  function noteGrant({ kind, operation }: Pick<Waiting, 'kind' | 'operation'>): void {
    if (operation !== null) lastGrant.set(paceOf(kind, operation), clock.monotonic());
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

  function denial(window: RetryAfterWindow | null): Permit & { readonly granted: false } {
    if (window !== null) return { granted: false, because: 'rate-limited', afterMs: window.leftMs };
    const lineMs = rate.share() > 0 ? waiting.length * rate.gapMs() : 0;
    return { granted: false, because: 'busy', afterMs: Math.min(MAX_LINE_MS, Math.max(1_000, Math.ceil(lineMs))) };
  }

  /** A request that has to wait here takes one more permit: its own is long past by the time it goes. */
  function slowly(operation: Operation): Promise<number> {
    const next = { kind: 'slowed', operation } as const;
    const hasLine = waiting.some((other) => other.kind === 'slowed' && other.operation?.endpoint === operation.endpoint);
    if (!hasLine && slowedMs(next) <= 0) {
      noteGrant(next);
      return Promise.resolve(0);
    }
    return new Promise((resolve) => {
      enqueue({ ...next, since: clock.monotonic(), grant: () => resolve(0), deny: (window) => resolve(denial(window).afterMs) });
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
          deny: (window) => resolve(denial(window)),
        });
      });
    },
    another() {
      return new Promise((resolve) => {
        enqueue({ kind: 'another', operation: null, since: clock.monotonic(), grant: resolve, deny: () => resolve() });
      });
    },
    async blockedForMs(operation) {
      const window = windows.on(operation);
      // A create that waits could outlive its claim; where creates are slowed, its permit was.
      const mayWait = operation.endpoint !== CREATE;
      if (window !== null && window.leftMs <= MAX_WAIT_MS && mayWait) {
        await new Promise((resolve) => setTimeout(resolve, window.leftMs));
      }
      const left = windows.on(operation);
      if (left !== null) options.onDenied(left.scope);
      if (left !== null || !mayWait) return left?.leftMs ?? 0;
      return slowly(operation);
    },
    heard(answer, operation) {
      windows.heard(answer, operation);
      if (answer.kind === 'http') hearing.heard(answer, operation);
      if (hearing.isUrgent() || (answer.kind === 'http' && answer.status === 429)) serve();
    },
    state() {
      const { perSecond, because } = rate.learned() ?? firstRate(requestsPerSecond);
      return {
        inFlight,
        waiting: waiting.length,
        callsPerSecond: { share: rounded(rate.share()), of: rounded(perSecond), ceiling: requestsPerSecond, because },
        retryAfterWindows: windows.list(),
      };
    },
  };
}

function rounded(perSecond: number): number {
  return Math.round(perSecond * 100) / 100;
}

/** The key for spacing calls out: the kind of a permit, the endpoint of a request. */
function paceOf(kind: CallKind, { endpoint }: Operation): string {
  return kind === 'slowed' ? endpoint : kind;
}
