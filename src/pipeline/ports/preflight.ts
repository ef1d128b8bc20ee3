import type { RuleSet } from '../../rules/routing-rule.ts';
import type { CloseOutcome } from '../../rules/transition-aim.ts';

/**
 * The preflight port: asks Jira whether it would accept the issues of the rules, before a finding needs one. Only reads, behind all other
 * work, and makes a bounded number of calls for any number of rules. The tracker's adapter implements it.
 */
export interface Preflight {
  /**
   * Never throws: a check that could not be made is a warning.
   * @param only ids of the rules to check, with the parts of the account map that they use; null: all
   */
  check(rules: RuleSet, only: ReadonlySet<string> | null): Promise<readonly PreflightProblem[]>;
  /** Where issues of the rules will end when they are closed. Never throws: a workflow that could not be read is left out. @param only as above */
  ends(rules: RuleSet, only: ReadonlySet<string> | null): Promise<readonly PredictedEnd[]>;
}

/** Where the issues of a rule will end for one outcome, as far as the names of statuses tell. */
export interface PredictedEnd {
  readonly ruleId: string;
  readonly projectKey: string;
  readonly issueType: string;
  readonly outcome: CloseOutcome;
  /** Null: the rule names a transition alone, or nothing decides. */
  readonly status: string | null;
  /** `word`: of the status. `only-status`: the workflow has no other done status. `undecided`: a close will fail until the rule decides. */
  readonly because: 'rule' | 'word' | 'only-status' | 'undecided';
  /** The outcome, the status and the reason, in plain words. */
  readonly message: string;
}

/** Something that Jira would refuse (`error`), or that would differ from what the rule says (`warning`). */
export interface PreflightProblem {
  /** Null: no single rule is the cause, as with a part of the account map or a site that can't be reached. */
  readonly ruleId: string | null;
  /** Where in the rule set, such as `rules[2].issue.priority.high` or `accounts["111122223333"].project`; empty for the site itself. */
  readonly path: string;
  readonly severity: 'error' | 'warning';
  readonly code: PreflightCode;
  /** The problem and the valid choices, in plain words. */
  readonly message: string;
}

/** Stable codes, each explained in docs/operations/reference.md. */
export type PreflightCode =
  | 'project-not-visible'
  | 'issue-type-unknown'
  | 'priority-unknown'
  | 'component-unknown'
  | 'security-level-unknown'
  | 'parent-unknown'
  | 'field-unknown'
  | 'field-value-unfit'
  | 'field-required'
  | 'not-on-screen'
  | 'assignee-unknown'
  | 'permission-missing'
  | 'project-open-to-all'
  | 'status-unknown'
  | 'transition-unknown'
  | 'resolution-unknown'
  | 'close-undecided'
  | 'no-path-to-close'
  | 'no-path-to-reopen'
  | 'not-checked';
