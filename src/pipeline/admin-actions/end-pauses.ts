import { isPauseScope } from '../../issues/pause.ts';
import type { Pauses } from '../groups/pauses.ts';
import type { Operations } from '../operations/operations.ts';
import type { Emit } from '../ports/service-event.ts';
import type { Store } from '../ports/store.ts';
import { PAUSES } from '../records/admin-collections.ts';

/** Removes the pauses whose time is over, each in one commit with the operation that resumes what the pause held. @throws StoreUnavailable */
export type EndPauses = (now: number) => Promise<void>;

/** Pauses that are ended at once; the others follow. */
const MAX_AT_ONCE = 20;

export function createEndPauses(deps: {
  readonly store: Store;
  readonly pauses: Pick<Pauses, 'end'>;
  readonly operations: Pick<Operations, 'prepare'>;
  readonly emit: Emit;
}): EndPauses {
  const { store, pauses, operations, emit } = deps;
  return async (now) => {
    for (const scope of await store.due(PAUSES, now, MAX_AT_ONCE)) {
      if (!isPauseScope(scope)) continue;
      const resuming: { operation: ReturnType<Operations['prepare']> | null } = { operation: null };
      const ended = await pauses.end(scope, (before, at) => {
        resuming.operation = operations.prepare({ kind: 'resume', input: { lifted: scope }, startedBy: before?.by ?? '' }, at);
        return [resuming.operation.write];
      });
      if (!ended) continue;
      resuming.operation?.begin();
      emit({ what: 'pause-ended', scope });
    }
  };
}
