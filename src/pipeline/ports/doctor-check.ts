import type { RuleSet } from '../../rules/routing-rule.ts';

/** One thing that a doctor looked at. */
export interface DoctorCheck {
  /** What was looked at, such as `jira-credentials`, or with a project `jira-permissions:SEC`. */
  readonly check: string;
  readonly ok: boolean;
  /** What was found, in plain words, without secrets. */
  readonly message: string;
  /** What to do; null where nothing is to be done. */
  readonly advice: string | null;
}

/** Lookups at one outside part on behalf of a person. Only reads, never throws. @param rules say which projects are used */
export type Diagnose = (rules: RuleSet) => Promise<readonly DoctorCheck[]>;
