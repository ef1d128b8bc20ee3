import type { GroupRecord } from '../../issues/group-record.ts';
import { owing } from '../../issues/owed-after.ts';
import type { Step } from '../../issues/step.ts';
import { closingOf } from './closing-of.ts';
import { callsOf } from '../records/finding-record.ts';
import { readGroup, type GroupView } from '../groups/group-view.ts';
import { afterFailure, save, waitUntil, type Round, type Settling } from './settling.ts';

type FinishStep = Step & { readonly step: 'finish' };

/**
 * Does what the last move of the issue has left undone. Before it is said a comment is looked for, and a field may be set twice, so that a crash in
 * between needs no record of its own.
 */
export async function finishMove(settling: Settling, view: GroupView, { owed }: FinishStep): Promise<Round> {
  const { issue, group } = view.record;
  if (issue === null) return 'again';
  const permit = await settling.tracker.permit('close', issue.id);
  if (!permit.granted) return waitUntil(settling, view, { until: view.now + permit.afterMs, because: 'rate-limited' });
  const closing = await closingOf(settling, view, issue);
  const { left, failure, ...calls } = await settling.tracker.finish(issue, owed, closing).finally(() => permit.release());
  const now = await readGroup(settling.store, settling.rules, group);
  // Where another look has moved the issue meanwhile, something else is owed by now.
  if (now?.record.issue?.id !== issue.id || JSON.stringify(now.record.issue.owes) !== JSON.stringify(owed)) return 'again';
  const next: GroupRecord = { ...now.record, issue: owing(now.record.issue, left), wait: null, failure: null, attempts: 0 };
  if (failure === null) {
    await save(settling, now, next, null);
    return 'again';
  }
  const { code, message } = failure;
  const failed = left === null ? { next, retryInMs: 0 } : afterFailure({ ...now.record, issue: next.issue }, failure, now.now);
  if (await save(settling, now, failed.next, { what: 'failed', because: code, issueKey: issue.key, ...callsOf(calls) }))
    settling.tell({ what: 'jira-failed', group, call: 'finish', code, message, retryInMs: failed.retryInMs });
  return 'again';
}
