import type { Observation } from './assumption.ts';

/** The result of a proof. Nothing in it names an account, a host or a person, so that it may be published. */
export interface Proof {
  readonly of: 'jira' | 'aws';
  /** The test issue; null: none was created. */
  readonly issueKey: string | null;
  /** Why it ended before its end, or left the issue open; null: it did not. */
  readonly stopped: string | null;
  /** Whether all checks could be made. */
  readonly isComplete: boolean;
  readonly observations: readonly Observation[];
}

/** Whether nothing is different, and everything that can be observed was checked. */
export function isAsAssumed({ isComplete, observations }: Proof): boolean {
  return isComplete && observations.every(({ verdict }) => verdict !== 'different');
}
