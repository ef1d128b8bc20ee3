import type { JsonObject } from '../../findings/json.ts';
import { siteResolutions } from './issue-fields.ts';
import { userJson } from './issue-json.ts';
import {
  listParameter,
  NOT_SIGNED_IN,
  numberParameter,
  refusal,
  type Answer,
  type Call,
  type JiraRoute,
  type JiraSite,
} from './jira-route.ts';
import { resolutionName } from './workflow.ts';

/** Permissions of the simulated accounts, unless a project says otherwise. */
const GRANTED: readonly string[] = [
  'BROWSE_PROJECTS',
  'CREATE_ISSUES',
  'EDIT_ISSUES',
  'DELETE_ISSUES',
  'TRANSITION_ISSUES',
  'ADD_COMMENTS',
  'ASSIGN_ISSUES',
  'LINK_ISSUES',
  'RESOLVE_ISSUES',
  'CLOSE_ISSUES',
  'SCHEDULE_ISSUES',
  'SET_ISSUE_SECURITY',
  'ADMINISTER_PROJECTS',
];
const LACKING: readonly string[] = ['ADMINISTER', 'BULK_CHANGE'];

/** The site, the signed-in account, its permissions, the resolutions, and the priorities. */
export function siteRoutes(site: JiraSite): JiraRoute[] {
  return [
    { method: 'GET', path: '/serverInfo', handle: () => serverInfo(site), anonymously: () => serverInfo(site) },
    {
      method: 'GET',
      path: '/myself',
      anonymously: () => NOT_SIGNED_IN,
      handle: ({ account }) => ({
        status: 200,
        body: { ...userJson(site, account.accountId), emailAddress: account.email, locale: site.locale() },
      }),
    },
    {
      method: 'GET',
      path: '/mypermissions',
      handle: (call) => permissions(site, call),
      anonymously: () => ({ status: 200, body: { permissions: permissionMap(GRANTED, []) } }),
    },
    { method: 'GET', path: '/resolution/search', handle: () => resolutions(site), anonymously: () => NOT_SIGNED_IN },
    { method: 'GET', path: '/priority/search', handle: ({ query }) => priorities(site, query), anonymously: () => NOT_SIGNED_IN },
  ];
}

function serverInfo(site: JiraSite): Answer {
  return {
    status: 200,
    body: {
      baseUrl: site.url(),
      version: '1001.0.0-SNAPSHOT',
      versionNumbers: [1001, 0, 0],
      deploymentType: 'Cloud',
      buildNumber: 100_300,
      serverTime: site.state.time().replace('Z', '+0000'),
      serverTimeZone: 'Etc/UTC',
      serverTitle: 'Sandbox Jira',
    },
  };
}

function permissions(site: JiraSite, { query }: Call): Answer {
  const asked = listParameter(query, 'permissions');
  if (asked.length === 0) return refusal(400, ["The 'permissions' query parameter is required."]);
  const unknown = asked.filter((key) => !GRANTED.includes(key) && !LACKING.includes(key));
  if (unknown.length > 0) return refusal(400, [`Unrecognized permissions: ${unknown.join(', ')}`]);
  const [project, issue] = [query.get('projectKey') ?? query.get('projectId'), query.get('issueKey') ?? query.get('issueId')];
  const named = project === null ? null : site.state.project(project);
  if (project !== null && (named === null || site.state.hiddenProjects.get(named.key) === 'gone'))
    return refusal(404, [`No project could be found with key '${project}'.`]);
  if (issue !== null && site.state.issue(issue) === null)
    return refusal(404, ['Issue does not exist or you do not have permission to see it.']);
  return {
    status: 200,
    body: {
      permissions: permissionMap(
        asked,
        GRANTED.filter((key) => named?.lacking.has(key) !== true),
      ),
    },
  };
}

function permissionMap(asked: readonly string[], granted: readonly string[]): JsonObject {
  return Object.fromEntries(
    asked.map((key) => [key, { id: key, key, name: key, type: 'PROJECT', description: '', havePermission: granted.includes(key) }]),
  );
}

/** The ids of the simulated resolutions are their names. */
function resolutions({ state, url }: JiraSite): Answer {
  const workflows = state.projects().flatMap(({ issueTypes }) => issueTypes.map(({ workflow }) => workflow));
  const values = siteResolutions(workflows).map((one) => {
    const id = resolutionName(one);
    return { self: `${url()}/rest/api/3/resolution/${id}`, id, description: '', ...(typeof one === 'string' ? { name: one } : one) };
  });
  return { status: 200, body: { startAt: 0, maxResults: values.length, total: values.length, isLast: true, values } };
}

function priorities(site: JiraSite, query: URLSearchParams): Answer {
  const [startAt, maxResults] = [
    numberParameter(query, 'startAt', 0, Number.MAX_SAFE_INTEGER),
    numberParameter(query, 'maxResults', 50, 50),
  ];
  const all = new Map(site.state.projects().flatMap((project) => project.priorities.map((one) => [one.id, one])));
  const values = [...all.values()]
    .slice(startAt, startAt + maxResults)
    .map(({ id, name }) => ({ id, name, description: '', isDefault: false }));
  return { status: 200, body: { startAt, maxResults, total: all.size, isLast: startAt + values.length >= all.size, values } };
}
