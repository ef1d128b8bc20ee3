import type { Failure } from '../../issues/failure.ts';
import type { GroupKey } from '../../issues/group-key.ts';
import { put } from '../ports/store.ts';
import { GROUPS } from '../records/group-collections.ts';
import { afterFailure, type ReconcileContext } from './reconcile-context.ts';

/** What a pass needs to record an error that keeps it from reading or writing its group as a whole. */
export type FailureContext = Pick<ReconcileContext, 'store' | 'emit'>;

/** Records a failure on the group alone: nothing is sent for it until its next try is due. @returns false when another writer was first */
export async function recordFailure({ store }: FailureContext, group: GroupKey, failure: Failure): Promise<boolean> {
  const [stored] = await store.read(GROUPS, [group]);
  if (!stored) return true;
  const { next } = afterFailure(stored.doc, failure, await store.now());
  const result = await store.commit([put(GROUPS, group, stored.version, next)]);
  return result.ok;
}
