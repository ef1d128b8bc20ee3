import type { IssueStatus } from '../../issues/group-record.ts';
import { isThere } from './plan-path.ts';
import type { Transition, WorkflowMap } from './workflow-map.ts';

/**
 * Whether Jira refuses a closing transition to an issue that a person has closed already. Else it would throw away what the person has decided: from
 * "Won't do" to "Done", with a comment. Of the status that it leads to, that is taken for granted until that status is read; of any other that counts
 * as closed, it must have been read. Pure.
 * @param possible the statuses that the project says issues of this kind can be in; a list without the one that it leads to is outdated
 */
export function refusedWhenClosed(
  map: Pick<WorkflowMap, 'offered' | 'statuses'>,
  possible: readonly IssueStatus[],
  { id, isGlobal, to }: Transition,
): boolean {
  if (isGlobal || !possible.some(({ name }) => name === to.name)) return false;
  return [...map.statuses(), ...possible]
    .filter((status) => isThere('closed', status))
    .every(({ name }) => {
      const offered = map.offered(name);
      return offered === undefined ? name === to.name : offered.every((one) => one.id !== id);
    });
}
