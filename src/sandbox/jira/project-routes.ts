import type { JsonObject } from '../../findings/json.ts';
import { numberParameter, refusal, type Answer, type Call, type JiraRoute, type JiraSite } from './jira-route.ts';
import { statusJson } from './issue-json.ts';
import { fieldJson } from './simulated-field.ts';
import { translated } from './translations.ts';
import { SCREEN_FIELDS, type SimulatedIssueType, type SimulatedProject } from './simulated-project.ts';
import type { WorkflowStatus } from './workflow.ts';

const PAGE = 200;

/** A project, and the fields of its create screens. */
export function projectRoutes(site: JiraSite): JiraRoute[] {
  const types = '/issue/createmeta/:project/issuetypes';
  return [
    {
      method: 'GET',
      path: '/project/:project',
      ...withProject(site, (project) => ({
        status: 200,
        body: {
          id: project.id,
          key: project.key,
          name: project.name,
          projectTypeKey: 'software',
          ...(site.state.hiddenProjects.has(project.key) ? { archived: true } : {}),
          simplified: project.isTeamManaged,
          style: project.isTeamManaged ? 'next-gen' : 'classic',
          isPrivate: project.isTeamManaged && !project.browsers.some((holder) => OPEN_HOLDERS.includes(holder)),
          issueTypes: project.issueTypes.map((type) => typeJson(site, type)),
        },
      })),
    },
    {
      method: 'GET',
      path: types,
      ...withProject(site, (project, { query }) =>
        page(
          'issueTypes',
          project.issueTypes.map((type) => typeJson(site, type)),
          query,
        ),
      ),
    },
    {
      method: 'GET',
      path: `${types}/:issueType`,
      ...withProject(site, (project, { query, params }) => {
        const known = project.issueTypes.find(({ id }) => id === params['issueType']);
        return known === undefined ? refusal(404, ['Issue type not found.']) : page('fields', screenJson(site, project, known), query);
      }),
    },
    {
      method: 'GET',
      path: '/project/:project/statuses',
      ...withProject(site, ({ issueTypes }) => ({
        status: 200,
        body: issueTypes.map(({ id, name, workflow, subtask }) => ({
          id,
          name: translated(site.locale(), name),
          self: `${site.url()}/rest/api/3/issuetype/${id}`,
          subtask,
          statuses: workflow.statuses.map((status) => namedStatusJson(site, status)),
        })),
      })),
    },
    {
      method: 'GET',
      path: '/project/:project/permissionscheme',
      ...withProject(site, (project) =>
        project.lacking.has('ADMINISTER_PROJECTS')
          ? refusal(403, ['You do not have permission to view the configuration of this project.'])
          : { status: 200, body: { id: 1, name: 'Scheme', permissions: grantsOf(project) } },
      ),
    },
  ];
}

function withProject(site: JiraSite, handle: (project: SimulatedProject, call: Call) => Answer): Pick<JiraRoute, 'handle' | 'anonymously'> {
  return {
    anonymously: () => noProject(''),
    handle(call) {
      const named = call.params['project'] ?? '';
      const project = site.state.project(named);
      return project === null || site.state.hiddenProjects.get(project.key) === 'gone' ? noProject(named) : handle(project, call);
    },
  };
}

/** Only here does a status have the name before its translation. Source: https://github.com/lesstif/php-jira-rest-client/issues/323 */
function namedStatusJson(site: JiraSite, status: WorkflowStatus): JsonObject {
  return { ...statusJson(site, status), untranslatedName: status.untranslatedName ?? status.name };
}

/** Permission holders for everyone, on the internet or on the site. */
const OPEN_HOLDERS: readonly string[] = ['anyone', 'applicationRole'];

function grantsOf({ browsers }: SimulatedProject): JsonObject[] {
  const grants = [...browsers.map((type) => ({ permission: 'BROWSE_PROJECTS', type })), { permission: 'EDIT_ISSUES', type: 'projectRole' }];
  return grants.map(({ permission, type }, id) => ({ id, holder: { type }, permission }));
}

function noProject(named: string): Answer {
  return refusal(404, [`No project could be found with key '${named}'.`]);
}

function typeJson(site: JiraSite, { id, name, subtask }: SimulatedIssueType): JsonObject {
  const names = { name: translated(site.locale(), name), untranslatedName: name };
  return { id, ...names, description: '', subtask, hierarchyLevel: subtask ? -1 : 0 };
}

function page(name: 'issueTypes' | 'fields', all: readonly JsonObject[], query: URLSearchParams): Answer {
  if (Number(query.get('maxResults')) > PAGE) return refusal(400, [`Parameter 'maxResults' must not exceed the limit '${PAGE}'`]);
  const [startAt, maxResults] = [
    numberParameter(query, 'startAt', 0, Number.MAX_SAFE_INTEGER),
    numberParameter(query, 'maxResults', 50, PAGE),
  ];
  return { status: 200, body: { startAt, maxResults, total: all.length, [name]: all.slice(startAt, startAt + maxResults) } };
}

/** The display name and the type of each field. */
const SCREEN: Readonly<Record<(typeof SCREEN_FIELDS)[number], { readonly name: string; readonly type: string; readonly items?: string }>> =
  {
    summary: { name: 'Summary', type: 'string' },
    description: { name: 'Description', type: 'string' },
    labels: { name: 'Labels', type: 'array', items: 'string' },
    priority: { name: 'Priority', type: 'priority' },
    duedate: { name: 'Due date', type: 'date' },
    assignee: { name: 'Assignee', type: 'user' },
  };

function screenJson(site: JiraSite, project: SimulatedProject, { subtask }: SimulatedIssueType): JsonObject[] {
  const { id, key, name, createScreen } = project;
  const types = project.issueTypes.map((type) => ({ id: type.id, name: translated(site.locale(), type.name) }));
  const priorities = project.priorities.map((priority) => ({ id: priority.id, name: priority.name }));
  return [
    systemJson('project', 'Project', { type: 'project' }, true, { allowedValues: [{ id, key, name }] }),
    systemJson('issuetype', 'Issue Type', { type: 'issuetype' }, true, { allowedValues: types }),
    systemJson('reporter', 'Reporter', { type: 'user' }, true, { hasDefaultValue: true }),
    ...SCREEN_FIELDS.filter((field) => createScreen.has(field)).map((field) => {
      const { name: shown, ...schema } = SCREEN[field];
      const more = field === 'priority' ? { allowedValues: priorities, hasDefaultValue: true } : {};
      return systemJson(field, shown, schema, field === 'summary' || project.required.has(field), more);
    }),
    ...project.fields
      .filter((field) => createScreen.has(field.id))
      .map((field) => fieldJson(field.kind === 'parent' && subtask ? { ...field, required: true } : field)),
  ];
}

function systemJson(id: string, name: string, schema: JsonObject, required: boolean, more: JsonObject): JsonObject {
  return { fieldId: id, key: id, name, required, hasDefaultValue: false, operations: ['set'], schema: { ...schema, system: id }, ...more };
}
