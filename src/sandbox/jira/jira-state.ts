import { createSearchIndex, type SearchIndex } from './search-index.ts';
import type { SandboxPerson } from './sandbox-person.ts';
import { simulatedProject, type ProjectOptions, type SimulatedIssueType, type SimulatedProject } from './simulated-project.ts';
import type { SimulatedIssue } from './simulated-issue.ts';

/** All data of the simulated Jira, and the only place that writes it. */
export interface JiraState {
  readonly index: SearchIndex;
  readonly people: readonly SandboxPerson[];
  projects(): readonly SimulatedProject[];
  /** Projects whose issues the API does not show. `gone`: nor the project, whose browse permission was taken away, or which is in the trash. */
  readonly hiddenProjects: Map<string, 'gone' | 'archived'>;
  /** Ids of issues that the API does not show, each by a security level or the like. */
  readonly hiddenIssues: Set<string>;
  /** Whether the API shows an issue. */
  shows(issue: SimulatedIssue): boolean;
  /** By key (keys are in capitals only) or id. */
  project(keyOrId: string): SimulatedProject | null;
  issueType(issue: SimulatedIssue): SimulatedIssueType;
  /** By id, key, or a key that it had before it was moved. */
  issue(idOrKey: string): SimulatedIssue | null;
  /** Oldest first. */
  issues(): SimulatedIssue[];
  /** Uses up the project's next issue number. */
  takeKey(projectKey: string): string;
  takeId(): string;
  put(issue: SimulatedIssue): void;
  remove(issue: SimulatedIssue): void;
  /** Now, as ISO 8601. */
  time(): string;
  /** Now, as epoch ms. */
  now(): number;
  clear(): void;
}

/** @param now epoch ms */
export function createJiraState(options: readonly ProjectOptions[], people: readonly SandboxPerson[], now: () => number): JiraState {
  const projects = options.map((project, position) => simulatedProject(project, position));
  const issues = new Map<string, SimulatedIssue>();
  const idByKey = new Map<string, string>();
  const numbers = new Map<string, number>();
  const hiddenProjects = new Map<string, 'gone' | 'archived'>();
  const hiddenIssues = new Set<string>();
  const index = createSearchIndex(now);
  let lastId = 10_000;

  return {
    index,
    people,
    now,
    hiddenProjects,
    hiddenIssues,
    shows: ({ id, projectKey }) => !hiddenIssues.has(id) && !hiddenProjects.has(projectKey),
    projects: () => projects,
    project: (keyOrId) => projects.find(({ key, id }) => key === keyOrId || id === keyOrId) ?? null,
    issueType(issue) {
      const type = projects.find(({ key }) => key === issue.projectKey)?.issueTypes.find(({ name }) => name === issue.issueType);
      if (type === undefined) throw new Error(`The simulated issue ${issue.key} has no issue type ${issue.issueType} in its project`);
      return type;
    },
    issue: (idOrKey) => issues.get(idByKey.get(idOrKey) ?? idOrKey) ?? null,
    issues: () => [...issues.values()],
    takeKey(projectKey) {
      const number = (numbers.get(projectKey) ?? 0) + 1;
      numbers.set(projectKey, number);
      return `${projectKey}-${number}`;
    },
    takeId() {
      lastId += 1;
      return String(lastId);
    },
    put(issue) {
      issues.set(issue.id, issue);
      idByKey.set(issue.key, issue.id);
      index.changed(issue.id, issue);
    },
    remove(issue) {
      issues.delete(issue.id);
      index.changed(issue.id, null);
    },
    time: () => new Date(now()).toISOString(),
    clear() {
      issues.clear();
      idByKey.clear();
      numbers.clear();
      index.clear();
      hiddenProjects.clear();
      hiddenIssues.clear();
      lastId = 10_000;
    },
  };
}
