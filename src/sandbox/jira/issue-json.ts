import { isJsonObject, type Json, type JsonObject } from '../../findings/json.ts';
import type { JiraSite } from './jira-route.ts';
import type { SimulatedComment, SimulatedIssue } from './simulated-issue.ts';
import { translated } from './translations.ts';
import { statusNamed, type WorkflowStatus } from './workflow.ts';

/** The requested parts of an issue. */
export interface IssueParts {
  /** Names, `*all`, `*navigable`, or `-name` for all but that one. */
  readonly fields: readonly string[];
  readonly properties: readonly string[];
}

const CATEGORIES = {
  new: { id: 2, key: 'new', colorName: 'blue-gray', name: 'To Do' },
  indeterminate: { id: 4, key: 'indeterminate', colorName: 'yellow', name: 'In Progress' },
  done: { id: 3, key: 'done', colorName: 'green', name: 'Done' },
} as const;

/** An issue as Jira's REST API shows it. Source: schema `IssueBean` of Atlassian's OpenAPI document. */
export function issueJson(site: JiraSite, issue: SimulatedIssue, parts: IssueParts): JsonObject {
  const properties = parts.properties.flatMap((key): [string, Json][] => {
    const value = Object.hasOwn(issue.properties, key) ? issue.properties[key] : undefined;
    return value === undefined ? [] : [[key, value]];
  });
  return {
    expand: 'renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations',
    id: issue.id,
    self: `${site.url()}/rest/api/3/issue/${issue.id}`,
    key: issue.key,
    fields: chosenFields(allFields(site, issue), parts.fields),
    ...(parts.properties.length === 0 ? {} : { properties: Object.fromEntries(properties) }),
  };
}

/** Without the untranslated name, which an issue and a transition don't have. */
export function statusJson(site: JiraSite, status: WorkflowStatus): JsonObject {
  const category = CATEGORIES[status.category];
  return {
    self: `${site.url()}/rest/api/3/status/${status.id}`,
    description: '',
    name: translated(site.locale(), status.name),
    id: status.id,
    statusCategory: { self: `${site.url()}/rest/api/3/statuscategory/${category.id}`, ...category },
  };
}

export function commentJson(site: JiraSite, issue: SimulatedIssue, comment: SimulatedComment): JsonObject {
  const author = userJson(site, comment.author);
  return {
    self: `${site.url()}/rest/api/3/issue/${issue.id}/comment/${comment.id}`,
    id: comment.id,
    author,
    body: comment.body,
    updateAuthor: author,
    created: jiraTime(comment.created),
    updated: jiraTime(comment.created),
    jsdPublic: !comment.internal,
  };
}

export function userJson(site: JiraSite, accountId: string): JsonObject {
  const person = site.state.people.find((one) => one.accountId === accountId);
  return {
    self: `${site.url()}/rest/api/3/user?accountId=${accountId}`,
    accountId,
    accountType: 'atlassian',
    displayName: person?.displayName ?? 'Former user',
    ...(person?.showsEmail === true ? { emailAddress: person.email } : {}),
    active: person?.active ?? false,
    timeZone: 'Etc/UTC',
  };
}

/** `2026-11-20T10:11:12.123+0000`. */
export function jiraTime(iso: string): string {
  return iso.replace('Z', '+0000');
}

function allFields(site: JiraSite, issue: SimulatedIssue): JsonObject {
  const project = site.state.project(issue.projectKey);
  const type = site.state.issueType(issue);
  const status = statusNamed(type.workflow, issue.status);
  const priority = project?.priorities.find(({ name }) => name === issue.priority) ?? null;
  return {
    summary: issue.summary,
    description: issue.description,
    labels: issue.labels,
    status: statusJson(site, status),
    resolution: issue.resolution === null ? null : { id: issue.resolution, name: issue.resolution, description: '' },
    priority: priority === null ? null : { self: `${site.url()}/rest/api/3/priority/${priority.id}`, id: priority.id, name: priority.name },
    duedate: issue.dueDate,
    ...issue.otherFields,
    project: {
      self: `${site.url()}/rest/api/3/project/${project?.id}`,
      id: project?.id ?? '',
      key: issue.projectKey,
      name: project?.name ?? '',
    },
    issuetype: {
      self: `${site.url()}/rest/api/3/issuetype/${type.id}`,
      id: type.id,
      name: translated(site.locale(), type.name),
      subtask: false,
      hierarchyLevel: 0,
    },
    assignee: issue.assignee === null ? null : userJson(site, issue.assignee),
    creator: userJson(site, issue.creator),
    reporter: userJson(site, issue.creator),
    created: jiraTime(issue.created),
    updated: jiraTime(issue.updated),
    comment: {
      comments: issue.comments.map((comment) => commentJson(site, issue, comment)),
      maxResults: issue.comments.length,
      startAt: 0,
      total: issue.comments.length,
    },
    issuelinks: issue.links.map(({ id, type: linkType, direction, issueId }) => ({
      id,
      type: { name: linkType },
      [direction === 'inward' ? 'inwardIssue' : 'outwardIssue']: { id: issueId, key: site.state.issue(issueId)?.key ?? issueId },
    })),
  };
}

function chosenFields(all: JsonObject, names: readonly string[]): JsonObject {
  const without = new Set(names.filter((name) => name.startsWith('-')).map((name) => name.slice(1)));
  const named = names.filter((name) => !name.startsWith('-'));
  const everything = named.length === 0 || named.some((name) => name === '*all' || name === '*navigable');
  return Object.fromEntries(Object.entries(all).filter(([name]) => (everything || named.includes(name)) && !without.has(name)));
}

/** The reference in a value of the form `{id}`, `{name}` or `{key}`; null for any other value. */
export function reference(value: Json | undefined): { readonly by: 'id' | 'name' | 'key'; readonly value: string } | null {
  if (!isJsonObject(value)) return null;
  for (const by of ['id', 'key', 'name'] as const) {
    const raw = value[by];
    if (typeof raw === 'string') return { by, value: raw };
  }
  return null;
}
