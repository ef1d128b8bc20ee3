import type { Failure } from '../../issues/failure.ts';
import type { GroupKey } from '../../issues/group-key.ts';
import { DETAILS } from '../records/details-collections.ts';
import { FINDINGS } from '../records/finding-collections.ts';
import { GROUPS } from '../records/group-collections.ts';
import { failureEvent } from '../ports/service-event.ts';
import type { DocumentUnreadable } from '../ports/unreadable-document.ts';
import type { PassResult } from './reconcile-context.ts';
import { recordFailure, type FailureContext } from './record-failure.ts';

/** Documents that concern one group, or a few. Without the others, such as the rules, no group can be reconciled, and none is at fault. */
const OF_GROUPS: readonly string[] = [FINDINGS.name, GROUPS.name, DETAILS.name];

/**
 * Records that a pass needs a document that can't be read: the group waits, and nothing is sent to Jira for it.
 * @throws the same error when the group's own record is that document: then the store sets the group aside
 */
export async function recordUnreadable(context: FailureContext, group: GroupKey, error: DocumentUnreadable): Promise<PassResult> {
  const { collection, id } = error.document;
  if (!OF_GROUPS.includes(collection) || (collection === GROUPS.name && id === group)) throw error;
  const failure: Failure = { code: error.code, message: error.message, words: null, retry: { when: 'backoff' } };
  if (!(await recordFailure(context, group, failure))) return 'requeue';
  context.emit(failureEvent('reconcile', error));
  return 'done';
}
