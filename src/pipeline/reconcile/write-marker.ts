import type { GroupRecord } from '../../issues/group-record.ts';
import { markerLabel, markerOf, tombstoneOf } from '../../issues/marker.ts';
import type { StepOf } from '../../issues/step.ts';
import { membershipDigest } from '../../issues/written.ts';
import type { GroupView } from '../groups/group-view.ts';
import { callAboutIssue } from './call-about-issue.ts';
import { recordFailedCall } from './record-failed-call.ts';
import { afterSuccess, save, type PassResult, type ReconcileContext } from './reconcile-context.ts';

type MarkerStep = StepOf<'add-marker' | 'remove-marker'>;

/**
 * Writes our property and label to an issue that an admin has linked, or removes them from one that was unlinked.
 */
export async function writeMarker(context: ReconcileContext, view: GroupView, step: MarkerStep): Promise<PassResult> {
  const { record } = view;
  const { issue } = step;
  return callAboutIssue(context, view, {
    issueId: issue.id,
    permit: 'transition',
    send: () => send(context, record, step),
    async record(now, failure) {
      if (failure !== null) return recordFailedCall(context, now, { call: step.step, failure, issueKey: issue.key });
      const next = step.step === 'add-marker' ? marked(now.record, issue.id, record.members) : left(now.record, issue.id);
      if (!(await save(context, now, afterSuccess(next), null))) return;
      context.emit({ what: step.step === 'add-marker' ? 'issue-linked' : 'issue-unlinked', group: record.group, issueKey: issue.key });
    },
  });
}

function send(
  { tracker, installation }: ReconcileContext,
  { group, members }: GroupRecord,
  step: MarkerStep,
): ReturnType<typeof tracker.addMarker> {
  if (step.step === 'remove-marker')
    return tracker.removeMarker(step.issue, tombstoneOf(installation, group), markerLabel(installation, group));
  const { label, property } = markerOf(installation, group, members, 1);
  return tracker.addMarker(step.issue, { label, property: { ...property, linked: true, written: { ...step.issue.written } } });
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
