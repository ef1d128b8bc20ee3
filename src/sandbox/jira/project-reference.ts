import type { Json } from '../../findings/json.ts';
import { reference } from './issue-json.ts';
import type { JiraState } from './jira-state.ts';
import type { SimulatedIssueType, SimulatedProject } from './simulated-project.ts';

/** The project that `{key}` or `{id}` names. */
export function findProject(state: JiraState, said: Json | undefined): SimulatedProject | null {
  const named = reference(said);
  return named === null || named.by === 'name' ? null : state.project(named.value);
}

/** The issue type of the project that `{id}` or `{name}` names. */
export function findIssueType(project: SimulatedProject, said: Json | undefined): SimulatedIssueType | null {
  const named = reference(said);
  if (named === null) return null;
  return project.issueTypes.find((type) => named.value === (named.by === 'id' ? type.id : type.name)) ?? null;
}
