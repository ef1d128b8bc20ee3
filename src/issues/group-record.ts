import type { FindingKey } from '../findings/finding.ts';
import type { Admission } from './admission.ts';
import type { Derived } from './derived.ts';
import type { Failure } from './failure.ts';
import type { GroupKey } from './group-key.ts';
import type { IssueRoute } from './issue-route.ts';
import type { NeighbourIssue } from './neighbours.ts';
import type { IssueSide, OwnIssue } from './own-issue.ts';
import type { StepTaken } from './step.ts';

/**
 * The write-ahead record of a create. `reserved`: no POST is in flight. `sending`: a POST may be in flight.
 * `uncertain`: a POST may have created an issue that we have not seen; nothing is sent until the lookups are conclusive.
 */
export interface CreateIntent {
  readonly phase: 'reserved' | 'sending' | 'uncertain';
  /** Counts POSTs that may have reached Jira, from 1; 0 before the first. */
  readonly attempt: number;
  /** The process that claimed it. */
  readonly owner: string;
  /** Store's clock, epoch ms; 0 before the first claim. */
  readonly sentAt: number;
  /** Its due date counts from here; store's clock, epoch ms. */
  readonly draftedAt?: number;
  /** Newest issue number seen in the project before the POST: lookups probe the numbers after it while the index lags. */
  readonly newestNumber: number | null;
  readonly route: IssueRoute;
  /** The issue that this one follows, as its text says; absent: none. */
  readonly follows?: NeighbourIssue;
  readonly lookups: Lookups;
  /** Labels that the create omits because the create screen has no labels; lookups find it by its creator. Absent: the create has them. */
  readonly laterLabels?: readonly string[];
  /** Differences from the rule, for the history of the issue once it exists. */
  readonly notes?: readonly string[];
}

/** The intent of a create that may be in flight or may have created an issue; null: none. Kept until the lookups are conclusive, whatever happens. */
export function inDoubt(intent: CreateIntent | null): CreateIntent | null {
  return intent?.phase === 'reserved' ? null : intent;
}

/** Evidence that an uncertain create left no issue behind. */
export interface Lookups {
  readonly made: number;
  readonly valid: number;
  /** Store's clock, epoch ms: the window starts here. */
  readonly firstValidAt: number | null;
}

export const NO_LOOKUPS: Lookups = { made: 0, valid: 0, firstValidAt: null };

/** The write-ahead record of a transition. After a crash, the issue is read before anything is sent. */
export interface TransitionIntent {
  readonly to: IssueSide;
  readonly owner: string;
  /** Store's clock, epoch ms. */
  readonly sentAt: number;
  /** The answer was lost: the transition may have happened. */
  readonly uncertain: boolean;
  /** When the first attempt for that side was sent; store's clock, epoch ms. Absent: no attempt is known, only the side is uncertain. */
  readonly since?: number;
}

/** When the next pass is due, and why not earlier. */
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
    | 'error-issue-awaited'
    | 'analyzer-in-doubt';
}

/** Whether a wait outlasts news of a finding: another replica may be sending, or the issue was just transitioned. Every other wait ends. */
export function outlastsNews(requeueAt: RequeueAt | null): boolean {
  return requeueAt?.because === 'sending-elsewhere' || requeueAt?.because === 'cooldown';
}

/** The last failure of a group. */
export interface GroupFailure extends Failure {
  /** Store's clock, epoch ms. */
  readonly at: number;
  /** Where an issue would have been opened that was refused before its create was intended. Absent: issue or intent say it, or it is unknown. */
  readonly projectKey?: string;
}

/** The project of a failure; null: none is known. */
export function failedProject({ issue, intent, failure }: GroupRecord): string | null {
  return issue?.projectKey ?? intent?.route.projectKey ?? failure?.projectKey ?? null;
}

/** The record of a group: the passes requested and made, and the state of its issue. */
export interface GroupRecord {
  readonly group: GroupKey;
  /** Finding keys, the oldest first; `#` and a short hash where only the issue's property names it. */
  readonly members: readonly FindingKey[];
  /** Raised by every request for a pass. */
  readonly generation: number;
  /** The `generation` that the last finished pass had read. */
  readonly observedGeneration: number;
  /** Failed attempts since the last success. */
  readonly attempts: number;
  readonly requeueAt: RequeueAt | null;
  readonly failure: GroupFailure | null;
  readonly intent: CreateIntent | null;
  readonly transition: TransitionIntent | null;
  readonly issue: OwnIssue | null;
  readonly last: StepTaken | null;
  /** An admin took the issue away: nothing is done until an admin links or reconciles the group. */
  readonly unlinked?: true;
  /** An admin released it: no pause holds it back until nothing is left to do. */
  readonly released?: true;
  /** The issue that it had last, which was deleted. Absent: none was, or there is another one by now. */
  readonly deletedIssue?: { readonly id: string; readonly key: string };
  /** How the limits of openings see it. Absent: it is live, and no limit has met it. */
  readonly admission?: Admission;
  /** Issues that were taken away and still have our marker. */
  readonly leaving?: readonly { readonly id: string; readonly key: string }[];
  /** Members that were known by name only when a pass last saved it, and may be active. Absent: none. */
  readonly unknown?: readonly FindingKey[];
  /** Members known by name only that AWS no longer has. Absent: none. */
  readonly gone?: readonly FindingKey[];
  /** Ids of all issues that were taken away and not linked again: Jira's index may still show our marker after its removal. */
  readonly takenAway?: readonly string[];
  /** Epoch ms. */
  readonly firstSeenAt: number;
  readonly updatedAt: number;
  /** Absent: no pass has saved it yet, or an earlier version wrote it. */
  readonly derived?: Derived;
}

/** After this long without a pass, a due group is queued again: the queue may have lost it. */
export const HEAL_AFTER_MS = 30_000;

/** Epoch ms from which the group is due; null: nothing is missing. The one value that all waiting depends on. */
export function nextTryAt(record: GroupRecord): number | null {
  if (record.requeueAt !== null) return record.requeueAt.time;
  return record.generation > record.observedGeneration ? record.updatedAt + HEAL_AFTER_MS : null;
}

/** The record of a new group. @param now epoch ms */
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
 * The intent of the create that the group waits for; null: none. An intent is set aside while an admin's link or unlink is in force, and
 * resumed when the group needs an issue of its own again.
 */
export function openingOf({ issue, unlinked, intent }: GroupRecord): CreateIntent | null {
  return issue === null && unlinked !== true ? intent : null;
}

/**
 * Whether Jira may know of an issue of the group, or an admin took it away. A create that was only intended, or refused, left none: a finding may
 * still go to the group whose issue names it.
 */
export function mayHaveIssue(record: GroupRecord): boolean {
  return record.issue !== null || inDoubt(record.intent) !== null || record.unlinked === true;
}

/** Whether nothing is under way for the group, nothing is due, and nothing is left to do but by news of its findings. It has no issue and awaits none. */
export function isAtRest(record: GroupRecord): boolean {
  const { generation, observedGeneration, requeueAt, failure, transition, released, leaving = [], admission } = record;
  const isIdle = generation === observedGeneration && requeueAt === null && failure === null && transition === null;
  const isHeldBack = released === true || (admission !== undefined && admission.is !== 'backlog');
  return isIdle && !isHeldBack && leaving.length === 0 && !isSticky(record);
}

/** Whether the group keeps its members for good, because Jira may know of it. */
export function isSticky(record: GroupRecord): boolean {
  return record.issue !== null || record.intent !== null || record.unlinked === true;
}

/** Whether it has an issue, may have one, or is not to have one because an admin took it away. */
export function hasIssue({ issue, intent, unlinked }: GroupRecord): boolean {
  return issue !== null || inDoubt(intent) !== null || unlinked === true;
}
