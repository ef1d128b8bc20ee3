import type { RuleSet } from '../../rules/routing-rule.ts';

/** The result of one of the doctor's checks. */
export interface DoctorCheck {
  /** The name of the check, such as `jira-credentials`, or with a project `jira-permissions:SEC`. */
  readonly check: string;
  readonly ok: boolean;
  /** The result in plain words, without secrets. */
  readonly message: string;
  /** What to do; null: nothing. */
  readonly advice: string | null;
}

/** Checks one outside part for an operator. Only reads, never throws. @param rules the rules, which say which projects are used */
export type Diagnose = (rules: RuleSet) => Promise<readonly DoctorCheck[]>;
