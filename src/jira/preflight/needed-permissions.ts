import type { PreflightProblem } from '../../pipeline/ports/preflight.ts';
import type { PERMISSIONS } from '../project/project-facts.ts';
import type { FilingTarget } from './filing-targets.ts';

/** A permission that the account needs for a target. `warning`: issues are created and closed without it, with a deviation. */
export interface NeededPermission {
  readonly name: (typeof PERMISSIONS)[number];
  readonly severity: PreflightProblem['severity'];
  /** The part of the rule that needs it; null: every rule does. */
  readonly for: 'assignee' | 'dueInDays' | 'securityLevel' | null;
}

/** Without one of these no issue is created, or none is closed. Links between issues are done without. */
const ALWAYS: readonly NeededPermission[] = [
  ...(['BROWSE_PROJECTS', 'CREATE_ISSUES', 'EDIT_ISSUES', 'TRANSITION_ISSUES', 'ADD_COMMENTS'] as const).map((name): NeededPermission => ({
    name,
    severity: 'error',
    for: null,
  })),
  { name: 'LINK_ISSUES', severity: 'warning', for: null },
];

/** The permissions that issues of this target need. Pure. */
export function neededPermissions({ issue, assignees }: Pick<FilingTarget, 'issue' | 'assignees'>): readonly NeededPermission[] {
  const needed = [...ALWAYS];
  if (assignees.length > 0) needed.push({ name: 'ASSIGN_ISSUES', severity: 'warning', for: 'assignee' });
  if (issue.dueInDays !== undefined) needed.push({ name: 'SCHEDULE_ISSUES', severity: 'error', for: 'dueInDays' });
  if (issue.securityLevel !== undefined) needed.push({ name: 'SET_ISSUE_SECURITY', severity: 'error', for: 'securityLevel' });
  return needed;
}
