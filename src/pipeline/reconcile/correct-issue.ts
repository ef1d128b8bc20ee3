import { correctionComment } from '../../issues/text/comments.ts';
import type { GroupRecord, OwnIssue } from '../../issues/group-record.ts';
import type { Step } from '../../issues/step.ts';
import { readGroup, type GroupView } from '../groups/group-view.ts';
import { afterFailure, save, waitUntil, type Round, type Settling } from './settling.ts';

type CorrectStep = Step & { readonly step: 'correct' };

/** What our clock and Jira's may differ by, and what a close may have taken, ms. */
const MARGIN_MS = 5 * 60_000;

/**
 * Says on an issue that was closed as resolved that its analysis only broke. It is looked for among the issue's comments before it is said, so that
 * neither a crash nor a lost answer makes it two.
 */
export async function correctIssue(settling: Settling, view: GroupView, { error }: CorrectStep): Promise<Round> {
  const { issue, group } = view.record;
  if (issue === null) return 'again';
  const permit = await settling.tracker.permit('close', issue.id);
  if (!permit.granted) return waitUntil(settling, view, { until: view.now + permit.afterMs, because: 'rate-limited' });
  const comment = correctionComment(error === null ? {} : { successor: error });
  const closedAt = issue.movedAt ?? view.now;
  const failure = await settling.tracker.sayOnce(issue, comment, view.now - closedAt + MARGIN_MS).finally(() => permit.release());
  const now = await readGroup(settling.store, settling.rules, group);
  if (now?.record.issue?.id !== issue.id) return 'again';
  return failure === null ? said(settling, now, now.record.issue) : failed(settling, now, failure);
}

async function said(settling: Settling, view: GroupView, issue: OwnIssue): Promise<Round> {
  const { group } = view.record;
  const next: GroupRecord = { ...view.record, issue: { ...issue, closedBecause: 'unanalysed' }, failure: null, attempts: 0, wait: null };
  if (await save(settling, view, next, { what: 'corrected', because: 'unanalysed', issueKey: issue.key }))
    settling.tell({ what: 'issue-corrected', group, issueKey: issue.key });
  return 'again';
}

async function failed(settling: Settling, view: GroupView, failure: Parameters<typeof afterFailure>[1]): Promise<Round> {
  const { group, issue } = view.record;
  const { next, retryInMs } = afterFailure(view.record, failure, view.now);
  const { code, message } = failure;
  if (await save(settling, view, next, { what: 'failed', because: code, issueKey: issue?.key ?? null }))
    settling.tell({ what: 'jira-failed', group, call: 'correct', code, message, retryInMs });
  return 'again';
}
