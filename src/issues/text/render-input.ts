import type { Finding } from '../../findings/finding.ts';
import type { Facts } from '../facts/facts.ts';
import type { IssueMention } from './issue-mention.ts';
import type { IssueRoute } from '../issue-route.ts';

/** The whole input of an issue's text: the same input yields the same text. */
export interface RenderInput {
  /** The group's findings; the first is the one whose rule applies. */
  readonly findings: readonly [Finding, ...Finding[]];
  readonly route: IssueRoute;
  /** Epoch ms, for the due date. */
  readonly nowMs: number;
  readonly details: DetailsState;
  /** What enrichers know of the first finding; absent: nothing. */
  readonly facts?: Facts;
  /** The issues that this one follows: of findings on the same resource that were resolved when its policy changed. */
  readonly follows: readonly IssueMention[];
}

/**
 * The state of the first finding's list of unused access, which no event has. `there`: the finding has it. `awaited`: AWS is being asked,
 * and an update will add it. `missing`: why it will not come, completing the sentence "The list of what is not used is missing: …".
 */
export type DetailsState = 'there' | 'awaited' | { readonly missing: string };
