import type { Failure } from '../../issues/failure.ts';
import type { GroupView, HistoryNote } from '../groups/group-view.ts';
import type { ServiceEvent } from '../ports/service-event.ts';
import { callsOf } from '../records/finding-record.ts';
import { afterFailure, save, type ReconcileContext } from './reconcile-context.ts';

/** A failed call, as the history and the log have it. */
export interface FailedCall {
  readonly call: Extract<ServiceEvent, { readonly what: 'jira-failed' }>['call'];
  readonly failure: Failure;
  /** Null: there is no issue yet. */
  readonly issueKey: string | null;
  /** What it leaves; by default the group waits for another try. */
  readonly after?: ReturnType<typeof afterFailure>;
  /** What worked before it; nothing by default. */
  readonly notes?: readonly HistoryNote[];
  /** The requests that were made. */
  readonly made?: Parameters<typeof callsOf>[0];
}

/** Records and reports that a call failed. @returns false: another writer was first */
export async function recordFailedCall(
  context: ReconcileContext,
  view: GroupView,
  { call, failure, issueKey, after = afterFailure(view.record, failure, view.now), notes = [], made = {} }: FailedCall,
): Promise<boolean> {
  const { code, message } = failure;
  if (!(await save(context, view, after.next, [...notes, { what: 'failed', because: code, issueKey, ...callsOf(made) }]))) return false;
  context.emit({ what: 'jira-failed', group: view.record.group, call, code, message, retryInMs: after.retryInMs });
  return true;
}
