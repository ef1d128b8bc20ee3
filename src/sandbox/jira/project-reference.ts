import type { Json } from '../../findings/json.ts';
import { reference } from './issue-json.ts';
import type { JiraState } from './jira-state.ts';
import type { SimulatedIssueType, SimulatedProject } from './simulated-project.ts';

/** The project that `{key}` or `{id}` names, if it is shown. */
export function findProject(state: JiraState, raw: Json | undefined): SimulatedProject | null {
  const named = reference(raw);
  const project = named === null || named.by === 'name' ? null : state.project(named.value);
  return project === null || state.hiddenProjects.has(project.key) ? null : project;
}

/** The issue type of the project that `{id}` or `{name}` names. */
export function findIssueType(project: SimulatedProject, raw: Json | undefined): SimulatedIssueType | null {
  const named = reference(raw);
  if (named === null) return null;
  return project.issueTypes.find((type) => named.value === (named.by === 'id' ? type.id : type.name)) ?? null;
}
