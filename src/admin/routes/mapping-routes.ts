import { Type } from 'typebox';
import { pageOfFindings } from '../../pipeline/records/find-findings.ts';
import type { Store } from '../../pipeline/ports/store.ts';
import type { AdminApp } from '../admin-app.ts';
import { findFinding } from './find-finding.ts';
import { filterTerms, FILTERS, OneParams, OneQuery } from './mapping-query.ts';
import { Mapping, toMapping, toMappingWithHistory } from './mapping.ts';
import { PageOf, PageQuery, pageQuery } from '../page-query.ts';

const ListQuery = Type.Object({ ...FILTERS, ...PageQuery }, { additionalProperties: false });

export interface MappingRoutesDeps {
  readonly store: Store;
  /** The URL of an issue for people. */
  readonly issueUrl: (key: string) => string;
}

/** The list of mappings, and one mapping. */
export function addMappingRoutes(app: AdminApp, { store, issueUrl }: MappingRoutesDeps): void {
  const list = {
    tags: ['mappings'],
    summary: 'Findings with their issues, the newest first',
    operationId: 'listMappings',
    querystring: ListQuery,
    response: { 200: PageOf(Mapping) },
  };
  app.get('/api/v1/mappings', { schema: list, config: { access: 'viewer', problems: ['invalid-cursor'] } }, async ({ query }) => {
    const { limit, cursor, ...filter } = query;
    const page = await pageOfFindings(store, pageQuery({ limit, cursor }, filterTerms(filter)));
    const view = { issueUrl, now: await store.now() };
    return { items: page.items.map(({ doc }) => toMapping(doc, view)), nextCursor: page.nextCursor };
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
      return toMappingWithHistory(record, { issueUrl, now: await store.now() });
    },
  );
}
