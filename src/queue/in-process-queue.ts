import type { Clock } from '../pipeline/ports/clock.ts';
import type { ReconcileQueue, Urgency } from '../pipeline/ports/reconcile-queue.ts';
import { StoreUnavailable } from '../pipeline/ports/store.ts';
import { createProgressWatchdog, WEDGED_AFTER_MS } from './progress-watchdog.ts';
import { endedWithin } from './within.ts';

export interface InProcessQueueOptions {
  /** Groups reconciled at the same time. */
  readonly concurrency: number;
  readonly clock: Clock;
  /** Gets errors of `reconcile`; the group's record knows of its retry. */
  readonly onError: (error: unknown, group: string) => void;
}

/** The highest first. */
const URGENCIES = ['person', 'event', 'rules', 'sweep'] as const satisfies readonly Urgency[];

/** The queue of one process. It forgets everything when the process ends: the ticker asks again for every group that is due. */
export function createInProcessQueue({ concurrency, clock, onError }: InProcessQueueOptions): ReconcileQueue {
  const waiting: Readonly<Record<Urgency, Set<string>>> = { person: new Set(), event: new Set(), rules: new Set(), sweep: new Set() };
  /** Running groups; with the urgency of the ask that came meanwhile, if one did. */
  const running = new Map<string, { again: Urgency | null; ended: Promise<void> }>();
  const watchdog = createProgressWatchdog({ clock, wedgedAfterMs: WEDGED_AFTER_MS });
  let reconcile: ((group: string) => Promise<void>) | null = null;
  let state: 'open' | 'paused' | 'closed' = 'open';
  let scheduled = false;

  const depth = (): number => URGENCIES.reduce((sum, urgency) => sum + waiting[urgency].size, 0);

  function check(): void {
    watchdog.saw(reconcile !== null && state === 'open' && depth() + running.size > 0 ? 'busy' : 'idle');
  }

  function enqueue(group: string, urgency: Urgency): void {
    const already = URGENCIES.find((one) => waiting[one].has(group));
    const wanted = already === undefined ? urgency : higher(already, urgency);
    if (already === wanted) return;
    if (already !== undefined) waiting[already].delete(group);
    waiting[wanted].add(group);
  }

  /** Not at once, so that timers and sockets can run between the jobs of a long backlog. */
  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      fill();
    });
  }

  function fill(): void {
    while (reconcile !== null && state === 'open' && running.size < concurrency) {
      const urgency = URGENCIES.find((one) => waiting[one].size > 0);
      const [group] = urgency === undefined ? [] : waiting[urgency];
      if (urgency === undefined || group === undefined) return;
      waiting[urgency].delete(group);
      start(group, reconcile);
    }
  }

  function start(group: string, handler: (group: string) => Promise<void>): void {
    watchdog.progressed();
    const run: { again: Urgency | null; ended: Promise<void> } = { again: null, ended: Promise.resolve() };
    running.set(group, run);
    run.ended = reconciled(group, handler).then(() => {
      running.delete(group);
      watchdog.progressed();
      if (run.again !== null) enqueue(group, run.again);
      check();
      schedule();
    });
  }

  async function reconciled(group: string, handler: (group: string) => Promise<void>): Promise<void> {
    try {
      await handler(group);
    } catch (error) {
      onError(error, group);
    }
  }

  return {
    async ask(group, urgency) {
      if (state === 'closed') throw new StoreUnavailable('the queue was closed');
      const run = running.get(group);
      if (run === undefined) enqueue(group, urgency);
      else run.again = run.again === null ? urgency : higher(run.again, urgency);
      check();
      schedule();
    },
    work(handler) {
      reconcile = handler;
      check();
      schedule();
    },
    async pause() {
      if (state === 'open') state = 'paused';
      check();
    },
    async depth() {
      return depth() + [...running.values()].filter(({ again }) => again !== null).length;
    },
    health: () => watchdog.health(),
    async close(graceMs) {
      state = 'closed';
      check();
      await endedWithin(Promise.all([...running.values()].map(({ ended }) => ended)), graceMs);
    },
  };
}

function higher(a: Urgency, b: Urgency): Urgency {
  return URGENCIES.indexOf(a) <= URGENCIES.indexOf(b) ? a : b;
}
