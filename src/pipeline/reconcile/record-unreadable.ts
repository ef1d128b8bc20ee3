import type { Failure } from '../../issues/failure.ts';
import type { GroupKey } from '../../issues/group-key.ts';
import { DETAILS } from '../records/details-collections.ts';
import { FINDINGS } from '../records/finding-collections.ts';
import { GROUPS } from '../records/group-collections.ts';
import { failureEvent } from '../ports/service-event.ts';
import { put } from '../ports/store.ts';
import type { DocumentUnreadable } from '../ports/unreadable-document.ts';
import { afterFailure, type PassResult, type ReconcileContext } from './reconcile-context.ts';

/** Documents that concern one group, or a few. Without the others, such as the rules, no group can be reconciled, and none is at fault. */
const OF_GROUPS: readonly string[] = [FINDINGS.name, GROUPS.name, DETAILS.name];

/**
 * Records that a pass needs a document that can't be read: the group waits, and nothing is sent to Jira for it.
 * @throws the same error when the group's own record is that document: then the store sets the group aside
 */
export async function recordUnreadable(context: ReconcileContext, group: GroupKey, error: DocumentUnreadable): Promise<PassResult> {
  const { store, trust, emit } = context;
  const { collection, id } = error.document;
  if (!OF_GROUPS.includes(collection) || (collection === GROUPS.name && id === group)) throw error;
  const [stored] = await store.read(GROUPS, [group]);
  if (!stored) return 'done';
  const failure: Failure = { code: error.code, message: error.message, words: null, retry: { when: 'backoff' } };
  const { next } = afterFailure(stored.doc, failure, await store.now());
  const result = await store.commit([put(GROUPS, group, stored.version, next)]);
  if (!result.ok && result.because === 'suspect') await trust.ensure();
  if (!result.ok) return 'requeue';
  emit(failureEvent('reconcile', error));
  return 'done';
}
