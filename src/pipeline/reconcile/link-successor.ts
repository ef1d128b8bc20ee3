import type { GroupRecord } from '../../issues/group-record.ts';
import type { StepOf } from '../../issues/step.ts';
import type { GroupView } from '../groups/group-view.ts';
import { callAboutIssue } from './call-about-issue.ts';
import { afterFailure, afterSuccess, save, type PassResult, type ReconcileContext } from './reconcile-context.ts';

/**
 * Links the group's issue with the one that it succeeds. An existing link counts as made, so a crash in between costs one call and no more.
 * A link that Jira refuses is not tried again: the texts have to do.
 */
export async function linkSuccessor(context: ReconcileContext, view: GroupView, { issue, to }: StepOf<'link'>): Promise<PassResult> {
  const { group } = view.record;
  return callAboutIssue(context, view, {
    issueId: issue.id,
    permit: 'update',
    send: () => context.tracker.link(issue, to),
    async record(now, outcome, own) {
      if (own === null) return;
      const failed = outcome.outcome === 'failed' ? afterFailure(now.record, outcome.failure, now.now) : null;
      const link = outcome.outcome === 'failed' ? 'wanted' : outcome.outcome;
      const next: GroupRecord = { ...(failed?.next ?? afterSuccess(now.record)), issue: { ...own, follows: { ...to, link } } };
      if (!(await save(context, now, next, null))) return;
      if (outcome.outcome === 'linked') return context.emit({ what: 'issues-related', group, issueKey: issue.key, followsKey: to.key });
      const { code, message } = outcome.failure;
      context.emit({ what: 'jira-failed', group, call: 'link', code, message, retryInMs: failed?.retryInMs ?? 0 });
    },
  });
}
