import type { Finding } from '../../findings/finding.ts';
import type { GroupRecord, OwnIssue } from '../../issues/group-record.ts';
import type { GroupView, Said } from '../groups/group-view.ts';
import { save, type Round, type Settling } from './settling.ts';
import { withIssue } from '../recovery/take-in-issue.ts';

/**
 * Writes down which issue is the group's. Where another one stands already, the lower id stays, since both came from us; but what an admin has linked
 * stays in any case. Where it stands there itself, since it was read back meanwhile, what only its create knows is added.
 * @returns null when another writer was first
 */
export async function recordIssue(
  settling: Settling,
  view: GroupView,
  issue: OwnIssue,
  said: Said,
  lead: Finding | null,
): Promise<Round | null> {
  const known = view.record.issue;
  const group = view.record.group;
  if (known !== null && known.id !== issue.id) settling.tell({ what: 'twin-seen', group, issueKey: known.key, twinKey: issue.key });
  const next = withCreated(view.record, issue, view.now);
  if (next === null) return 'again';
  const step = { step: 'create', because: 'not-opened-yet' } as const;
  const notes = (view.record.intent?.notes ?? []).map((because) => ({ what: 'noted', because, issueKey: issue.key }) as const);
  if (!(await save(settling, view, { ...next, last: step }, [said, ...notes]))) return null;
  const what = said.what === 'adopted' ? 'issue-adopted' : 'issue-created';
  settling.tell({ what, group, issueKey: issue.key, ruleId: issue.ruleId, resource: lead?.resource ?? '' });
  return 'again';
}

/** @returns null: what stands in the record stays as it is */
function withCreated(record: GroupRecord, issue: OwnIssue, now: number): GroupRecord | null {
  const { issue: known } = record;
  if (known === null) return withIssue(record, issue, now);
  if (known.linked === true) return null;
  const wasReadBack = known.id === issue.id && known.openedAt === undefined;
  if (wasReadBack) return { ...record, issue: { ...issue, ...known, ruleId: issue.ruleId }, wanted: record.wanted + 1 };
  return Number(known.id) <= Number(issue.id) ? null : withIssue(record, issue, now);
}
