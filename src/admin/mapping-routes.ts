import { Type } from 'typebox';
import { FINDINGS } from '../pipeline/collections.ts';
import type { Store } from '../pipeline/store.ts';
import type { AdminApp } from './admin-app.ts';
import { findFinding } from './find-finding.ts';
import { FINDING_STATUSES, Mapping, SEVERITIES, STATES, toMapping, toMappingWithHistory } from './mapping.ts';
import { Exact, MAX_FILTER_LENGTH, PageOf, PageQuery, pageQuery } from './page-query.ts';

const ListQuery = Type.Object(
  {
    // Filters, each named as the field it filters; together they narrow the list.
    state: Type.Optional(Type.Enum(STATES)),
    findingStatus: Type.Optional(Type.Enum(FINDING_STATUSES)),
    accountId: Exact('Of the resource'),
    ruleId: Exact('The rule that decided'),
    projectKey: Exact('Of the issue, or where it is going'),
    severity: Type.Optional(Type.Enum(SEVERITIES)),
    issueKey: Exact('Such as SEC-1'),
    resource: Exact('ARN'),
    resourceType: Exact('Such as AWS::S3::Bucket'),
    region: Exact('Such as eu-central-1'),
    group: Exact('As in a mapping'),
    q: Exact('A finding id, issue key, resource ARN or resource name, whole'),
    ...PageQuery,
  },
  { additionalProperties: false },
);

const OneParams = Type.Object({ findingId: Type.String({ minLength: 1, maxLength: MAX_FILTER_LENGTH }) });
const OneQuery = Type.Object({ analyzerArn: Exact('Selects where several analyzers use the finding id') }, { additionalProperties: false });

export interface MappingRoutesDeps {
  readonly store: Store;
  /** Where a person sees an issue. */
  readonly issueUrl: (key: string) => string;
}

/** Finding -> issue: the list and one of it. */
export function addMappingRoutes(app: AdminApp, { store, issueUrl }: MappingRoutesDeps): void {
  const list = {
    tags: ['mappings'],
    summary: 'Findings with their issues, the newest first',
    operationId: 'listMappings',
    querystring: ListQuery,
    response: { 200: PageOf(Mapping) },
  };
  app.get('/api/v1/mappings', { schema: list, config: { access: 'viewer', problems: ['invalid-cursor'] } }, async ({ query }) => {
    const { limit, cursor, ...said } = query;
    // A filter is the store's term of the same name.
    const terms = Object.entries(said).map(([name, value]) => `${name}:${value}`);
    const page = await store.page(FINDINGS, pageQuery({ limit, cursor }, terms));
    return { items: page.items.map(({ doc }) => toMapping(doc, issueUrl)), nextCursor: page.nextCursor };
  });

  const one = {
    tags: ['mappings'],
    summary: 'One finding with its issue and its history',
    operationId: 'getMapping',
    params: OneParams,
    querystring: OneQuery,
    response: { 200: Mapping },
  };
  app.get(
    '/api/v1/mappings/:findingId',
    { schema: one, config: { access: 'viewer', problems: ['mapping-not-found', 'ambiguous-finding'] } },
    async (request) => {
      const record = await findFinding(store, request.params.findingId, request.query.analyzerArn);
      return toMappingWithHistory(record, issueUrl);
    },
  );
}
