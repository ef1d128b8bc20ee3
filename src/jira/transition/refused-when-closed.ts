import type { IssueStatus } from '../../issues/own-issue.ts';
import { isThere } from './end-of.ts';
import type { Transition, WorkflowMap } from './workflow-map.ts';

/**
 * Whether Jira refuses a closing transition to an issue that a person has closed already. Otherwise it would overwrite the person's
 * decision: from "Won't do" to "Done", with a comment. For the status that it leads to, the refusal is assumed until that status is read;
 * any other closed status must have been read, and so must one whose category is not known. Pure.
 * @param possible the statuses that issues of this kind can have in the project; a list without the one that it leads to is outdated
 */
export function refusedWhenClosed(
  map: Pick<WorkflowMap, 'offered' | 'statuses'>,
  possible: readonly IssueStatus[],
  { id, isGlobal, to }: Transition,
): boolean {
  if (isGlobal || !possible.some(({ name }) => name === to.name)) return false;
  return [...map.statuses(), ...possible]
    .filter((status) => !isThere('open', status))
    .every(({ name }) => {
      const offered = map.offered(name);
      return offered === undefined ? name === to.name : offered.every((one) => one.id !== id);
    });
}
