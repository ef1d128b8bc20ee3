import type { GroupRecord } from '../../issues/group-record.ts';
import type { FindingRecord } from '../records/finding-record.ts';
import type { PersonsAct } from './persons-acts.ts';

/** A stretch of time, epoch ms: from the first moment on, until before the second one. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** A revision of the rules, as far as it says who decided. Times: store's clock, epoch ms. */
export interface RevisionMark {
  readonly revision: number;
  readonly savedAt: number;
  readonly savedBy: string;
}

/** All that the store knows of one finding, each part as of when it was read. */
export interface Evidence {
  readonly record: FindingRecord;
  /** Null: there is none, or it can't be read. */
  readonly group: GroupRecord | null;
  /** The rules in force when the finding was last decided; null: not known any more. */
  readonly revision: RevisionMark | null;
  /** What people did to it, the oldest first. */
  readonly acts: readonly PersonsAct[];
  /** Older acts that are left out, since there are too many. */
  readonly actsLeftOut: number;
  /** A document about it can't be read, so that something may be missing. */
  readonly isPartial: boolean;
}

/** A finding whose own document can't be read. It is named all the same: it may belong to the period. */
export interface LostEvidence {
  /** The finding's key. */
  readonly unreadable: string;
}

/** States in which nothing is left to do once the finding has ended. */
const AT_REST: ReadonlySet<FindingRecord['mapping']['state']> = new Set(['closed', 'ignored', 'observed', 'unlinked']);

/**
 * Whether a finding belongs to a period: it was known before the end, and at the beginning it had not ended, or something has happened to it since.
 * @param isOver whether the finding itself has ended
 */
export function isOfPeriod({ firstSeenAt, updatedAt, mapping }: FindingRecord, isOver: boolean, { from, to }: Period): boolean {
  return firstSeenAt < to && (!isOver || !AT_REST.has(mapping.state) || updatedAt >= from);
}

/** The revision in force at a moment. @param revisions by the time of their saving, the oldest first @returns null: there was none */
export function revisionAt(revisions: readonly RevisionMark[], at: number): RevisionMark | null {
  return revisions.findLast(({ savedAt }) => savedAt <= at) ?? null;
}

/** When the finding was last decided: at its last news, or when the rules had changed. @returns null: its history is gone */
export function decidedAt({ history }: FindingRecord): number | null {
  return history.findLast(({ what }) => what === 'accepted' || what === 'decided')?.at ?? null;
}
