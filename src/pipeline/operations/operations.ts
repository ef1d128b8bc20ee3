import { randomUUID } from 'node:crypto';
import type { Json } from '../../findings/json.ts';
import type { Clock } from '../ports/clock.ts';
import { OPERATIONS } from '../records/admin-collections.ts';
import { readReadable } from '../records/read-readable.ts';
import { type Emit, failureEvent } from '../ports/service-event.ts';
import type { OperationRecord } from '../records/operation-record.ts';
import { createOperationReport } from './operation-report.ts';
import { OperationFailed, type RunOperation } from './run-operation.ts';
import { put, StoreUnavailable, type Store, type Stored, type Write } from '../ports/store.ts';
import type { OperationKind } from '../ports/operation-kind.ts';

/**
 * Long work on request: it runs in one process, reports its progress, and can be cancelled. Its record is the truth;
 * an owner without a heartbeat for half a minute is dead, and another process takes the operation over at its cursor.
 */
export interface Operations {
  /** Writes the record and `alongside` in one commit, and begins. Not started: another writer was first with one of these documents. */
  start(wanted: NewOperation): Promise<{ readonly started: true; readonly id: string } | { readonly started: false }>;
  /** The record as a write for the caller's own commit; call `begin` after it. */
  prepare(wanted: Omit<NewOperation, 'alongside'>, now: number): { readonly id: string; readonly write: Write; begin(): void };
  /** @returns null when there is none of this id, or it has expired */
  read(id: string): Promise<OperationRecord | null>;
  /** Cancels it; an operation that has ended stays as it is. @returns null when there is none of this id */
  cancel(id: string, alongside: (now: number) => readonly Write[]): Promise<OperationRecord | null>;
  /** Takes over operations without a living owner, ends those that can't be taken over, removes expired ones. Does not wait for the runs. */
  advance(): Promise<void>;
  /** Abandons all running operations; another process or the next start takes them over. */
  stop(): Promise<void>;
}

export interface NewOperation {
  readonly kind: OperationKind;
  readonly input: Json;
  /** Who starts it. */
  readonly startedBy: string;
  /** Further writes of the commit that starts it, such as its audit entry. @param id the operation's @param now store's clock, epoch ms */
  readonly alongside?: (id: string, now: number) => readonly Write[];
  /** For work that needs this process's memory: it fails as `interrupted` when the process ends. */
  readonly run?: RunOperation;
}

/** Due operations that are read at once. */
const MAX_DUE = 20;

export interface OperationsDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Names this process among the replicas. */
  readonly owner: string;
  /** True where the store belongs to one process: any other owner is dead. */
  readonly soleOwner: boolean;
  /** The kinds that any process can take over. */
  readonly kinds: Partial<Readonly<Record<OperationKind, RunOperation>>>;
}

export function createOperations(deps: OperationsDeps): Operations {
  const { store, clock, emit, owner } = deps;
  /** The operations that run in this process. */
  const running = new Map<string, { readonly abort: AbortController; readonly ended: Promise<void> }>();
  let orphansTakenUp = false;
  let stopped = false;

  /** @returns false when another writer was first */
  async function commit(writes: readonly Write[]): Promise<boolean> {
    const result = await store.commit(writes);
    return result.ok;
  }

  /** Changes the record, again where another writer was first. @param change returns null to leave it @returns the record; null: there is none */
  async function update(
    id: string,
    change: (record: OperationRecord, now: number) => OperationRecord | null,
    alongside: (now: number) => readonly Write[] = () => [],
  ): Promise<OperationRecord | null> {
    for (;;) {
      const [stored] = await store.read(OPERATIONS, [id]);
      if (!stored) return null;
      const now = await store.now();
      const next = change(stored.doc, now);
      if (next === null) return stored.doc;
      if (await commit([put(OPERATIONS, id, stored.version, next), ...alongside(now)])) return next;
    }
  }

  function prepare({ kind, input, startedBy, run }: Omit<NewOperation, 'alongside'>, now: number): ReturnType<Operations['prepare']> {
    const id = randomUUID();
    const record: OperationRecord = {
      kind,
      state: 'running',
      input,
      done: 0,
      total: null,
      cursor: null,
      result: null,
      error: null,
      startedBy,
      owner,
      heartbeatAt: now,
      startedAt: now,
      endedAt: null,
    };
    const runKind = run ?? deps.kinds[kind];
    if (runKind === undefined) throw new Error(`There is no runner for operations of kind ${kind}`);
    return { id, write: put(OPERATIONS, id, null, record), begin: () => begin(id, record, runKind) };
  }

  function begin(id: string, record: OperationRecord, runKind: RunOperation): void {
    if (stopped || running.has(id)) return;
    const abort = new AbortController();
    const ended = runToItsEnd(id, record, runKind, abort).finally(() => running.delete(id));
    running.set(id, { abort, ended });
  }

  /** Never throws: whatever fails, a process finds the record. */
  async function runToItsEnd(id: string, record: OperationRecord, runKind: RunOperation, abort: AbortController): Promise<void> {
    const report = createOperationReport(clock, abort, (last) => sayHowFar(id, last));
    try {
      const { input, cursor, done, startedBy } = record;
      const result = await runKind({ id, input, cursor, done, startedBy, signal: abort.signal, progress: report.progress });
      await end(id, { state: 'done', result, error: null }, report.last());
    } catch (error) {
      await letGo(id, error, abort.signal).catch(() => undefined);
    } finally {
      report.stop();
    }
  }

  /** @returns false when the operation no longer belongs to this process */
  async function sayHowFar(id: string, last: Partial<OperationRecord>): Promise<boolean> {
    const current = await update(id, (record, now) => (isOurs(record) ? { ...record, ...last, heartbeatAt: now } : null));
    return current !== null && isOurs(current);
  }

  function isOurs(record: OperationRecord): boolean {
    return record.state === 'running' && record.owner === owner;
  }

  async function end(id: string, how: Pick<OperationRecord, 'state' | 'result' | 'error'>, last: Partial<OperationRecord>): Promise<void> {
    const current = await update(id, (record, now) =>
      isOurs(record) ? { ...record, ...last, ...how, heartbeatAt: now, endedAt: now } : null,
    );
    if (current?.state === how.state) emit({ what: 'operation-ended', operation: id, kind: current.kind, state: current.state });
  }

  /** An operation that another process has is left to it. One that this process can't continue is left to the next process. */
  async function letGo(id: string, error: unknown, signal: AbortSignal): Promise<void> {
    if (error instanceof StoreUnavailable) return emit(failureEvent('operation', error));
    if (signal.aborted) {
      await update(id, (record) => (isOurs(record) ? { ...record, heartbeatAt: 0 } : null));
      return;
    }
    if (error instanceof OperationFailed)
      return end(id, { state: 'failed', result: null, error: { code: error.code, message: error.message } }, {});
    emit(failureEvent('operation', error));
    const message = 'A fault of this service; the log says why';
    await end(id, { state: 'failed', result: null, error: { code: 'internal', message } }, {});
  }

  /** Takes over another process's operation, or one of this process that lost the store on the way. */
  async function takeUp({ id, doc }: Stored<OperationRecord>, isDue: (record: OperationRecord, now: number) => boolean): Promise<void> {
    const runKind = deps.kinds[doc.kind];
    const message = 'Its process ended before it did; start it again';
    const current = await update(id, (record, now) => {
      if (record.state !== 'running' || !isDue(record, now)) return null;
      if (runKind === undefined) return { ...record, state: 'failed', error: { code: 'interrupted', message }, endedAt: now };
      return { ...record, owner, heartbeatAt: now };
    });
    if (current?.state === 'failed') emit({ what: 'operation-ended', operation: id, kind: current.kind, state: current.state });
    if (current !== null && isOurs(current) && runKind !== undefined) begin(id, current, runKind);
  }

  /** At the start of a store's only process: no other owner is alive. */
  async function takeUpOrphans(): Promise<void> {
    const { items } = await store.page(OPERATIONS, { terms: ['state:running'], limit: 500, order: 'oldest' });
    for (const stored of items) if (!running.has(stored.id)) await takeUp(stored, (record) => record.owner !== owner);
  }

  return {
    prepare,
    async start(wanted) {
      const now = await store.now();
      const { id, write, begin: beginIt } = prepare(wanted, now);
      for (;;) {
        const result = await store.commit([write, ...(wanted.alongside?.(id, now) ?? [])]);
        if (result.ok) break;
        if (result.because === 'conflict') return { started: false };
      }
      beginIt();
      return { started: true, id };
    },
    async read(id) {
      return (await store.read(OPERATIONS, [id]))[0]?.doc ?? null;
    },
    async cancel(id, alongside) {
      const current = await update(
        id,
        (record, now) => (record.state === 'running' ? { ...record, state: 'cancelled', endedAt: now } : null),
        alongside,
      );
      if (current?.state === 'cancelled') {
        running.get(id)?.abort.abort();
        emit({ what: 'operation-ended', operation: id, kind: current.kind, state: current.state });
      }
      return current;
    },
    async advance() {
      if (stopped) return;
      if (deps.soleOwner && !orphansTakenUp) await takeUpOrphans();
      orphansTakenUp = true;
      const dueIds = await store.due(OPERATIONS, await store.now(), MAX_DUE);
      for (const stored of await readReadable(store, OPERATIONS, dueIds)) {
        if (running.has(stored.id)) continue;
        if (stored.doc.endedAt === null) await takeUp(stored, (record, now) => (OPERATIONS.due(record) ?? Infinity) <= now);
        else await commit([put(OPERATIONS, stored.id, stored.version, null)]);
      }
    },
    async stop() {
      stopped = true;
      for (const { abort } of running.values()) abort.abort();
      await Promise.all([...running.values()].map(({ ended }) => ended));
    },
  };
}
