import { type Emit, failureEvent } from '../ports/service-event.ts';
import type { FollowDue } from '../ports/part.ts';
import type { Store } from '../ports/store.ts';

const EVERY_MS = 1_000;
/** The most due documents that are grouped by lane; a lane behind more of them waits. */
const MAX_DUE = 1_000;
/** Lanes that are worked off at the same time. */
const MAX_LANES = 20;
/** Documents of a lane before the due ones are read again. */
const MAX_IN_A_ROW = 20;
/** A lane whose next slot is farther away is skipped for now, ms. */
const PATIENCE_MS = 5_000;

/** @see FollowDue */
export function createFollowDue({ store, emit }: { readonly store: Store; readonly emit: Emit }): FollowDue {
  return async ({ name, collection, laneOf, limiter, follow }, stopping) => {
    const lanes = new Map<string, Promise<void>>();

    async function poll(): Promise<void> {
      const ids = await store.due(collection, await store.now(), MAX_DUE);
      for (const [lane, due] of Map.groupBy(ids, laneOf)) {
        if (lanes.has(lane) || lanes.size >= MAX_LANES) continue;
        lanes.set(
          lane,
          guarded(() => workOff(lane, due.slice(0, MAX_IN_A_ROW))).finally(() => lanes.delete(lane)),
        );
      }
    }

    async function workOff(lane: string, ids: readonly string[]): Promise<void> {
      for (const id of ids) {
        if (stopping.aborted || (await limiter.waitMs(lane)) > PATIENCE_MS) return;
        if ((await follow(id)) === 'paused') return;
      }
    }

    async function guarded(work: () => Promise<void>): Promise<void> {
      try {
        await work();
      } catch (error) {
        emit(failureEvent(name, error));
      }
    }

    while (!stopping.aborted) {
      await guarded(poll);
      await sleepUnless(stopping, EVERY_MS);
    }
    await Promise.all(lanes.values());
  };
}

/** Ends early when the process ends. */
export function sleepUnless(stopping: AbortSignal, ms: number): Promise<void> {
  return new Promise((resolve) => {
    if (stopping.aborted || ms <= 0) return resolve();
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      stopping.removeEventListener('abort', done);
      resolve();
    }
    stopping.addEventListener('abort', done, { once: true });
  });
}
