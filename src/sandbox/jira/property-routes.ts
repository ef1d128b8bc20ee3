import type { Json } from '../../findings/json.ts';
import { BAD_BODY, refusal, withIssue, type Answer, type JiraRoute, type JiraSite } from './jira-route.ts';
import { withProperty } from './simulated-issue.ts';

/** Entity properties of an issue need no screen, and a clone does not copy them. */
const MAX_KEY = 255;
const MAX_VALUE = 32_768;

/** @returns Jira's error when the property cannot be stored, else null */
export function propertyRefusal(key: string, value: Json): string | null {
  if (key === '' || key.length > MAX_KEY) return `The property key cannot be empty or longer than ${MAX_KEY} characters.`;
  if (JSON.stringify(value).length > MAX_VALUE) return `The property value cannot be longer than ${MAX_VALUE} characters.`;
  return null;
}

export function propertyRoutes(site: JiraSite): JiraRoute[] {
  const path = '/issue/:idOrKey/properties/:propertyKey';
  return [
    {
      method: 'GET',
      path: '/issue/:idOrKey/properties',
      ...withIssue(site, (issue) => ({
        status: 200,
        body: {
          keys: Object.keys(issue.properties).map((key) => ({ self: `${site.url()}/rest/api/3/issue/${issue.id}/properties/${key}`, key })),
        },
      })),
    },
    {
      method: 'GET',
      path,
      ...withIssue(site, (issue, { params }) => {
        const key = params['propertyKey'] ?? '';
        const value = Object.hasOwn(issue.properties, key) ? issue.properties[key] : undefined;
        return value === undefined ? noSuchProperty(key) : { status: 200, body: { key, value } };
      }),
    },
    {
      method: 'PUT',
      path,
      ...withIssue(site, (issue, { params, body, account }) => {
        const key = params['propertyKey'] ?? '';
        if (!isJson(body)) return BAD_BODY;
        const refused = propertyRefusal(key, body);
        if (refused !== null) return refusal(400, [refused]);
        const known = Object.hasOwn(issue.properties, key);
        site.state.put(withProperty(issue, { who: account.accountId, key, value: body }));
        return { status: known ? 200 : 201 };
      }),
    },
    {
      method: 'DELETE',
      path,
      ...withIssue(site, (issue, { params, account }) => {
        const key = params['propertyKey'] ?? '';
        if (!Object.hasOwn(issue.properties, key)) return noSuchProperty(key);
        site.state.put(withProperty(issue, { who: account.accountId, key }));
        return { status: 204 };
      }),
    },
  ];
}

function noSuchProperty(key: string): Answer {
  return refusal(404, [`The property with key '${key}' does not exist.`]);
}

/** A body that is present was parsed from JSON. */
function isJson(body: unknown): body is Json {
  return body !== undefined;
}
