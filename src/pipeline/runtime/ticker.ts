import { HEAL_AFTER_MS } from '../../issues/group-record.ts';
import type { Clock } from '../ports/clock.ts';
import { IDEMPOTENCY } from '../records/admin-collections.ts';
import { GROUPS } from '../records/group-collections.ts';
import { UNREADABLE } from '../records/unreadable-collections.ts';
import { readReadable } from '../records/read-readable.ts';
import { type Emit, failureEvent } from '../ports/service-event.ts';
import type { Operations } from '../operations/operations.ts';
import type { ReconcileQueue } from '../ports/reconcile-queue.ts';
import type { FindingsSweep } from '../listing/sweep-findings.ts';
import type { Rescans } from '../rescan/create-rescans.ts';
import type { Sweep } from '../recovery/sweep.ts';
import type { Retention } from '../retention/create-retention.ts';
import { put, type Collection, type Store } from '../ports/store.ts';
import type { StoreTrust } from '../ports/store-trust.ts';
import { markOverdue } from './mark-overdue.ts';
import type { AccessWatch } from './watch-access.ts';

/**
 * Asks for passes over due groups, which also heals a queue that forgot them. It asks at once when it starts: no queue may know the work of
 * a process that died. Advances the reading back of a lost store, the sweep, operations, the watch over the token and the listing of accounts;
 * ends pauses; marks what is overdue; admits what limits hold back; removes expired documents.
 */
export interface Ticker {
  start(): void;
  /** Resolves when the tick under way has ended. */
  stop(): Promise<void>;
  /** Monotonic ms of the end of the last tick. */
  lastTickAt(): number;
}

const EVERY_MS = 500;
const RESUME_EVERY_MS = 60_000;
/** The most passes that one tick asks for; the rest of a longer backlog is asked for later. */
const MAX_PER_TICK = 100;
/** The most passes that the start asks for. */
const MAX_AT_START = 10_000;

export function createTicker(deps: {
  store: Store;
  queue: ReconcileQueue;
  trust: StoreTrust;
  sweep: Sweep;
  /** Null: there is none. */
  findingsSweep: Pick<FindingsSweep, 'advance'> | null;
  /** Null: AWS is not asked to scan resources again. */
  rescans: Rescans | null;
  operations: Pick<Operations, 'advance'>;
  accessWatch: Pick<AccessWatch, 'advance'>;
  retention: Retention;
  endPauses: (now: number) => Promise<void>;
  releaseOpenings: { advance(): Promise<void> };
  listAccounts: { advance(stopping: AbortSignal): Promise<void> };
  clock: Clock;
  emit: Emit;
  /** Takes up what a replica with other settings has held back, such as one that still observes while a deploy replaces it. */
  resume: () => Promise<void>;
}): Ticker {
  const { store, queue, trust, sweep, findingsSweep, rescans, operations, accessWatch, clock, emit } = deps;
  let resumedAt = clock.monotonic();
  let lastTickAt = clock.monotonic();
  let timer: NodeJS.Timeout | null = null;
  let ticking: Promise<void> = Promise.resolve();
  let passing: Promise<void> | null = null;
  let watching: Promise<void> | null = null;
  let listing: Promise<void> | null = null;
  let listingAccounts: Promise<void> | null = null;
  let rescanning: Promise<void> | null = null;
  const stopping = new AbortController();

  /** Work that reads Jira runs beside the ticks: it takes as long as Jira takes. */
  async function readJira(): Promise<void> {
    await guarded('read-back', () => trust.advance(stopping.signal));
    await guarded('sweep', () => sweep.advance(stopping.signal));
  }

  async function askAtStart(): Promise<void> {
    await guarded('ticker', async () => {
      const soon = (await store.now()) + HEAL_AFTER_MS;
      for (const group of await store.due(GROUPS, soon, MAX_AT_START)) await queue.ask(group, 'sweep');
    });
  }

  async function tick(): Promise<void> {
    await guarded('ticker', async () => {
      passing ??= readJira().finally(() => (passing = null));
      watching ??= guarded('access', () => accessWatch.advance()).finally(() => (watching = null));
      // Beside the ticks as well, and beside Jira: AWS takes as long as AWS takes.
      if (findingsSweep !== null)
        listing ??= guarded('findings-sweep', () => findingsSweep.advance(stopping.signal)).finally(() => (listing = null));
      // AWS may ask to slow down for minutes.
      listingAccounts ??= guarded('accounts', () => deps.listAccounts.advance(stopping.signal)).finally(() => (listingAccounts = null));
      if (rescans !== null) rescanning ??= guarded('rescan', () => rescans.advance(stopping.signal)).finally(() => (rescanning = null));
      const now = await store.now();
      const due = await store.due(GROUPS, now, MAX_PER_TICK);
      for (const group of due) await queue.ask(group, 'sweep');
      await forget(UNREADABLE, now);
      await forget(IDEMPOTENCY, now);
      await deps.endPauses(now);
      await markOverdue(store, now);
      await deps.releaseOpenings.advance();
      await operations.advance();
      if (clock.monotonic() - resumedAt >= RESUME_EVERY_MS) {
        await deps.resume();
        resumedAt = clock.monotonic();
      }
      // Nothing depends on it, so a long backlog goes first.
      if (due.length < MAX_PER_TICK) await deps.retention.advance();
    });
  }

  /** Removes the due documents of a collection whose documents are due when they expire. */
  async function forget<T>(from: Collection<T>, now: number): Promise<void> {
    const expired = await store.due(from, now, MAX_PER_TICK);
    for (const { id, version } of await readReadable(store, from, expired)) await store.commit([put(from, id, version, null)]);
  }

  async function guarded(doing: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      emit(failureEvent(doing, error));
    }
  }

  function next(): void {
    if (stopping.signal.aborted) return;
    timer = setTimeout(() => {
      ticking = tick().finally(() => {
        lastTickAt = clock.monotonic();
        next();
      });
    }, EVERY_MS);
  }

  return {
    start() {
      ticking = askAtStart().finally(next);
    },
    lastTickAt: () => lastTickAt,
    async stop() {
      stopping.abort();
      if (timer !== null) clearTimeout(timer);
      await ticking;
      await passing;
      await watching;
      await listing;
      await listingAccounts;
      await rescanning;
    },
  };
}
