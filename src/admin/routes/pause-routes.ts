import { Type, type Static } from 'typebox';
import { isPauseScope, type PauseScope } from '../../issues/pause.ts';
import { auditWrite } from '../../pipeline/records/audit.ts';
import { PAUSES, type PauseRecord } from '../../pipeline/records/collections.ts';
import type { Operations } from '../../pipeline/operations/operations.ts';
import type { Pauses } from '../../pipeline/groups/pauses.ts';
import type { Store } from '../../pipeline/ports/store.ts';
import type { AdminApp } from '../admin-app.ts';
import { askedBy, callerOf } from '../asked-by.ts';
import { operationUrl, Started } from './operation.ts';
import { PageOf, PageQuery, pageQuery } from '../page-query.ts';
import { RequestRefused } from '../problem.ts';

const Scope = Type.String({
  pattern: '^(all|rule:\\S+|project:[A-Z][A-Z0-9_]*)$',
  maxLength: 300,
  description: '`all`, `rule:ID` or `project:KEY`',
});

const Pause = Type.Object(
  { scope: Type.String(), by: Type.String(), reason: Type.String(), since: Type.String({ format: 'date-time' }) },
  { description: 'Nothing is written to Jira in its scope; held changes follow when it is lifted' },
);

const ScopeParams = Type.Object({ scope: Scope });
const Wanted = Type.Object(
  { reason: Type.String({ minLength: 1, maxLength: 1_000, description: 'The reason, for other people' }) },
  { additionalProperties: false },
);

export interface PauseRoutesDeps {
  readonly store: Store;
  readonly pauses: Pauses;
  readonly operations: Operations;
}

/** Listing, setting and lifting pauses. */
export function addPauseRoutes(app: AdminApp, { store, pauses, operations }: PauseRoutesDeps): void {
  const tags = ['pauses'];

  const list = {
    tags,
    summary: 'All pauses, the newest first',
    operationId: 'listPauses',
    querystring: Type.Object(PageQuery, { additionalProperties: false }),
    response: { 200: PageOf(Pause) },
  };
  app.get('/api/v1/pauses', { schema: list, config: { access: 'viewer', problems: ['invalid-cursor'] } }, async ({ query }) => {
    const page = await store.page(PAUSES, pageQuery(query, []));
    return { items: page.items.map(({ doc }) => toPause(doc)), nextCursor: page.nextCursor };
  });

  const set = {
    tags,
    summary: 'Pause everything, a rule or a project',
    operationId: 'setPause',
    params: ScopeParams,
    body: Wanted,
    response: { 200: Pause },
  };
  app.put('/api/v1/pauses/:scope', { schema: set, config: { access: 'operator' } }, async (request) => {
    const { reason } = request.body;
    const scope = scopeOf(request.params.scope);
    const pause = await pauses.set(scope, callerOf(request).name, reason, (before, now) => [
      auditWrite(askedBy(request), { action: 'pause.set', target: scope, before: reasonOf(before), after: { reason } }, now),
    ]);
    return toPause(pause);
  });

  const lift = {
    tags,
    summary: 'Lift a pause, and resume what it held',
    operationId: 'liftPause',
    params: ScopeParams,
    response: { 202: Started },
  };
  app.delete(
    '/api/v1/pauses/:scope',
    { schema: lift, config: { access: 'operator', problems: ['pause-not-found'] } },
    async (request, reply) => {
      const scope = scopeOf(request.params.scope);
      const resuming: { operation: ReturnType<Operations['prepare']> | null } = { operation: null };
      const lifted = await pauses.lift(scope, (before, now) => {
        const operation = operations.prepare({ kind: 'resume', input: { lifted: scope }, startedBy: callerOf(request).name }, now);
        resuming.operation = operation;
        const change = { action: 'pause.lifted', target: scope, before: reasonOf(before), after: null };
        return [auditWrite(askedBy(request), change, now), operation.write];
      });
      const { operation } = resuming;
      if (!lifted || operation === null) throw new RequestRefused('pause-not-found', `${scope} is not paused`);
      operation.begin();
      return reply.code(202).header('location', operationUrl(operation.id)).send({ id: operation.id, kind: 'resume', state: 'running' });
    },
  );
}

/** Narrows the type: the schema has checked the text. */
function scopeOf(text: string): PauseScope {
  if (!isPauseScope(text)) throw new RequestRefused('invalid-request', 'Name all, rule:ID or project:KEY');
  return text;
}

function toPause({ scope, by, reason, since }: PauseRecord): Static<typeof Pause> {
  return { scope, by, reason, since: new Date(since).toISOString() };
}

function reasonOf(pause: PauseRecord | null) {
  return pause === null ? null : { by: pause.by, reason: pause.reason };
}
