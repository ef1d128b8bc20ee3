import type { RuleSet } from '../../rules/routing-rule.ts';

/** A thing that operators should correct, in one line that begins with the variable or the place in the rules. */
export interface StartProblem {
  readonly level: 'warn' | 'error';
  readonly line: string;
}

/** Checks the settings against Jira. `answered` false: Jira did not answer as our account, so that not everything was checked. Never throws. */
export type CheckStart = (rules: RuleSet) => Promise<{ readonly answered: boolean; readonly problems: readonly StartProblem[] }>;
