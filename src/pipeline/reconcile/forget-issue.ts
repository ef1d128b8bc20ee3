import type { Failure } from '../../issues/failure.ts';
import type { GroupRecord, OwnIssue } from '../../issues/group-record.ts';
import { followed } from '../../issues/missing-issue.ts';
import { readGroup, type GroupView } from '../groups/group-view.ts';
import type { ReadIssue } from '../ports/issue-tracker.ts';
import { afterFailure, save, waitForPermit, type PassResult, type ReconcileContext } from './reconcile-context.ts';

/**
 * Reads a deleted issue once more, and lets go of it if Jira still does not show it, so that the group may get another one. If it is back, it is used
 * again. Only reads are sent, so a crash in between needs no record of its own.
 */
export async function forgetIssue(context: ReconcileContext, view: GroupView): Promise<PassResult> {
  const { issue, group } = view.record;
  if (issue === null) return 'requeue';
  const permit = await context.tracker.permit('read');
  if (!permit.granted) return waitForPermit(context, view, permit);
  const read = await readDeleted(context, issue).finally(() => permit.release());
  const now = await readGroup(context.store, context.rules, group);
  if (now?.record.issue?.id !== issue.id) return 'requeue';
  if (read.ok) return takeBack(context, now, read);
  if (read.failure.code === 'jira-not-found') return letGo(context, now, issue);
  const { next, retryInMs } = afterFailure(now.record, read.failure, now.now);
  const { code, message } = read.failure;
  if (await save(context, now, next, { what: 'failed', because: code, issueKey: issue.key }))
    context.emit({ what: 'jira-failed', group, call: 'read-deleted', code, message, retryInMs });
  return 'requeue';
}

/** An issue that Jira does not show is deleted only if Jira shows its project. */
async function readDeleted({ tracker }: ReconcileContext, { id, projectKey }: OwnIssue): Promise<ReadIssue> {
  const read = await tracker.read(id);
  if (read.ok || read.failure.code !== 'jira-not-found') return read;
  const project = await tracker.project(projectKey);
  if (project === 'yes') return read;
  return { ok: false, failure: project === 'archived' || project === 'gone' || project === null ? hidden(projectKey) : project };
}

function hidden(projectKey: string): Failure {
  return {
    code: 'project-not-visible',
    message: `Jira shows neither the issue nor its project ${projectKey}, so that the issue may not be deleted at all`,
    words: null,
    retry: { when: 'seldom' },
  };
}

async function takeBack(context: ReconcileContext, view: GroupView, { found }: ReadIssue & { ok: true }): Promise<PassResult> {
  const next = followed(view.record, found, view.now);
  if (next === null) return 'requeue';
  const { key } = found.issue;
  const free: GroupRecord = { ...next, failure: null, attempts: 0, requeueAt: null };
  if (await save(context, view, free, { what: 'found-again', because: 'jira-shows-it', issueKey: key }))
    context.emit({ what: 'issue-found-again', group: view.record.group, issueKey: key });
  return 'requeue';
}

/** The other issue meets the limits of openings like any other. */
async function letGo(context: ReconcileContext, view: GroupView, { id, key }: OwnIssue): Promise<PassResult> {
  const { admission: _, ...record } = view.record;
  const next: GroupRecord = {
    ...record,
    issue: null,
    deletedIssue: { id, key },
    transition: null,
    failure: null,
    attempts: 0,
    requeueAt: null,
    last: { step: 'forget', because: 'issue-deleted' },
  };
  await save(context, view, next, null);
  return 'requeue';
}
