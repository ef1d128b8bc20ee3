import type { Failure } from '../../issues/failure.ts';
import type { OwnIssue } from '../../issues/own-issue.ts';
import { followed } from '../../issues/missing-issue.ts';
import type { StepOf } from '../../issues/step.ts';
import type { GroupView } from '../groups/group-view.ts';
import type { ReadIssue } from '../ports/issue-tracker.ts';
import { callAboutIssue } from './call-about-issue.ts';
import { recordFailedCall } from './record-failed-call.ts';
import { afterSuccess, save, type PassResult, type ReconcileContext } from './reconcile-context.ts';

/**
 * Reads a deleted issue once more, and lets go of it if Jira still does not show it, so that the group may get another one. If it is back, it is used
 * again.
 */
export async function forgetIssue(context: ReconcileContext, view: GroupView, { issue }: StepOf<'forget'>): Promise<PassResult> {
  return callAboutIssue(context, view, {
    issueId: issue.id,
    permit: 'read',
    send: () => readDeleted(context, issue),
    async record(now, read, own) {
      if (own === null) return;
      if (read.ok) await takeBack(context, now, read);
      else if (read.failure.code === 'jira-not-found') await letGo(context, now, issue);
      else await recordFailedCall(context, now, { call: 'read-deleted', failure: read.failure, issueKey: issue.key });
    },
  });
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

async function takeBack(context: ReconcileContext, view: GroupView, { found }: ReadIssue & { ok: true }): Promise<void> {
  const next = followed(view.record, found, view.now);
  if (next === null) return;
  const { key } = found.issue;
  if (await save(context, view, afterSuccess(next), { what: 'found-again', because: 'jira-shows-it', issueKey: key }))
    context.emit({ what: 'issue-found-again', group: view.record.group, issueKey: key });
}

/** The other issue meets the limits of openings like any other. */
async function letGo(context: ReconcileContext, view: GroupView, { id, key }: OwnIssue): Promise<void> {
  const { admission: _, ...record } = afterSuccess(view.record);
  const last = { step: 'forget', because: 'issue-deleted' } as const;
  await save(context, view, { ...record, issue: null, deletedIssue: { id, key }, transition: null, last }, null);
}
