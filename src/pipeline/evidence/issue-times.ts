import { closeOutcomeOf } from '../../issues/close-outcome.ts';
import type { OwnIssue } from '../../issues/own-issue.ts';
import type { TrackerCall } from '../ports/tracker-call.ts';
import type { FindingRecord, HistoryEntry } from '../records/finding-record.ts';
import type { Evidence } from './evidence.ts';

/** When the issue was opened and closed, and the proof of its close. Times: store's clock, epoch ms. */
export interface IssueTimes {
  /** Null: not known, since the issue was linked, or read back after the store was lost. */
  readonly openedAt: number | null;
  /** By its rule, `YYYY-MM-DD` in UTC; null: none, or not known. */
  readonly dueDate: string | null;
  /** Null: it is open, or has no issue. */
  readonly closing: Closing | null;
}

export interface Closing {
  /** Null: not known any more. */
  readonly at: number | null;
  /** A person closed it in Jira, or the service did. Null: not known, since it was found closed. */
  readonly by: 'person' | 'service' | null;
  /** Null: not known. */
  readonly because: NonNullable<OwnIssue['closedBecause']> | null;
  /** The part of the rule's `close` that counted; null: a person closed it, or not known. */
  readonly outcome: ReturnType<typeof closeOutcomeOf> | null;
  /** The requests to Jira of that close: the transition, and the comment where it went by itself. */
  readonly requests: readonly TrackerCall[];
  /** What was noted about it, such as a resolution that the workflow has set. */
  readonly notes: readonly string[];
  /** The comment or fields of the close are still owed. */
  readonly isUnfinished: boolean;
}

/** Pure. */
export function issueTimes({ record, group }: Pick<Evidence, 'record' | 'group'>): IssueTimes {
  const shown = record.mapping.issue;
  const own = group?.issue ?? null;
  // A finding whose issue was passed on is no member of the group any more, and the group may have another issue by now.
  if (shown === null || own?.id !== shown.id)
    return { openedAt: shown === null ? null : createdAt(record, shown.key), dueDate: null, closing: null };
  return {
    openedAt: own.openedAt ?? createdAt(record, own.key),
    dueDate: own.dueDate ?? null,
    closing: own.lastApplied === 'closed' ? closingOf(record, own) : null,
  };
}

function createdAt({ history }: FindingRecord, issueKey: string): number | null {
  return history.findLast((entry) => entry.what === 'created' && entry.issueKey === issueKey)?.at ?? null;
}

function closingOf({ history }: FindingRecord, issue: OwnIssue): Closing {
  const { closedBecause: because = null, transitionedAt = null, pendingWork } = issue;
  const entry = history.findLast(({ what }) => what === 'closed') ?? null;
  // Our last transition of an issue that a person has closed was another one.
  const at = issue.closedAt ?? entry?.at ?? (because === 'by-person' ? null : transitionedAt);
  return {
    at,
    by: because === null ? null : because === 'by-person' ? 'person' : 'service',
    because,
    outcome: because === null || because === 'by-person' ? null : closeOutcomeOf(because),
    requests: entry?.calls ?? [],
    notes: entry === null ? [] : notesAt(history, entry.at),
    isUnfinished: pendingWork !== undefined,
  };
}

function notesAt(history: readonly HistoryEntry[], at: number): readonly string[] {
  return history.filter((entry) => entry.what === 'noted' && entry.at === at).map(({ because }) => because);
}
