import type { JiraSimulator } from '../../src/sandbox/jira-simulator.ts';
import type { Json, JsonObject } from '../../src/findings/json.ts';
import { isJsonObject } from '../../src/findings/json.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body when it is a JSON object, else empty. */
  readonly body: JsonObject;
}

/** Calls the simulated REST API as the service's account. */
export async function call(jira: JiraSimulator, method: string, path: string, body?: Json, authorization = basic(jira)): Promise<Reply> {
  const response = await fetch(`${jira.url}/rest/api/3${path}`, {
    method,
    headers: { ...(authorization === '' ? {} : { authorization }), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: asObject(text) };
}

export function basic({ credentials }: JiraSimulator, token = credentials.apiToken): string {
  return `Basic ${Buffer.from(`${credentials.email}:${token}`).toString('base64')}`;
}

export function adf(text: string): JsonObject {
  return { type: 'doc', version: 1, content: [{ type: 'paragraph', content: [{ type: 'text', text }] }] };
}

export function issueFields(more: JsonObject = {}): JsonObject {
  return { project: { key: 'SEC' }, issuetype: { name: 'Task' }, summary: 'A bucket is public', ...more };
}

/** Creates an issue. @returns its key @throws Error when it is refused */
export async function created(jira: JiraSimulator, more: JsonObject = {}, properties: JsonObject[] = []): Promise<string> {
  const { status, body, text } = await call(jira, 'POST', '/issue', { fields: issueFields(more), properties });
  const { key } = body;
  if (status !== 201 || typeof key !== 'string') throw new Error(`Not created: ${status} ${text}`);
  return key;
}

/** The keys that a search finds, in order. */
export async function found(jira: JiraSimulator, jql: string): Promise<Json[]> {
  const { status, body, text } = await call(jira, 'POST', '/search/jql', { jql, fields: ['summary'] });
  const { issues } = body;
  if (status !== 200 || !Array.isArray(issues)) throw new Error(`Not searched: ${status} ${text}`);
  return issues.map((issue) => (isJsonObject(issue) ? (issue['key'] ?? null) : null));
}

function asObject(text: string): JsonObject {
  try {
    const parsed: unknown = JSON.parse(text);
    return isJsonObject(parsed) ? parsed : {};
  } catch {
    return {};
  }
}
