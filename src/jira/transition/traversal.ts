import type { TransitionIntent } from '../../issues/group-record.ts';
import type { TransitionTarget } from '../../pipeline/ports/tracker-transition.ts';
import type { IssueRef } from '../../pipeline/ports/issue-ref.ts';
import type { JiraCalls } from '../rate/jira-calls.ts';
import type { NamedStatus } from '../project/issue-status.ts';
import type { OwnAccount } from '../project/own-account.ts';
import type { WorkflowMap, WorkflowMaps } from './workflow-map.ts';

/** One change of one issue's status, hop by hop. */
export interface Traversal {
  readonly calls: JiraCalls;
  readonly account: OwnAccount;
  readonly maps: WorkflowMaps;
  readonly to: TransitionIntent['to'];
  readonly target: TransitionTarget;
  /** Statuses that the issue has had on this traversal. */
  readonly visited: Set<string>;
  /** Statuses whose transitions were read on this traversal: certain, while the rest of the map may be outdated. */
  readonly read: Set<string>;
  hops: number;
  /** Refused hops since the last hop that was taken. */
  refusals: number;
}

/** The issue as it was read. */
export interface IssueState {
  readonly issue: IssueRef;
  readonly status: NamedStatus;
  readonly map: WorkflowMap;
  /** Its transitions as Jira gave them, which may be odd. */
  readonly offered: readonly unknown[];
  /** Undefined: not read. */
  readonly hasResolution: boolean | undefined;
}
