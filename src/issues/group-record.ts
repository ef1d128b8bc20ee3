import type { FindingKey } from '../findings/finding.ts';
import type { Failure } from './failure.ts';
import type { GroupKey } from './group-key.ts';
import type { IssueRoute } from './issue-route.ts';
import type { NeighbourIssue } from './neighbours.ts';
import type { ClosingReason, StepTaken, PendingWork } from './step.ts';
import type { Written } from './written.ts';

/**
 * The write-ahead record of a create. `reserved`: nothing is on its way. `sending`: a POST may be on its way.
 * `uncertain`: a POST may have made an issue that we have not seen; nothing is sent before the evidence is in.
 */
export interface CreateIntent {
  readonly phase: 'reserved' | 'sending' | 'uncertain';
  /** Counts POSTs that may have reached Jira, from 1; 0 before the first. */
  readonly attempt: number;
  /** The process that claimed it. */
  readonly owner: string;
  /** Store's clock, epoch ms; 0 before the first claim. */
  readonly sentAt: number;
  /** From when its due date counts; store's clock, epoch ms. */
  readonly draftedAt?: number;
  /** Newest issue number seen in the project before the POST: where to look when the index does not know yet. */
  readonly newestNumber: number | null;
  readonly route: IssueRoute;
  /** The issue that this one goes on with, as its text says; absent: none. */
  readonly follows?: NeighbourIssue;
  readonly lookups: Lookups;
  /** Labels that the create does not carry, because the create screen has none: it is looked for by who made it. Absent: it carries them. */
  readonly laterLabels?: readonly string[];
  /** What came out otherwise than the rule says, for the history of the issue when it is there. */
  readonly notes?: readonly string[];
}

/** The intent of a create that may be on its way or may have made an issue; null: there is none. It is kept until the evidence is in, whatever else happens. */
export function inDoubt(intent: CreateIntent | null): CreateIntent | null {
  return intent?.phase === 'reserved' ? null : intent;
}

/** Evidence that an uncertain create left nothing behind. */
export interface Lookups {
  readonly made: number;
  readonly valid: number;
  /** Store's clock, epoch ms: from here the window runs. */
  readonly firstValidAt: number | null;
}

export const NO_LOOKUPS: Lookups = { made: 0, valid: 0, firstValidAt: null };

/** The write-ahead record of a transition: found again after a crash, the issue is read before anything is sent. */
export interface TransitionIntent {
  readonly to: 'closed' | 'open';
  readonly owner: string;
  /** Store's clock, epoch ms. */
  readonly sentAt: number;
  /** The answer was lost: it may have happened. */
  readonly uncertain: boolean;
  /** When the first try to bring it to that side was sent; store's clock, epoch ms. Absent: none is known, only where it stands is in doubt. */
  readonly since?: number;
}

/** The group's issue in Jira. */
export interface OwnIssue {
  readonly id: string;
  /** The key at the last look; a moved issue keeps its id and gets another. */
  readonly key: string;
  readonly projectKey: string;
  readonly issueType: string;
  /** The rule that sent it there; null: read back from Jira after the store was lost. */
  readonly ruleId: string | null;
  /** What we made of it: `open` or `closed`. */
  readonly lastApplied: 'open' | 'closed';
  /** As Jira last said; null: as created. */
  readonly status: IssueStatus | null;
  /** When it was read back from search, which may have been behind: a later look has still to agree. Store's clock, epoch ms. */
  readonly readBackAt?: number;
  /** From when its due date counts; store's clock, epoch ms. Absent: not known, since it was read back. */
  readonly openedAt?: number;
  /** What we last wrote to it. */
  readonly written?: Written;
  /** When that was; store's clock, epoch ms. */
  readonly writtenAt?: number;
  /** A digest of the findings that its property names. */
  readonly membership?: string;
  /** One that Jira would not have there: not sent again before then. Store's clock, epoch ms. */
  readonly refusedMembership?: { readonly digest: string; readonly until: number };
  /** An update that Jira refused: the same one is not sent again before then. Store's clock, epoch ms. */
  readonly refused?: { readonly digest: string; readonly until: number };
  /** The issue that this one goes on with, and what became of the link to it. `refused`: Jira would not have it. */
  readonly follows?: NeighbourIssue & { readonly link: 'wanted' | 'linked' | 'refused' };
  /** When we last moved it to where it stands; store's clock, epoch ms. Absent: not since it was made or read back. */
  readonly transitionedAt?: number;
  /** Why it is closed, as far as we know. `by-person`: somebody closed it while the finding was open, so that it stays closed. */
  readonly closedBecause?: ClosingReason | 'by-person';
  /** An admin has linked it: it beats every other issue of the group. */
  readonly linked?: true;
  /** Labels that are still to be put on it, besides the marker's, because the create screen has none. */
  readonly laterLabels?: readonly string[];
  /** Property and label still have to be written to it. */
  readonly marker?: 'wanted';
  /** What our last move of it has left undone. */
  readonly pendingWork?: PendingWork;
  /** The issue has our comment that the workflow has no way to this side: said once, until a move works. */
  readonly saidNoPath?: TransitionIntent['to'];
}

/** A status and its category: the name is the project's own, the category is the same everywhere. */
export interface IssueStatus {
  readonly name: string;
  readonly category: 'new' | 'indeterminate' | 'done' | 'undefined';
}

/** One wait, whatever it is for. */
export interface RequeueAt {
  /** Store's clock, epoch ms. */
  readonly time: number;
  readonly because:
    | 'backoff'
    | 'rate-limited'
    | 'sending-elsewhere'
    | 'lookup'
    | 'store-suspect'
    | 'details-awaited'
    | 'cooldown'
    | 'gathering'
    | 'error-issue-awaited';
}

/**
 * Whether a wait stands when a finding's news comes: others may be sending, or the issue was moved a moment ago. Every other wait is over then.
 */
export function outlastsNews(requeueAt: RequeueAt | null): boolean {
  return requeueAt?.because === 'sending-elsewhere' || requeueAt?.because === 'cooldown';
}

/** The truth about a group: what is wanted of it, what was settled, and what is known of its issue. */
export interface GroupRecord {
  readonly group: GroupKey;
  /** Finding keys, the oldest first; `#` and a short hash where only the issue's property names it. */
  readonly members: readonly FindingKey[];
  /** Raised by whatever wants a look. */
  readonly generation: number;
  /** The `wanted` that the last finished look had read. */
  readonly observedGeneration: number;
  /** Failed tries since something last worked. */
  readonly attempts: number;
  readonly requeueAt: RequeueAt | null;
  readonly failure: (Failure & { readonly at: number }) | null;
  readonly intent: CreateIntent | null;
  readonly transition: TransitionIntent | null;
  readonly issue: OwnIssue | null;
  readonly last: StepTaken | null;
  /** An admin took the issue away: nothing is done before the group is linked or settled by hand. */
  readonly unlinked?: true;
  /** An admin let it go although a pause stands: none keeps it back until nothing is left to do. */
  readonly released?: true;
  /** Issues that were taken away and still bear our mark. */
  readonly leaving?: readonly { readonly id: string; readonly key: string }[];
  /** Ids of all that were taken away and not linked again: Jira's index may still show our mark on them when it is off. */
  readonly takenAway?: readonly string[];
  /** Epoch ms. */
  readonly firstSeenAt: number;
  readonly updatedAt: number;
}

/** After this long without a look, a group that wants one is asked for again: what a queue forgot. */
export const HEAL_AFTER_MS = 30_000;

/** Epoch ms from which the group wants a look; null: nothing is missing. The one field that all waiting reads. */
export function nextTryAt(record: GroupRecord): number | null {
  if (record.requeueAt !== null) return record.requeueAt.time;
  return record.generation > record.observedGeneration ? record.updatedAt + HEAL_AFTER_MS : null;
}

/** A group as it begins. @param now epoch ms */
export function newGroup(group: GroupKey, members: readonly FindingKey[], now: number): GroupRecord {
  return {
    group,
    members,
    generation: 1,
    observedGeneration: 0,
    attempts: 0,
    requeueAt: null,
    failure: null,
    intent: null,
    transition: null,
    issue: null,
    last: null,
    firstSeenAt: now,
    updatedAt: now,
  };
}

/**
 * The create that the group waits for; null: none. One that is in doubt waits itself while an admin's link or unlink stands, and is gone on with when
 * the group wants an issue of its own again.
 */
export function openingOf({ issue, unlinked, intent }: GroupRecord): CreateIntent | null {
  return issue === null && unlinked !== true ? intent : null;
}

/** A group keeps its members for good once Jira may know of it. */
export function isSticky(record: GroupRecord): boolean {
  return record.issue !== null || record.intent !== null || record.unlinked === true;
}
