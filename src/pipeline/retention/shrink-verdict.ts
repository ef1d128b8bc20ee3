import { lifecycleOf } from '../../findings/lifecycle.ts';
import { shrinkFinding } from '../../findings/shrink-finding.ts';
import { timestampMs } from '../../findings/timestamp.ts';
import type { GroupRecord } from '../../issues/group-record.ts';
import type { FindingRecord } from '../records/finding-record.ts';

/**
 * Whether a finding shrinks, or why not. `shrunk`: nothing is left to remove. `recent`: something happened to it within the time that
 * history is kept. `group-busy`: its issue is open, or waits for a step.
 */
export type ShrinkVerdict =
  | { readonly shrinks: true }
  | { readonly shrinks: false; readonly because: 'active' | 'shrunk' | 'recent' | 'group-busy' };

/** The verdict on a finding without its group. @param before epoch ms: what happened later is kept */
export function findingVerdict(record: FindingRecord, before: number): ShrinkVerdict {
  if (lifecycleOf(record.finding) === 'active') return { shrinks: false, because: 'active' };
  if (lastNewsAt(record) > before) return { shrinks: false, because: 'recent' };
  return isShrunk(record) ? { shrinks: false, because: 'shrunk' } : { shrinks: true };
}

/** The verdict on the findings of a group, as far as its record tells: its issue must be closed, and nothing may be left to do. */
export function groupVerdict(group: GroupRecord): ShrinkVerdict {
  return isAtRest(group) ? { shrinks: true } : { shrinks: false, because: 'group-busy' };
}

/** Whether a finding holds no other one of its group back: the text of an issue that may change again names all of its findings. */
export function hasEndedLongAgo(record: FindingRecord, before: number): boolean {
  const verdict = findingVerdict(record, before);
  return verdict.shrinks || verdict.because === 'shrunk';
}

/** The record with only what keeps the finding's issue the only one. @param now store's clock, epoch ms */
export function shrunkRecord(record: FindingRecord, now: number): FindingRecord {
  const entry = { at: now, what: 'shrunk', because: 'ended-long-ago', issueKey: record.mapping.issue?.key ?? null } as const;
  const { owner: _, ...kept } = record;
  return { ...kept, finding: shrinkFinding(record.finding), history: [entry] };
}

function isShrunk({ finding, history }: FindingRecord): boolean {
  return finding.shrunk === true && history.every(({ what }) => what === 'shrunk');
}

/** A change of the rules is no news of the finding. */
function lastNewsAt({ finding, history, firstSeenAt }: FindingRecord): number {
  const news = history.filter(({ what }) => what !== 'decided' && what !== 'shrunk');
  return Math.max(firstSeenAt, timestampMs(finding.updatedAt), ...news.map(({ at }) => at));
}

function isAtRest({ generation, observedGeneration, requeueAt, failure, intent, transition, issue }: GroupRecord): boolean {
  const waits = generation > observedGeneration || requeueAt !== null || failure !== null || intent !== null || transition !== null;
  return !waits && (issue === null || (issue.lastApplied === 'closed' && issue.pendingWork === undefined));
}
