import type { Finding } from '../findings/finding.ts';
import type { Standing } from '../findings/lifecycle.ts';
import type { IssueRoute } from './issue-route.ts';
import type { MemberDetails } from './member-details.ts';

/** The one step that is missing, and why. */
export type Step =
  | {
      readonly step: 'create';
      readonly because: 'not-opened-yet';
      readonly lead: Finding;
      readonly route: IssueRoute;
      /** Of the lead. */
      readonly details: MemberDetails;
    }
  | { readonly step: 'close'; readonly because: ClosingReason }
  | { readonly step: 'reopen'; readonly because: 'active-again' }
  | { readonly step: 'nothing'; readonly because: NothingReason };

/** Why no member needs an issue any more, the strongest of them. */
export type ClosingReason = Exclude<Standing, 'active'>;

export type NothingReason =
  | 'already-open'
  | 'already-closed'
  | 'never-opened'
  | 'rule-ignores'
  | 'no-rule-matches'
  | 'unrouted'
  | 'no-members'
  | 'members-unknown'
  | 'observe-only';

/** A step by its name, for records, logs and the API. */
export interface StepTaken {
  readonly step: Step['step'];
  readonly because: Step['because'];
}
