import type { GroupRecord } from '../../issues/group-record.ts';
import type { OwnIssue } from '../../issues/own-issue.ts';
import { markerLabel } from '../../issues/marker.ts';
import type { StepOf } from '../../issues/step.ts';
import type { GroupView } from '../groups/group-view.ts';
import { callAboutIssue } from './call-about-issue.ts';
import { recordFailedCall } from './record-failed-call.ts';
import { afterSuccess, save, type PassResult, type ReconcileContext } from './reconcile-context.ts';

/**
 * Adds the labels that the create could not carry, because the create screen has no labels. The record holds them from before the create, and they
 * may be sent again without harm.
 */
export async function labelIssue(context: ReconcileContext, view: GroupView, { issue, labels }: StepOf<'label'>): Promise<PassResult> {
  return callAboutIssue(context, view, {
    issueId: issue.id,
    permit: 'transition',
    send: () => context.tracker.addLabels(issue, [...labels, markerLabel(context.installation, view.record.group)]),
    async record(now, failure, own) {
      if (own === null) return;
      if (failure !== null) await recordFailedCall(context, now, { call: 'label', failure, issueKey: issue.key });
      else await save(context, now, labelled(now.record, own), null);
    },
  });
}

function labelled(record: GroupRecord, own: OwnIssue): GroupRecord {
  const { laterLabels: _, ...issue } = own;
  return { ...afterSuccess(record), issue };
}
