import type { Finding, FindingKey } from '../../findings/finding.ts';
import type { Severity } from '../../findings/severity.ts';
import type { Derived } from '../../issues/derived.ts';
import type { OwnerSource } from '../../issues/facts/find-owner.ts';
import type { IssueStatus } from '../../issues/own-issue.ts';
import type { MappingState } from '../../issues/mapping-state.ts';
import type { MemberDecision } from '../../issues/plan-step.ts';
import type { TrackerCall, WithCalls } from '../ports/tracker-call.ts';

/** A finding and its issue in Jira: a mapping, in the API's words. */
export interface FindingRecord {
  readonly finding: Finding;
  readonly group: string;
  readonly severity: Severity;
  readonly decision: Pick<MemberDecision, 'action' | 'because' | 'ruleId'>;
  readonly mapping: MappingPart;
  /** The last 50, the oldest first. */
  readonly history: readonly HistoryEntry[];
  /** Epoch ms. */
  readonly firstSeenAt: number;
  /** Whose its resource is; absent: not known. `name` null: a person whose name is kept with the facts alone. */
  readonly owner?: { readonly name: string | null; readonly source: OwnerSource };
  /** How it became known. Absent: by an event, or read by an earlier version. */
  readonly firstSeenBy?: SeenBy;
  /** Its analyzer is gone, and its issue serves this finding by now. It is no member of its group any more. */
  readonly passedTo?: FindingKey;
  readonly updatedAt: number;
  /** Absent: no pass has saved it since it was accepted, or an earlier version wrote it. */
  readonly derived?: Derived;
}

/** An event, or a sweep that listed the findings in AWS. */
export type SeenBy = 'event' | 'sweep';

/** A member's view of its group. Written by `saveGroup` only. */
export interface MappingPart {
  readonly state: MappingState;
  readonly because: string;
  readonly projectKey: string | null;
  readonly issue: MappedIssue | null;
  /** While the issue is open and has a due date. */
  readonly due?: DueDate;
  readonly error: { readonly code: string; readonly message: string; readonly words: string | null } | null;
}

/** The issue of a mapping. Times: store's clock, epoch ms. */
export interface MappedIssue {
  readonly id: string;
  readonly key: string;
  readonly status: IssueStatus | null;
  /** Absent: unknown, because it was read back or linked, or written by an earlier version. */
  readonly openedAt?: number;
  /** Null: closed at an unknown time, or deleted. Absent: it is open. */
  readonly closedAt?: number | null;
}

/** The due date of an open issue, so that the store knows when it is overdue. */
export interface DueDate {
  /** `YYYY-MM-DD` in UTC. */
  readonly date: string;
  /** Its day is over. Set by a pass, or by `markOverdue` when nothing else happens. */
  readonly passed: boolean;
}

/** One entry of a finding's history. */
export interface HistoryEntry {
  /** Epoch ms. */
  readonly at: number;
  readonly what:
    | 'accepted'
    | 'decided'
    | 'created'
    | 'noted'
    | 'adopted'
    | 'restored'
    | 'closed'
    | 'reopened'
    | 'uncertain'
    | 'failed'
    | 'updated'
    | 'corrected'
    | 'linked'
    | 'unlinked'
    | 'asked'
    | 'deleted'
    | 'found-again'
    | 'rescan'
    | 'released'
    | 'details-missing'
    | 'enriched'
    | 'passed-on'
    | 'shrunk';
  readonly because: string;
  readonly issueKey: string | null;
  /** The requests to Jira that it took, the last ten. Absent: none. */
  readonly calls?: readonly TrackerCall[];
}

const MAX_CALLS = 10;

/** The calls of an outcome, as a history entry keeps them. */
export function callsOf({ calls = [] }: WithCalls): Pick<HistoryEntry, 'calls'> {
  return calls.length === 0 ? {} : { calls: calls.slice(-MAX_CALLS) };
}

const MAX_HISTORY = 50;

export function remember(history: readonly HistoryEntry[], entry: HistoryEntry): readonly HistoryEntry[] {
  return [...history, entry].slice(-MAX_HISTORY);
}
