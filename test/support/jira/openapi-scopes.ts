import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isJsonObject, type Json } from '../../../src/findings/json.ts';

/** Atlassian's OpenAPI document of the Jira Cloud platform REST API v3. It is not part of the project. */
const DOCUMENT = process.env['JIRA_OPENAPI'] ?? fileURLToPath(new URL('../../../../shared/contracts/jira-openapi.json', import.meta.url));

/** Whether the document is at hand; a test that needs it is skipped otherwise. */
export const hasOpenApi = existsSync(DOCUMENT);

/**
 * The scopes of OAuth 2.0 that each call needs, as the document says: by method and path, with `*` for every parameter.
 * @throws Error when the document cannot be read
 */
export function openApiScopes(): ReadonlyMap<string, readonly string[]> {
  const document: unknown = JSON.parse(readFileSync(DOCUMENT, 'utf8'));
  return new Map(
    entriesOf(memberOf(document, 'paths')).flatMap(([path, methods]) =>
      entriesOf(methods).map(([method, call]) => [keyOf(method, path), scopesIn(memberOf(call, 'security'))] as const),
    ),
  );
}

function keyOf(method: string, path: string): string {
  return `${method.toUpperCase()} ${path.replace('/rest/api/3', '').replaceAll(/\{\w+\}/g, '*')}`;
}

/** Other ways to sign in are listed beside OAuth 2.0. */
function scopesIn(security: Json | undefined): readonly string[] {
  const ways = Array.isArray(security) ? security : [];
  return ways.flatMap((way) => {
    const scopes = memberOf(way, 'OAuth2');
    return Array.isArray(scopes) ? scopes.map(String) : [];
  });
}

function memberOf(json: unknown, name: string): Json | undefined {
  return isJsonObject(json) ? json[name] : undefined;
}

function entriesOf(json: Json | undefined): readonly (readonly [string, Json])[] {
  return isJsonObject(json) ? Object.entries(json) : [];
}
