import type { GroupRecord } from '../../issues/group-record.ts';
import type { Step } from '../../issues/step.ts';
import { readGroup, type GroupView } from '../groups/group-view.ts';
import { afterFailure, save, waitForPermit, type PassResult, type ReconcileContext } from './reconcile-context.ts';

type LinkStep = Step & { readonly step: 'link' };

/**
 * Links the group's issue with the one that it succeeds. An existing link counts as made, so a crash in between costs one call and no more.
 * A link that Jira refuses is not tried again: the texts have to do.
 */
export async function linkSuccessor(context: ReconcileContext, view: GroupView, { to }: LinkStep): Promise<PassResult> {
  const { issue, group } = view.record;
  if (issue === null) return 'requeue';
  const permit = await context.tracker.permit('update', issue.id);
  if (!permit.granted) return waitForPermit(context, view, permit);
  const outcome = await context.tracker.link(issue, to).finally(() => permit.release());
  const now = await readGroup(context.store, context.rules, group);
  if (now?.record.issue?.id !== issue.id) return 'requeue';
  const failed = outcome.outcome === 'failed' ? afterFailure(now.record, outcome.failure, now.now) : null;
  const link = outcome.outcome === 'failed' ? 'wanted' : outcome.outcome;
  const cleared: GroupRecord = failed?.next ?? { ...now.record, failure: null, attempts: 0, requeueAt: null };
  const next: GroupRecord = { ...cleared, issue: { ...now.record.issue, follows: { ...to, link } } };
  if (!(await save(context, now, next, null))) return 'requeue';
  if (outcome.outcome !== 'linked') {
    const { code, message } = outcome.failure;
    context.emit({ what: 'jira-failed', group, call: 'link', code, message, retryInMs: failed?.retryInMs ?? 0 });
  } else context.emit({ what: 'issues-related', group, issueKey: issue.key, followsKey: to.key });
  return 'requeue';
}
