import { GROUPS } from '../records/group-collections.ts';
import { eachPage } from '../operations/each-page.ts';
import type { RunOperation } from '../operations/run-operation.ts';
import type { ReconcileQueue } from '../ports/reconcile-queue.ts';
import { put, type Store } from '../ports/store.ts';

/**
 * Asks for a pass over every group whose step was decided but not written: `observe-only` after `MODE=observe`, `held` after a pause.
 * @param onProgress called with the number of passes asked for so far
 */
export async function resumeGroups(
  deps: { store: Store; queue: ReconcileQueue },
  which: 'observe-only' | 'held',
  onProgress: (resumed: number) => Promise<void> = async () => undefined,
): Promise<number> {
  const { store, queue } = deps;
  let resumed = 0;
  for await (const { items } of eachPage(store, GROUPS, [which])) {
    for (const { id, doc, version } of items) {
      // Where another writer was first, that writer asked for a pass as well.
      await store.commit([put(GROUPS, id, version, { ...doc, generation: doc.generation + 1, last: null })]);
      await queue.ask(id, 'rules');
      resumed += 1;
      await onProgress(resumed);
    }
  }
  return resumed;
}

/** The same after a pause was lifted, as an operation. A group that another pause holds is held again by its pass. */
export function createResumeHeld(deps: { store: Store; queue: ReconcileQueue }): RunOperation {
  return async (run) => {
    const [total = 0] = await deps.store.counts(GROUPS, ['held']);
    await run.progress({ total });
    return { resumed: await resumeGroups(deps, 'held', (done) => run.progress({ done })) };
  };
}
