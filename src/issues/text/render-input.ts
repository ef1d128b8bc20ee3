import type { Finding } from '../../findings/finding.ts';
import type { IssueMention } from './issue-mention.ts';
import type { IssueRoute } from '../issue-route.ts';

/** All that an issue's text is made of: the same in, the same out. */
export interface RenderInput {
  /** The group's findings, the one that gives the rule first. */
  readonly findings: readonly [Finding, ...Finding[]];
  readonly route: IssueRoute;
  /** Epoch ms, for the due date. */
  readonly nowMs: number;
  readonly details: DetailsState;
  /** The issues that this one succeeds: of findings on the same resource that were resolved when its policy changed. */
  readonly follows: readonly IssueMention[];
}

/**
 * What is known of the unused access of the first finding, which no event lists. `there`: the finding has it. `awaited`: AWS is being asked,
 * and the text will be completed. Missing: why it is not there and will not come, completing the sentence "The list is missing: …".
 */
export type DetailsState = 'there' | 'awaited' | { readonly missing: string };
