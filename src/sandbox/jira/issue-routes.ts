import { isJsonObject, type Json, type JsonObject } from '../../findings/json.ts';
import { changelogJson } from './changelog-json.ts';
import { issueJson } from './issue-json.ts';
import { notOnScreen, readFields, updatedLabels, type ReadFields } from './issue-fields.ts';
import type { JiraState } from './jira-state.ts';
import { propertyRefusal } from './property-routes.ts';
import { changedIssue, withProperty, type SimulatedIssue } from './simulated-issue.ts';
import type { SimulatedIssueType, SimulatedProject } from './simulated-project.ts';
import {
  BAD_BODY,
  listParameter,
  objectBody,
  refusal,
  withIssue,
  type Answer,
  type Call,
  type JiraRoute,
  type JiraSite,
} from './jira-route.ts';
import { transitionList } from './transition-routes.ts';
import { findProject, findIssueType } from './project-reference.ts';

/** Create, read, edit and delete one issue. Reads see every earlier write: they do not go through the index. */
export function issueRoutes(site: JiraSite): JiraRoute[] {
  return [
    {
      method: 'POST',
      path: '/issue',
      handle: (call) => create(site, call),
      anonymously: () =>
        refusal(400, ['Anonymous users do not have permission to create issues in this project. Please try logging in first.']),
    },
    {
      method: 'GET',
      path: '/issue/:idOrKey',
      ...withIssue(site, (issue, { query, account }) => {
        const body = issueJson(site, issue, { fields: listParameter(query, 'fields'), properties: listParameter(query, 'properties') });
        const expand = listParameter(query, 'expand');
        const transitions = expand.some((part) => part.startsWith('transitions'))
          ? transitionList(site, issue, account, expand.includes('transitions.fields'))
          : null;
        const changelog = expand.includes('changelog') ? { changelog: changelogJson(site, issue) } : {};
        return { status: 200, body: { ...body, ...changelog, ...(transitions === null ? {} : { transitions }) } };
      }),
    },
    { method: 'PUT', path: '/issue/:idOrKey', ...withIssue(site, (issue, call) => edit(site, issue, call)) },
    {
      method: 'DELETE',
      path: '/issue/:idOrKey',
      ...withIssue(site, (issue) => {
        site.state.remove(issue);
        return { status: 204 };
      }),
    },
  ];
}

/** Once the project is known, a refusal uses up an issue number. Source: JRACLOUD-78553. */
function create(site: JiraSite, call: Call): Answer {
  const body = objectBody(call);
  if (body === null) return BAD_BODY;
  const fields = isJsonObject(body['fields']) ? body['fields'] : {};
  const project = findProject(site.state, fields['project']);
  if (project === null) return refusal(400, [], { project: 'valid project is required' });
  const key = site.state.takeKey(project.key);
  const type = findIssueType(project, fields['issuetype']);
  if (type === null) return refusal(400, [], { issuetype: 'Specify a valid issue type' });

  if (type.subtask && !isJsonObject(fields['parent']))
    return refusal(400, [], { issuetype: 'Issue type is a sub-task but parent issue key or id not specified.' });

  const read = readCreateFields(site.state, project, fields, body['update'] ?? {});
  const properties = readProperties(body['properties'] ?? []);
  if ('refused' in properties) return refusal(400, [...read.messages, properties.refused], read.errors);
  if (read.messages.length > 0 || Object.keys(read.errors).length > 0) return refusal(400, read.messages, read.errors);

  const issue = newIssue(site, { project, type, key, creator: call.account.accountId }, read, properties.all);
  site.state.put(issue);
  return { status: 201, body: { id: issue.id, key, self: `${site.url()}/rest/api/3/issue/${issue.id}` }, issueKey: key };
}

interface Birth {
  readonly project: SimulatedProject;
  readonly type: SimulatedIssueType;
  readonly key: string;
  readonly creator: string;
}

function newIssue(
  site: JiraSite,
  { project, type, key, creator }: Birth,
  { changes }: ReadFields,
  properties: Readonly<Record<string, Json>>,
): SimulatedIssue {
  const at = site.state.time();
  return {
    id: site.state.takeId(),
    key,
    formerKeys: [],
    projectKey: project.key,
    issueType: type.name,
    status: type.workflow.statuses[0].name,
    resolution: null,
    summary: '',
    description: null,
    labels: [],
    priority: project.createScreen.has('priority') ? (project.priorities[Math.floor(project.priorities.length / 2)]?.name ?? null) : null,
    dueDate: null,
    assignee: null,
    otherFields: {},
    creator,
    created: at,
    updated: at,
    properties,
    propertyWrites: Object.entries(properties).map(([name, value]) => ({ who: creator, key: name, value })),
    comments: [],
    links: [],
    changelog: [],
    ...changes,
  };
}

function readCreateFields(state: JiraState, project: SimulatedProject, fields: JsonObject, update: Json): ReadFields {
  const { project: _project, issuetype: _type, ...rest } = fields;
  const read = readFields(rest, project, state.people, project.createScreen);
  const errors: Record<string, string> = {};
  if (!Object.hasOwn(rest, 'summary')) errors['summary'] = 'You must specify a summary of the issue.';
  for (const field of project.required) {
    if ((rest[field] ?? null) === null) errors[field] = `${field} is required.`;
  }
  if (isJsonObject(update) && Object.keys(update).length > 0) errors['update'] = 'Only fields can be set when an issue is created here.';
  return { ...read, errors: { ...errors, ...read.errors } };
}

function readProperties(raw: Json): { readonly all: Readonly<Record<string, Json>> } | { readonly refused: string } {
  if (!Array.isArray(raw)) return { refused: 'The properties must be a list.' };
  const properties: [string, Json][] = [];
  for (const property of raw) {
    const [key, value] = isJsonObject(property) ? [property['key'], property['value']] : [];
    if (typeof key !== 'string' || value === undefined) return { refused: 'Every property needs a key and a value.' };
    const refused = propertyRefusal(key, value);
    if (refused !== null) return { refused };
    properties.push([key, value]);
  }
  return { all: Object.fromEntries(properties) };
}

/** Checks no screen, like Jira's edit, and never changes the status. */
function edit(site: JiraSite, issue: SimulatedIssue, call: Call): Answer {
  const body = objectBody(call);
  const project = site.state.project(issue.projectKey);
  if (body === null || project === null) return BAD_BODY;
  const fields = isJsonObject(body['fields']) ? body['fields'] : {};
  const update = isJsonObject(body['update']) ? body['update'] : {};
  const read = readFields(fields, project, site.state.people, null);
  const errors: Record<string, string> = { ...read.errors };
  let labels = read.changes.labels ?? issue.labels;
  for (const [field, operations] of Object.entries(update)) {
    if (field !== 'labels') errors[field] = notOnScreen(field);
    else if (Object.hasOwn(fields, 'labels')) errors['labels'] = "Field 'labels' cannot appear in both 'fields' and 'update'";
    else {
      const updated = updatedLabels(labels, operations);
      if ('error' in updated) errors['labels'] = updated.error;
      else labels = updated.labels;
    }
  }
  const properties = readProperties(body['properties'] ?? []);
  if ('refused' in properties) return refusal(400, [...read.messages, properties.refused], errors);
  if (read.messages.length > 0 || Object.keys(errors).length > 0) return refusal(400, read.messages, errors);
  const changed = changedIssue(issue, { ...read.changes, labels }, call.account.accountId, site.state.time());
  const who = call.account.accountId;
  site.state.put(Object.entries(properties.all).reduce((so, [key, value]) => withProperty(so, { who, key, value }), changed));
  return { status: 204 };
}
