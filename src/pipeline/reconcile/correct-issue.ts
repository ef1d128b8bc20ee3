import { correctionComment } from '../../issues/text/comments.ts';
import type { GroupRecord, OwnIssue } from '../../issues/group-record.ts';
import type { Step } from '../../issues/step.ts';
import { readGroup, type GroupView } from '../groups/group-view.ts';
import { afterFailure, save, waitForPermit, type PassResult, type ReconcileContext } from './reconcile-context.ts';

type CorrectStep = Step & { readonly step: 'correct' };

/** Covers clock skew against Jira and the duration of the close, ms. */
const MARGIN_MS = 5 * 60_000;

/**
 * Adds to an issue closed as resolved the comment that only its analysis broke. The issue's comments are searched before it is sent, so that
 * neither a crash nor a lost answer duplicates it.
 */
export async function correctIssue(context: ReconcileContext, view: GroupView, { error }: CorrectStep): Promise<PassResult> {
  const { issue, group } = view.record;
  if (issue === null) return 'requeue';
  const permit = await context.tracker.permit('transition', issue.id);
  if (!permit.granted) return waitForPermit(context, view, permit);
  const comment = correctionComment(error === null ? {} : { successor: error });
  const closedAt = issue.transitionedAt ?? view.now;
  const failure = await context.tracker.sayOnce(issue, comment, view.now - closedAt + MARGIN_MS).finally(() => permit.release());
  const now = await readGroup(context.store, context.rules, group);
  if (now?.record.issue?.id !== issue.id) return 'requeue';
  return failure === null ? recordCorrected(context, now, now.record.issue) : failed(context, now, failure);
}

async function recordCorrected(context: ReconcileContext, view: GroupView, issue: OwnIssue): Promise<PassResult> {
  const { group } = view.record;
  const next: GroupRecord = {
    ...view.record,
    issue: { ...issue, closedBecause: 'unanalysed' },
    failure: null,
    attempts: 0,
    requeueAt: null,
  };
  if (await save(context, view, next, { what: 'corrected', because: 'unanalysed', issueKey: issue.key }))
    context.emit({ what: 'issue-corrected', group, issueKey: issue.key });
  return 'requeue';
}

async function failed(context: ReconcileContext, view: GroupView, failure: Parameters<typeof afterFailure>[1]): Promise<PassResult> {
  const { group, issue } = view.record;
  const { next, retryInMs } = afterFailure(view.record, failure, view.now);
  const { code, message } = failure;
  if (await save(context, view, next, { what: 'failed', because: code, issueKey: issue?.key ?? null }))
    context.emit({ what: 'jira-failed', group, call: 'correct', code, message, retryInMs });
  return 'requeue';
}
