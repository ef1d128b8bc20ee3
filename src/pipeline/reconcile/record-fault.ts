import type { Failure } from '../../issues/failure.ts';
import { failureEvent } from '../ports/service-event.ts';
import { StoreUnavailable } from '../ports/store.ts';
import { DocumentUnreadable } from '../ports/unreadable-document.ts';
import { StoredRulesInvalid } from '../rulebook/rule-book.ts';
import { recordFailure, type FailureContext } from './record-failure.ts';
import type { ReconcileGroup } from './reconcile-group.ts';

/** The log has the error itself, which may hold anything. */
const FAULT: Failure = {
  code: 'internal',
  message: 'A fault of this service; the log says why',
  words: null,
  retry: { when: 'backoff' },
};

/**
 * Reconciles, and records an error that no part foresaw: the group waits, longer each time, and the failure shows. Otherwise the ticker would ask
 * for it with every tick. Errors that concern all groups are thrown: none of them is at fault.
 */
export function recordingFaults(context: FailureContext, reconcile: ReconcileGroup): ReconcileGroup {
  return async (group) => {
    try {
      await reconcile(group);
    } catch (error) {
      if (CONCERN_ALL.some((kind) => error instanceof kind)) throw error;
      context.emit(failureEvent('reconcile', error));
      // Where another writer is first, the next pass is due at once.
      await recordFailure(context, group, FAULT);
    }
  };
}

const CONCERN_ALL = [StoreUnavailable, DocumentUnreadable, StoredRulesInvalid];
