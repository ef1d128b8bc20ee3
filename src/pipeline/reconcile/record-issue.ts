import type { Finding } from '../../findings/finding.ts';
import type { GroupRecord } from '../../issues/group-record.ts';
import type { OwnIssue } from '../../issues/own-issue.ts';
import type { GroupView, HistoryNote } from '../groups/group-view.ts';
import { save, type PassResult, type ReconcileContext } from './reconcile-context.ts';
import { withIssue } from '../recovery/adopt-issue.ts';

/**
 * Records which issue is the group's. If the record has another one, the lower id stays, since both are ours; but an issue that an admin has linked
 * always stays. If the record has this one, since it was read back meanwhile, the facts that only its create knows are added.
 * @returns null when another writer was first
 */
export async function recordIssue(
  context: ReconcileContext,
  view: GroupView,
  issue: OwnIssue,
  note: HistoryNote,
  lead: Finding | null,
): Promise<PassResult | null> {
  const known = view.record.issue;
  const group = view.record.group;
  if (known !== null && known.id !== issue.id)
    context.emit({ what: 'duplicate-seen', group, issueKey: known.key, duplicateKey: issue.key });
  const next = withCreated(view.record, issue, view.now);
  if (next === null) return 'requeue';
  const step = { step: 'create', because: 'not-opened-yet' } as const;
  const notes = (view.record.intent?.notes ?? []).map((because) => ({ what: 'noted', because, issueKey: issue.key }) as const);
  if (!(await save(context, view, { ...next, last: step }, [note, ...notes]))) return null;
  const recorded = { group, issueKey: issue.key, ruleId: issue.ruleId, resource: lead?.resource ?? '' };
  if (note.what === 'adopted') context.emit({ what: 'issue-adopted', ...recorded });
  else context.emit({ what: 'issue-created', ...recorded, afterMs: sinceNews(view) });
  return 'requeue';
}

/** A finding may have been known long before it got an issue: as an archived one, or under other rules. */
function sinceNews({ members, now }: GroupView): number | null {
  const news = members.flatMap(({ stored }) => stored.doc.history).filter(({ what }) => what === 'accepted');
  return news.length === 0 ? null : now - Math.max(...news.map(({ at }) => at));
}

/** @returns null: the record stays as it is */
function withCreated(record: GroupRecord, issue: OwnIssue, now: number): GroupRecord | null {
  const { issue: known } = record;
  if (known === null) return withIssue(record, issue, now);
  if (known.linked === true) return null;
  const wasReadBack = known.id === issue.id && known.openedAt === undefined;
  if (wasReadBack) return { ...record, issue: { ...issue, ...known, ruleId: issue.ruleId }, generation: record.generation + 1 };
  return Number(known.id) <= Number(issue.id) ? null : withIssue(record, issue, now);
}
