import type { JsonObject } from '../findings/json.ts';
import { numberParameter, refusal, type Answer, type Call, type JiraRoute, type JiraSite } from './jira-route.ts';
import { SCREEN_FIELDS, type SimulatedProject } from './simulated-project.ts';

const PAGE = 200;

/** What a project is, and what its create screens ask for. */
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
          simplified: false,
          style: 'classic',
          isPrivate: false,
          issueTypes: project.issueTypes.map(({ id, name }) => typeJson(id, name)),
        },
      })),
    },
    {
      method: 'GET',
      path: types,
      ...withProject(site, (project, { query }) =>
        page(
          'issueTypes',
          project.issueTypes.map(({ id, name }) => typeJson(id, name)),
          query,
        ),
      ),
    },
    {
      method: 'GET',
      path: `${types}/:issueType`,
      ...withProject(site, (project, { query, params }) => {
        const known = project.issueTypes.some(({ id }) => id === params['issueType']);
        return known ? page('fields', screenJson(project), query) : refusal(404, ['Issue type not found.']);
      }),
    },
  ];
}

function withProject(site: JiraSite, handle: (project: SimulatedProject, call: Call) => Answer): Pick<JiraRoute, 'handle' | 'anonymously'> {
  return {
    anonymously: () => noProject(''),
    handle(call) {
      const named = call.params['project'] ?? '';
      const project = site.state.project(named);
      return project === null ? noProject(named) : handle(project, call);
    },
  };
}

function noProject(named: string): Answer {
  return refusal(404, [`No project could be found with key '${named}'.`]);
}

function typeJson(id: string, name: string): JsonObject {
  return { id, name, description: '', subtask: false, hierarchyLevel: 0 };
}

function page(name: 'issueTypes' | 'fields', all: readonly JsonObject[], query: URLSearchParams): Answer {
  if (Number(query.get('maxResults')) > PAGE) return refusal(400, [`Parameter 'maxResults' must not exceed the limit '${PAGE}'`]);
  const [startAt, maxResults] = [
    numberParameter(query, 'startAt', 0, Number.MAX_SAFE_INTEGER),
    numberParameter(query, 'maxResults', 50, PAGE),
  ];
  return { status: 200, body: { startAt, maxResults, total: all.length, [name]: all.slice(startAt, startAt + maxResults) } };
}

function screenJson(project: SimulatedProject): JsonObject[] {
  const named = (key: string, required: boolean, more: JsonObject = {}): JsonObject => ({
    fieldId: key,
    key,
    name: key,
    required,
    hasDefaultValue: key === 'priority',
    operations: ['set'],
    schema: { type: key === 'labels' ? 'array' : 'string', system: key },
    ...more,
  });
  const types = project.issueTypes.map(({ id, name }) => ({ id, name }));
  const priorities = project.priorities.map(({ id, name }) => ({ id, name }));
  return [
    named('project', true, { allowedValues: [{ id: project.id, key: project.key, name: project.name }] }),
    named('issuetype', true, { allowedValues: types }),
    ...SCREEN_FIELDS.filter((field) => project.createScreen.has(field)).map((field) =>
      named(field, field === 'summary' || project.required.has(field), field === 'priority' ? { allowedValues: priorities } : {}),
    ),
  ];
}
