import type { GroupRecord } from '../../issues/group-record.ts';
import { markerLabel, markerOf, tombstoneOf } from '../../issues/marker.ts';
import type { Step } from '../../issues/step.ts';
import { membershipDigest } from '../../issues/written.ts';
import { readGroup, type GroupView } from '../groups/group-view.ts';
import { afterFailure, save, waitForPermit, type PassResult, type ReconcileContext } from './reconcile-context.ts';

type MarkerStep = Step & { readonly step: 'add-marker' | 'remove-marker' };

/**
 * Writes our property and label to an issue that an admin has linked, or removes them from one that was unlinked. Both may be sent again without
 * harm, so a crash in between needs no record of its own.
 */
export async function writeMarker(context: ReconcileContext, view: GroupView, step: MarkerStep): Promise<PassResult> {
  const { record } = view;
  const issue = step.step === 'add-marker' ? record.issue : step.issue;
  if (issue === null) return 'requeue';
  const permit = await context.tracker.permit('transition', issue.id);
  if (!permit.granted) return waitForPermit(context, view, permit);
  const failure = await send(context, record, step).finally(() => permit.release());
  const now = await readGroup(context.store, context.rules, record.group);
  if (now === null) return 'requeue';
  if (failure !== null) {
    const { next, retryInMs } = afterFailure(now.record, failure, now.now);
    const note = { what: 'failed', because: failure.code, issueKey: issue.key } as const;
    if (await save(context, now, next, note)) {
      const { code, message } = failure;
      context.emit({ what: 'jira-failed', group: record.group, call: step.step, code, message, retryInMs });
    }
    return 'requeue';
  }
  const next: GroupRecord = {
    ...(step.step === 'add-marker' ? marked(now.record, issue.id, record.members) : left(now.record, issue.id)),
    requeueAt: null,
    failure: null,
    attempts: 0,
  };
  if (await save(context, now, next, null))
    context.emit({ what: step.step === 'add-marker' ? 'issue-linked' : 'issue-unlinked', group: record.group, issueKey: issue.key });
  return 'requeue';
}

function send(
  { tracker, installation }: ReconcileContext,
  { group, members, issue }: GroupRecord,
  step: MarkerStep,
): ReturnType<typeof tracker.addMarker> {
  if (step.step === 'remove-marker')
    return tracker.removeMarker(step.issue, tombstoneOf(installation, group), markerLabel(installation, group));
  const { label, property } = markerOf(installation, group, members, 1);
  return issue === null
    ? Promise.resolve(null)
    : tracker.addMarker(issue, { label, property: { ...property, linked: true, written: { ...issue.written } } });
}

function marked(record: GroupRecord, id: string, members: readonly string[]): GroupRecord {
  if (record.issue?.id !== id) return record;
  const { marker: _, ...issue } = record.issue;
  return { ...record, issue: { ...issue, membership: membershipDigest(members) } };
}

function left({ leaving = [], ...record }: GroupRecord, id: string): GroupRecord {
  const others = leaving.filter((issue) => issue.id !== id);
  return others.length === 0 ? record : { ...record, leaving: others };
}
