import type { GroupRecord } from '../../issues/group-record.ts';
import { markerLabel } from '../../issues/marker.ts';
import type { Step } from '../../issues/step.ts';
import { readGroup, type GroupView } from '../groups/group-view.ts';
import { afterFailure, save, waitForPermit, type PassResult, type ReconcileContext } from './reconcile-context.ts';

type LabelStep = Step & { readonly step: 'label' };

/**
 * Adds the labels that the create could not carry, because the create screen has no labels. The record holds them from before the create, and they
 * may be sent again without harm, so a crash in between needs no record of its own.
 */
export async function labelIssue(context: ReconcileContext, view: GroupView, step: LabelStep): Promise<PassResult> {
  const { issue, group } = view.record;
  if (issue === null) return 'requeue';
  const permit = await context.tracker.permit('transition', issue.id);
  if (!permit.granted) return waitForPermit(context, view, permit);
  const labels = [...step.labels, markerLabel(context.installation, group)];
  const failure = await context.tracker.addLabels(issue, labels).finally(() => permit.release());
  const now = await readGroup(context.store, context.rules, group);
  if (now === null || now.record.issue?.id !== issue.id) return 'requeue';
  if (failure === null) {
    await save(context, now, labelled(now.record), null);
    return 'requeue';
  }
  const { code, message } = failure;
  const { next, retryInMs } = afterFailure(now.record, failure, now.now);
  if (await save(context, now, next, { what: 'failed', because: code, issueKey: issue.key }))
    context.emit({ what: 'jira-failed', group, call: 'label', code, message, retryInMs });
  return 'requeue';
}

function labelled(record: GroupRecord): GroupRecord {
  if (record.issue === null) return record;
  const { laterLabels: _, ...issue } = record.issue;
  return { ...record, issue, requeueAt: null, failure: null, attempts: 0 };
}
