import type { Finding } from '../findings/finding.ts';
import type { Lifecycle } from '../findings/lifecycle.ts';
import type { IssueDraft } from './issue-draft.ts';
import type { IssueRoute } from './issue-route.ts';
import type { MemberDetails } from './member-details.ts';
import type { NeighbourIssue } from './neighbours.ts';
import type { UpdatedField } from './written.ts';
import type { AdfDocument } from './text/adf.ts';

/** What a move of ours has left undone. It is done by later calls, as long as the issue stands where that move brought it. */
export interface PendingWork {
  readonly to: 'closed' | 'open';
  /** What is to be said on the issue; null: nothing more. */
  readonly comment: AdfDocument | null;
  /** Values to be set, by field id and as the REST API takes them. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The answer to the move was lost: nothing is said where another account was the last to move the issue. */
  readonly ifOurs: boolean;
}

/** The one step that is missing, and why. */
export type Step =
  | {
      readonly step: 'create';
      readonly because: 'not-opened-yet';
      readonly lead: Finding;
      readonly route: IssueRoute;
      /** Of the lead. */
      readonly details: MemberDetails;
      /** The issue that it goes on with; null: none. */
      readonly follows: NeighbourIssue | null;
    }
  | {
      readonly step: 'close';
      readonly because: ClosingReason;
      /** The issue that goes on with it; null: none. */
      readonly successor: NeighbourIssue | null;
    }
  /** The issue was closed as resolved, and its analysis only broke. `error`: the error finding's issue. */
  | { readonly step: 'correct'; readonly because: 'unanalysed'; readonly error: NeighbourIssue | null }
  | { readonly step: 'link'; readonly because: 'follows-another'; readonly to: NeighbourIssue }
  | { readonly step: 'reopen'; readonly because: ReopeningReason }
  /** Our last move of the issue has left something undone. */
  | { readonly step: 'finish'; readonly because: 'transition-unfinished'; readonly pendingWork: PendingWork }
  | { readonly step: 'add-marker'; readonly because: 'linked' }
  | { readonly step: 'label'; readonly because: 'labels-not-on-screen'; readonly labels: readonly string[] }
  | { readonly step: 'remove-marker'; readonly because: 'unlinked'; readonly issue: { readonly id: string; readonly key: string } }
  | {
      readonly step: 'update';
      readonly because: 'content-changed';
      readonly draft: IssueDraft;
      /** Those that would be sent otherwise than they last were. */
      readonly fields: readonly UpdatedField[];
    }
  /** Which findings the issue's property names, whatever else the issue says, and wherever it stands. */
  | { readonly step: 'write-membership'; readonly because: 'members-changed' }
  | { readonly step: 'nothing'; readonly because: NothingReason };

/**
 * Why no member needs an issue any more, the strongest of them. `unrouted`: the rules no longer send it to Jira, and say that its issue is closed
 * then. `unanalysed`: AWS calls the finding RESOLVED because its analysis broke, and an error finding stands on the same resource; never a fix.
 */
export type ClosingReason = Exclude<Lifecycle, 'active'> | 'unanalysed' | 'unrouted';

/** `routed-again`: it was closed because it was unrouted. */
export type ReopeningReason = 'active-again' | 'routed-again';

export type NothingReason =
  | 'already-open'
  | 'already-closed'
  | 'never-opened'
  | 'rule-ignores'
  | 'no-rule-matches'
  | 'unrouted'
  | 'no-members'
  | 'members-unknown'
  | 'closed-by-person'
  | 'error-issue-awaited'
  | 'unlinked'
  | 'paused'
  | 'observe-only';

/** A step by its name, for records, logs and the API. */
export interface StepTaken {
  readonly step: Step['step'];
  readonly because: Step['because'];
}
