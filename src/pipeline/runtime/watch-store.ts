import type { Clock } from '../ports/clock.ts';
import type { Emit } from '../ports/service-event.ts';
import type { StoreTrust } from '../ports/store-trust.ts';
import { StoreUnavailable, type Store } from '../ports/store.ts';
import { bytesOf, tryCommit } from './try-commit.ts';

/** Whether the store takes what the service writes, judged by the service's own calls and never by a question that a full store answers, too. */
export interface StoreWatch {
  /** The watched store, for all parts of the service. */
  readonly store: Store;
  /** Why nothing can be accepted now; null: it can. */
  problem(): string | null;
  /** Resolves when something can be accepted. @throws StoreUnavailable */
  ready(): Promise<void>;
  /** A part that shares the store's fate has failed, such as the queue in the same Redis. */
  failed(error: StoreUnavailable): void;
  /** Tries a first commit; until one has worked, nothing can be accepted. Never throws. */
  start(trust: StoreTrust): Promise<void>;
  /** Resolves when the trial under way has ended. */
  stop(): Promise<void>;
}

/** `untried`: not started yet. `failing`: since the first failure, with the last error and the bytes of the largest commit that failed. */
type Condition =
  | { readonly kind: 'untried' }
  | { readonly kind: 'writable' }
  | { readonly kind: 'failing'; readonly sinceMs: number; readonly error: StoreUnavailable; readonly bytes: number };

/** From one trial to the next while the store fails, ms. */
const TRIAL_EVERY_MS = 1_000;

/**
 * Watches every call to a store. From the first call that fails until a trial is committed, the store counts as failing; the trials need no
 * message and no pass.
 */
export function watchStore(inner: Store, { clock, emit }: { readonly clock: Clock; readonly emit: Emit }): StoreWatch {
  let condition: Condition = { kind: 'untried' };
  let failures = 0;
  let trust: StoreTrust | null = null;
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> = Promise.resolve();

  function noteFailure(error: StoreUnavailable, bytes: number): void {
    failures += 1;
    const before = condition.kind === 'failing' ? condition : { sinceMs: clock.monotonic(), bytes: 0 };
    condition = { kind: 'failing', error, sinceMs: before.sinceMs, bytes: Math.max(before.bytes, bytes) };
    tryLater();
  }

  async function seen<T>(call: Promise<T>, bytes = 0): Promise<T> {
    try {
      return await call;
    } catch (error) {
      if (error instanceof StoreUnavailable) noteFailure(error, bytes);
      throw error;
    }
  }

  function tryLater(): void {
    const by = trust;
    if (by === null || timer !== null) return;
    timer = setTimeout(() => {
      running = tryNow(by).finally(() => {
        timer = null;
        if (condition.kind !== 'writable') tryLater();
      });
    }, TRIAL_EVERY_MS);
  }

  async function tryNow(by: StoreTrust): Promise<void> {
    const before = failures;
    try {
      const { written } = await tryCommit(inner, by, condition.kind === 'failing' ? condition.bytes : 0);
      // A call that failed meanwhile knows better.
      if (written && failures === before) noteWritten();
    } catch (error) {
      noteFailure(error instanceof StoreUnavailable ? error : new StoreUnavailable(String(error), { cause: error }), 0);
    }
  }

  function noteWritten(): void {
    const was = condition;
    condition = { kind: 'writable' };
    if (was.kind === 'failing') emit({ what: 'store-recovered', afterMs: Math.round(clock.monotonic() - was.sinceMs) });
  }

  function known(): StoreUnavailable | null {
    if (condition.kind === 'failing') return condition.error;
    return condition.kind === 'untried' ? new StoreUnavailable('nothing has been written to it yet') : null;
  }

  return {
    store: {
      read: (from, ids) => seen(inner.read(from, ids)),
      commit: (writes) => seen(inner.commit(writes), bytesOf(writes)),
      page: (from, query) => seen(inner.page(from, query)),
      due: (from, now, limit) => seen(inner.due(from, now, limit)),
      counts: (of, terms) => seen(inner.counts(of, terms)),
      now: () => seen(inner.now()),
      identity: () => seen(inner.identity()),
      close: () => inner.close(),
    },
    problem: () => known()?.message ?? null,
    async ready() {
      const error = known();
      if (error !== null) throw error;
      await seen(inner.now());
    },
    failed: (error) => noteFailure(error, 0),
    async start(by) {
      trust = by;
      await tryNow(by);
      if (condition.kind !== 'writable') tryLater();
    },
    async stop() {
      trust = null;
      if (timer !== null) clearTimeout(timer);
      await running;
    },
  };
}
