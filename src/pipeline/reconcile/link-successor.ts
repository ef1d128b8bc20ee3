import type { GroupRecord } from '../../issues/group-record.ts';
import type { Step } from '../../issues/step.ts';
import { readGroup, type GroupView } from '../groups/group-view.ts';
import { afterFailure, save, waitUntil, type Round, type Settling } from './settling.ts';

type LinkStep = Step & { readonly step: 'link' };

/**
 * Links the group's issue with the one that it succeeds. A link that is there counts as made, so that a crash in between costs a call and no more.
 * Where Jira refuses it, the texts have to do: it is not tried again.
 */
export async function linkSuccessor(settling: Settling, view: GroupView, { to }: LinkStep): Promise<Round> {
  const { issue, group } = view.record;
  if (issue === null) return 'again';
  const permit = await settling.tracker.permit('update', issue.id);
  if (!permit.granted) return waitUntil(settling, view, { until: view.now + permit.afterMs, because: 'rate-limited' });
  const outcome = await settling.tracker.link(issue, to).finally(() => permit.release());
  const now = await readGroup(settling.store, settling.rules, group);
  if (now?.record.issue?.id !== issue.id) return 'again';
  const failed = outcome.outcome === 'failed' ? afterFailure(now.record, outcome.failure, now.now) : null;
  const link = outcome.outcome === 'failed' ? 'wanted' : outcome.outcome;
  const settled: GroupRecord = failed?.next ?? { ...now.record, failure: null, attempts: 0, wait: null };
  const next: GroupRecord = { ...settled, issue: { ...now.record.issue, follows: { ...to, link } } };
  if (!(await save(settling, now, next, null))) return 'again';
  if (outcome.outcome !== 'linked') {
    const { code, message } = outcome.failure;
    settling.tell({ what: 'jira-failed', group, call: 'link', code, message, retryInMs: failed?.retryInMs ?? 0 });
  } else settling.tell({ what: 'issues-related', group, issueKey: issue.key, followsKey: to.key });
  return 'again';
}
