import type { GroupRecord } from '../../issues/group-record.ts';
import { markerLabel, markerOf, tombstoneOf } from '../../issues/marker.ts';
import type { Step } from '../../issues/step.ts';
import { namedDigest } from '../../issues/written.ts';
import { readGroup, type GroupView } from '../groups/group-view.ts';
import { afterFailure, save, waitUntil, type Round, type Settling } from './settling.ts';

type MarkStep = Step & { readonly step: 'mark' | 'unmark' };

/**
 * Writes our property and label to an issue that an admin has linked, or takes them off one that was taken away. Both may be sent again without
 * harm, so that a crash in between needs no record of its own.
 */
export async function markIssue(settling: Settling, view: GroupView, step: MarkStep): Promise<Round> {
  const { record } = view;
  const issue = step.step === 'mark' ? record.issue : step.issue;
  if (issue === null) return 'again';
  const permit = await settling.tracker.permit('close', issue.id);
  if (!permit.granted) return waitUntil(settling, view, { until: view.now + permit.afterMs, because: 'rate-limited' });
  const failure = await send(settling, record, step).finally(() => permit.release());
  const now = await readGroup(settling.store, settling.rules, record.group);
  if (now === null) return 'again';
  if (failure !== null) {
    const { next, retryInMs } = afterFailure(now.record, failure, now.now);
    const said = { what: 'failed', because: failure.code, issueKey: issue.key } as const;
    if (await save(settling, now, next, said)) {
      const { code, message } = failure;
      settling.tell({ what: 'jira-failed', group: record.group, call: step.step, code, message, retryInMs });
    }
    return 'again';
  }
  const next: GroupRecord = {
    ...(step.step === 'mark' ? marked(now.record, issue.id, record.members) : left(now.record, issue.id)),
    wait: null,
    failure: null,
    attempts: 0,
  };
  if (await save(settling, now, next, null))
    settling.tell({ what: step.step === 'mark' ? 'issue-linked' : 'issue-unlinked', group: record.group, issueKey: issue.key });
  return 'again';
}

function send(
  { tracker, installation }: Settling,
  { group, members, issue }: GroupRecord,
  step: MarkStep,
): ReturnType<typeof tracker.mark> {
  if (step.step === 'unmark') return tracker.unmark(step.issue, tombstoneOf(installation, group), markerLabel(installation, group));
  const { label, property } = markerOf(installation, group, members, 1);
  return issue === null
    ? Promise.resolve(null)
    : tracker.mark(issue, { label, property: { ...property, linked: true, written: { ...issue.written } } });
}

function marked(record: GroupRecord, id: string, members: readonly string[]): GroupRecord {
  if (record.issue?.id !== id) return record;
  const { mark: _, ...issue } = record.issue;
  return { ...record, issue: { ...issue, named: namedDigest(members) } };
}

function left({ leaving = [], ...record }: GroupRecord, id: string): GroupRecord {
  const others = leaving.filter((issue) => issue.id !== id);
  return others.length === 0 ? record : { ...record, leaving: others };
}
