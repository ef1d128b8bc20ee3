import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { JsonObject } from '../../findings/json.ts';
import { issueJson } from './issue-json.ts';
import { refusal, type Answer, type Call, type JiraRoute, type JiraSite } from './jira-route.ts';
import { parseJql } from '../jira-syntax/jql-parser.ts';
import { searchIssues, unknownValue } from './jql-search.ts';
import type { SimulatedIssue } from './simulated-issue.ts';

const Names = Type.Array(Type.String());

/** Source: schema `SearchAndReconcileRequestBean` of Atlassian's OpenAPI document. */
const SearchRequest = Compile(
  Type.Object(
    {
      jql: Type.String(),
      fields: Type.Optional(Names),
      properties: Type.Optional(Type.Array(Type.String(), { maxItems: 5 })),
      maxResults: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_147_483_647 })),
      nextPageToken: Type.Optional(Type.Union([Type.String(), Type.Null()])),
      expand: Type.Optional(Type.String()),
      fieldsByKeys: Type.Optional(Type.Boolean()),
      reconcileIssues: Type.Optional(Type.Array(Type.Integer(), { maxItems: 50 })),
    },
    { additionalProperties: false },
  ),
);

/** Source: schema `BulkFetchIssueRequestBean` of Atlassian's OpenAPI document. */
const BulkFetchRequest = Compile(
  Type.Object(
    {
      issueIdsOrKeys: Type.Array(Type.String(), { minItems: 1, maxItems: 100 }),
      fields: Type.Optional(Names),
      properties: Type.Optional(Type.Array(Type.String(), { maxItems: 5 })),
      expand: Type.Optional(Names),
      fieldsByKeys: Type.Optional(Type.Boolean()),
    },
    { additionalProperties: false },
  ),
);

/** The start of the next page: after this issue, or at this position when the issue is gone. */
const PageToken = Type.Object({ jql: Type.String(), after: Type.String(), position: Type.Integer({ minimum: 0 }) });
type PageToken = Static<typeof PageToken>;
const ReadablePageToken = Compile(PageToken);

const MAX_RESULTS = 5_000;
/** With `indexLosesAgain` an issue is found the first time, missing the second, and found from then on. */
const SIGHTING_THAT_MISSES = 2;
const INCOMPLETE: JsonObject = { type: 'SEARCH_RESULTS_INCOMPLETE', details: { message: 'Some results may be missing.' } };
const BAD_REQUEST = refusal(400, ['Invalid request payload. Refer to the REST API documentation and try again.']);

/** Search goes through the index, which lags by `indexLagMs`; bulk fetch lags by `bulkFetchLagMs`, by default not at all. */
export function searchRoutes(site: JiraSite): JiraRoute[] {
  return [
    {
      method: 'POST',
      path: '/search/jql',
      handle: (call) => search(site, call),
      anonymously: () => ({ status: 200, body: { issues: [], isLast: true } }),
    },
    {
      method: 'POST',
      path: '/issue/bulkfetch',
      handle: (call) => bulkFetch(site, call),
      anonymously: () => ({ status: 200, body: { issues: [], issueErrors: [] } }),
    },
  ];
}

function search(site: JiraSite, { body, account }: Call): Answer {
  if (!SearchRequest.Check(body)) return BAD_REQUEST;
  const parsed = parseJql(body.jql);
  if (!parsed.ok) return refusal(400, [parsed.message]);
  const unknown = unknownValue(parsed.jql.where, site.state);
  if (unknown !== null) return refusal(400, [unknown]);
  const token = body.nextPageToken ? readToken(body.nextPageToken) : null;
  if (body.nextPageToken && token?.jql !== body.jql) return refusal(400, ['The next page token is not valid for this query.']);

  const asking = { accountId: account.accountId, nowMs: site.state.now() };
  const all = searchIssues(searchable(site, body.reconcileIssues ?? []), parsed.jql, asking);
  const { found, next } = pageOf(all, token, body.jql, body.maxResults ?? 50);
  const shown = site.faults.indexLosesAgain ? found.filter(({ id }) => site.state.index.sightings(id) !== SIGHTING_THAT_MISSES) : found;
  const [fields, properties] = [body.fields ?? [], shownProperties(site, body.properties)];
  return {
    status: 200,
    body: {
      issues: shown.map((issue) => foundJson(site, issue, fields, properties)),
      isLast: next === null,
      ...(next === null ? {} : { nextPageToken: Buffer.from(JSON.stringify(next)).toString('base64url') }),
      ...(site.faults.searchWarnings ? { warnings: [INCOMPLETE] } : {}),
    },
  };
}

function shownProperties({ faults }: JiraSite, asked: readonly string[] = []): readonly string[] {
  return faults.searchOmitsProperties ? [] : asked;
}

function pageOf(
  all: readonly SimulatedIssue[],
  token: PageToken | null,
  jql: string,
  maxResults: number,
): { readonly found: SimulatedIssue[]; readonly next: PageToken | null } {
  const there = token === null ? -1 : all.findIndex(({ id }) => id === token.after);
  const start = there === -1 ? (token?.position ?? 0) : there + 1;
  const found = all.slice(start, start + Math.min(maxResults, MAX_RESULTS));
  const [last, position] = [found.at(-1), start + found.length];
  return { found, next: last === undefined || position >= all.length ? null : { jql, after: last.id, position } };
}

/** Without a list of fields, only the id. */
function foundJson(site: JiraSite, issue: SimulatedIssue, fields: readonly string[], properties: readonly string[]): JsonObject {
  const json = issueJson(site, issue, { fields, properties });
  if (fields.length > 0) return json;
  return properties.length === 0 ? { id: issue.id } : { id: issue.id, properties: json['properties'] ?? {} };
}

/** The indexed issues, but those in `reconcileIssues` as the database has them. */
function searchable(site: JiraSite, reconcile: readonly number[]): SimulatedIssue[] {
  const fresh = reconcile.flatMap((id) => site.state.issue(String(id)) ?? []);
  const indexed = site.state.index.issues(site.faults.indexLagMs);
  // Permissions are those of the moment, however old the index is.
  return [...indexed.filter(({ id }) => !reconcile.includes(Number(id))), ...fresh].filter(site.state.shows);
}

function readToken(token: string): PageToken | null {
  try {
    const raw: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    return ReadablePageToken.Check(raw) ? raw : null;
  } catch {
    return null;
  }
}

/** In order of the ids. Unknown and hidden issues are silently left out. */
function bulkFetch(site: JiraSite, { body }: Call): Answer {
  if (!BulkFetchRequest.Check(body)) return BAD_REQUEST;
  const shown = site.state.index.issues(site.faults.bulkFetchLagMs).filter(site.state.shows);
  const readable = new Map(shown.map((issue) => [issue.id, issue]));
  const issues = new Map(
    body.issueIdsOrKeys.flatMap((idOrKey) => readable.get(site.state.issue(idOrKey)?.id ?? '') ?? []).map((issue) => [issue.id, issue]),
  );
  const parts = { fields: body.fields ?? [], properties: body.properties ?? [] };
  const ascending = [...issues.values()].toSorted((a, b) => Number(a.id) - Number(b.id));
  return { status: 200, body: { issues: ascending.map((issue) => issueJson(site, issue, parts)), issueErrors: [] } };
}
