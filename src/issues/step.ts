import type { Finding } from '../findings/finding.ts';
import type { ClosingReason } from './closing-reason.ts';
import type { KnownFacts } from './facts/facts.ts';
import type { IssueDraft } from './issue-draft.ts';
import type { IssueRoute } from './issue-route.ts';
import type { MemberDetails } from './member-details.ts';
import type { NeighbourIssue } from './neighbours.ts';
import type { OwnIssue, PendingWork } from './own-issue.ts';
import type { UpdatedField } from './written.ts';

/** The one missing step, and why. */
export type Step =
  | {
      readonly step: 'create';
      readonly because: 'not-opened-yet';
      readonly lead: Finding;
      readonly route: IssueRoute;
      /** Of the lead. */
      readonly details: MemberDetails;
      /** Of the lead. */
      readonly known: KnownFacts;
      /** The issue that it follows; null: none. */
      readonly follows: NeighbourIssue | null;
    }
  | { readonly step: 'remove-marker'; readonly because: 'unlinked'; readonly issue: { readonly id: string; readonly key: string } }
  | (StepAboutIssue & { readonly issue: OwnIssue })
  | { readonly step: 'nothing'; readonly because: NothingReason };

/** The steps that need the group's issue, and bring it along. */
type StepAboutIssue =
  | {
      readonly step: 'close';
      readonly because: ClosingReason;
      /** The issue that follows it; null: none. */
      readonly successor: NeighbourIssue | null;
    }
  /** The issue was closed as resolved, but only its analysis broke. `error`: the error finding's issue. */
  | { readonly step: 'correct'; readonly because: 'unanalysed'; readonly error: NeighbourIssue | null }
  | { readonly step: 'link'; readonly because: 'follows-another'; readonly to: NeighbourIssue }
  | { readonly step: 'reopen'; readonly because: ReopeningReason }
  /** The issue was deleted: it is read once more, and the record lets go of it. */
  | { readonly step: 'forget'; readonly because: 'issue-deleted' }
  /** Our last transition of the issue left work undone. */
  | { readonly step: 'finish'; readonly because: 'transition-unfinished'; readonly pendingWork: PendingWork }
  | { readonly step: 'add-marker'; readonly because: 'linked' }
  | { readonly step: 'label'; readonly because: 'labels-not-on-screen'; readonly labels: readonly string[] }
  | {
      readonly step: 'update';
      readonly because: 'content-changed';
      readonly draft: IssueDraft;
      /** The fields whose values differ from the last ones sent. */
      readonly fields: readonly UpdatedField[];
    }
  /** The issue's property must name other findings, whatever the issue's content, project or status. */
  | { readonly step: 'write-membership'; readonly because: 'members-changed' };

/** `routed-again`: the issue was closed as unrouted. */
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
  | 'issue-deleted'
  | 'error-issue-awaited'
  | 'unlinked'
  | 'paused'
  | 'over-limit'
  | 'observe-only'
  | 'rule-observes';

/** The name of a step and its reason, for records, logs and the API. */
export interface StepTaken {
  readonly step: Step['step'];
  readonly because: Step['because'];
  /** Key of the project in which an issue would be opened, were it not for `MODE=observe` or the rule's `mode: observe`. */
  readonly wouldOpen?: string;
}

/** A step by its name. */
export type StepOf<Name extends Step['step']> = Step & { readonly step: Name };

export type CreateStep = StepOf<'create'>;
