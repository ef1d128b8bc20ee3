import type { GroupRecord } from '../../issues/group-record.ts';
import { markerLabel } from '../../issues/marker.ts';
import type { Step } from '../../issues/step.ts';
import { readGroup, type GroupView } from '../groups/group-view.ts';
import { afterFailure, save, waitUntil, type Round, type Settling } from './settling.ts';

type LabelStep = Step & { readonly step: 'label' };

/**
 * Puts on the issue what its create could not carry, because the create screen has no labels. That it is owed stands in the record from before the
 * create; it may be sent again without harm, so that a crash in between needs no record of its own.
 */
export async function labelIssue(settling: Settling, view: GroupView, step: LabelStep): Promise<Round> {
  const { issue, group } = view.record;
  if (issue === null) return 'again';
  const permit = await settling.tracker.permit('close', issue.id);
  if (!permit.granted) return waitUntil(settling, view, { until: view.now + permit.afterMs, because: 'rate-limited' });
  const labels = [...step.labels, markerLabel(settling.installation, group)];
  const failure = await settling.tracker.label(issue, labels).finally(() => permit.release());
  const now = await readGroup(settling.store, settling.rules, group);
  if (now === null || now.record.issue?.id !== issue.id) return 'again';
  if (failure === null) {
    await save(settling, now, labelled(now.record), null);
    return 'again';
  }
  const { code, message } = failure;
  const { next, retryInMs } = afterFailure(now.record, failure, now.now);
  if (await save(settling, now, next, { what: 'failed', because: code, issueKey: issue.key }))
    settling.tell({ what: 'jira-failed', group, call: 'label', code, message, retryInMs });
  return 'again';
}

function labelled(record: GroupRecord): GroupRecord {
  if (record.issue === null) return record;
  const { laterLabels: _, ...issue } = record.issue;
  return { ...record, issue, wait: null, failure: null, attempts: 0 };
}
