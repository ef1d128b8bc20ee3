import { correctionComment } from '../../issues/text/comments.ts';
import type { GroupRecord } from '../../issues/group-record.ts';
import type { StepOf } from '../../issues/step.ts';
import type { GroupView } from '../groups/group-view.ts';
import { callAboutIssue } from './call-about-issue.ts';
import { recordFailedCall } from './record-failed-call.ts';
import { afterSuccess, save, type PassResult, type ReconcileContext } from './reconcile-context.ts';

/** Covers clock skew against Jira and the duration of the close, ms. */
const MARGIN_MS = 5 * 60_000;

/**
 * Adds to an issue closed as resolved the comment that only its analysis broke. The issue's comments are searched before it is sent, so that
 * neither a crash nor a lost answer duplicates it.
 */
export async function correctIssue(context: ReconcileContext, view: GroupView, { issue, error }: StepOf<'correct'>): Promise<PassResult> {
  const comment = correctionComment(error === null ? {} : { successor: error });
  const closedAt = issue.transitionedAt ?? view.now;
  return callAboutIssue(context, view, {
    issueId: issue.id,
    permit: 'transition',
    send: () => context.tracker.sayOnce(issue, comment, view.now - closedAt + MARGIN_MS),
    async record(now, failure, own) {
      if (own === null) return;
      if (failure !== null) return recordFailedCall(context, now, { call: 'correct', failure, issueKey: own.key });
      const next: GroupRecord = { ...afterSuccess(now.record), issue: { ...own, closedBecause: 'unanalysed' } };
      if (await save(context, now, next, { what: 'corrected', because: 'unanalysed', issueKey: own.key }))
        context.emit({ what: 'issue-corrected', group: now.record.group, issueKey: own.key });
    },
  });
}
