import type { JsonObject } from '../../findings/json.ts';
import { userJson } from './issue-json.ts';
import { NOT_SIGNED_IN, numberParameter, refusal, type Answer, type Call, type JiraRoute, type JiraSite } from './jira-route.ts';
import { isCalled, type SandboxPerson } from './sandbox-person.ts';

/** Search for users, and for those to whom issues may be assigned: an address finds its person even when it is hidden. */
export function userRoutes(site: JiraSite): JiraRoute[] {
  return [
    {
      method: 'GET',
      path: '/user/assignable/search',
      anonymously: () => NOT_SIGNED_IN,
      handle: (call) => {
        const key = call.query.get('project');
        if (key === null) return refusal(400, ['One of issueKey, issueId and project is required.']);
        // Keys are case-sensitive here, unlike elsewhere in Jira.
        if (site.state.projects().every((project) => project.key !== key))
          return refusal(404, [`No project could be found with key '${key}'.`]);
        return search(site, call, ({ assignableIn }) => assignableIn === null || assignableIn.includes(key));
      },
    },
    { method: 'GET', path: '/user/search', anonymously: () => NOT_SIGNED_IN, handle: (call) => search(site, call, () => true) },
  ];
}

function search(site: JiraSite, { query }: Call, may: (person: SandboxPerson) => boolean): Answer {
  const [text, accountId] = [query.get('query'), query.get('accountId')];
  if ((text === null) === (accountId === null)) return refusal(400, ['Exactly one of query and accountId is expected.']);
  const found = site.state.people.filter(
    (person) => may(person) && (accountId === null ? isCalled(person, text ?? '') : person.accountId === accountId),
  );
  const [startAt, maxResults] = [numberParameter(query, 'startAt', 0, 1_000), numberParameter(query, 'maxResults', 50, 1_000)];
  const body: JsonObject[] = found.slice(startAt, startAt + maxResults).map((person) => userJson(site, person.accountId));
  return { status: 200, body };
}
