import { Type, type Static } from 'typebox';
import { AUDIT, type AuditRecord } from '../../pipeline/records/admin-collections.ts';
import type { Store } from '../../pipeline/ports/store.ts';
import type { AdminApp } from '../admin-app.ts';
import { Exact, PageOf, PageQuery, pageQuery } from '../page-query.ts';

const AuditQuery = Type.Object(
  {
    actor: Exact('Name of the token that was used'),
    action: Exact('Such as rules.saved'),
    path: Exact('The path of the request, such as /api/v1/rules'),
    target: Exact('The target of the change, such as a rule or a finding'),
    ...PageQuery,
  },
  { additionalProperties: false },
);

const AuditEntry = Type.Object({
  id: Type.String(),
  at: Type.String({ format: 'date-time' }),
  actor: Type.String({ description: '`local`: no token was needed; `rules-file`: the rules file' }),
  action: Type.String(),
  path: Type.String(),
  target: Type.String(),
  before: Type.Unknown({ description: 'The changed values before; null: none' }),
  after: Type.Unknown({ description: 'The changed values after; null: none' }),
  requestId: Type.String({ description: "As in an answer's `instance` and in the log (`reqId`)" }),
});

/** The audit of all changes. No route writes to it directly. */
export function addAuditRoutes(app: AdminApp, { store }: { readonly store: Store }): void {
  const schema = {
    tags: ['audit'],
    summary: 'Every change made through the API, the newest first',
    operationId: 'listAudit',
    querystring: AuditQuery,
    response: { 200: PageOf(AuditEntry) },
  };
  app.get('/api/v1/audit', { schema, config: { access: 'admin', problems: ['invalid-cursor'] } }, async ({ query }) => {
    const { limit, cursor, ...filter } = query;
    const terms = Object.entries(filter).map(([name, value]) => `${name}:${value}`);
    const page = await store.page(AUDIT, pageQuery({ limit, cursor }, terms));
    return { items: page.items.map(({ id, doc }) => toEntry(id, doc)), nextCursor: page.nextCursor };
  });
}

function toEntry(id: string, { at, ...record }: AuditRecord): Static<typeof AuditEntry> {
  return { id, at: new Date(at).toISOString(), ...record };
}
