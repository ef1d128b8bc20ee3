import type { PreflightCode } from '../../pipeline/ports/preflight.ts';

/** A part of a rule that Jira would refuse. */
export interface FieldProblem {
  readonly code: PreflightCode;
  /** Where, within a rule's `issue`: `priority`, `components[1]`, `fields["Root cause"]`; `team` is the account map's. */
  readonly part: string;
  readonly message: string;
}

/** The part of a rule that sets a field of Jira; every other field is set in `fields`. */
export const PLACES: Readonly<Record<string, string>> = {
  priority: 'priority',
  duedate: 'dueInDays',
  components: 'components',
  security: 'securityLevel',
  parent: 'parent',
  assignee: 'assignee',
};
