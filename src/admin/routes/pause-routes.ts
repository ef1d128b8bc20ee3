import { Type, type Static } from 'typebox';
import { isPauseScope, type PauseScope } from '../../issues/pause.ts';
import { auditWrite } from '../../pipeline/records/audit.ts';
import { PAUSES, type PauseRecord } from '../../pipeline/records/admin-collections.ts';
import type { Operations } from '../../pipeline/operations/operations.ts';
import { lasts, type Pauses } from '../../pipeline/groups/pauses.ts';
import type { RuleBook, Rules } from '../../pipeline/rulebook/rule-book.ts';
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
  {
    scope: Type.String(),
    by: Type.String(),
    reason: Type.String(),
    since: Type.String({ format: 'date-time' }),
    until: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
      description: 'When it ends by itself; null: when it is lifted',
    }),
    warning: Type.Union([Type.String(), Type.Null()], {
      description: 'The scope may not be the intended one: no rule has this id or files issues in this project; null: one does',
    }),
  },
  { description: 'Nothing is written to Jira in its scope; held changes follow when it is lifted' },
);

const ScopeParams = Type.Object({ scope: Scope });
const Wanted = Type.Object(
  {
    reason: Type.String({ minLength: 1, maxLength: 1_000, description: 'The reason, for other people' }),
    until: Type.Optional(
      Type.Union(
        [Type.String({ maxLength: 40, description: 'A date and time with its zone, such as 2026-03-01T18:00:00Z' }), Type.Null()],
        {
          description: 'When the pause ends by itself; null or left out: when it is lifted',
        },
      ),
    ),
  },
  { additionalProperties: false },
);

export interface PauseRoutesDeps {
  readonly store: Store;
  readonly pauses: Pauses;
  readonly operations: Operations;
  readonly rules: RuleBook;
}

/** Listing, setting and lifting pauses. */
export function addPauseRoutes(app: AdminApp, { store, pauses, operations, rules }: PauseRoutesDeps): void {
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
    const [now, current] = [await store.now(), await rules.current()];
    return { items: page.items.flatMap(({ doc }) => (lasts(doc, now) ? [toPause(doc, current)] : [])), nextCursor: page.nextCursor };
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
    const { reason, until: wanted = null } = request.body;
    const scope = scopeOf(request.params.scope);
    const until = wanted === null ? null : endOf(wanted, await store.now());
    const current = await rules.current();
    const after = { reason, until: textOf(until) };
    const pause = await pauses.set(scope, callerOf(request).name, reason, until, (before, now) => [
      auditWrite(askedBy(request), { action: 'pause.set', target: scope, before: reasonOf(before), after }, now),
    ]);
    return toPause(pause, current);
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

/** A time without a zone would depend on where the service runs. */
const WITH_ZONE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/** @returns epoch ms. @throws RequestRefused unless it is a time after `now` */
function endOf(text: string, now: number): number {
  const until = WITH_ZONE.test(text) ? Date.parse(text) : NaN;
  if (until > now) return until;
  const message = Number.isNaN(until) ? 'expected a date and time with its zone, such as 2026-03-01T18:00:00Z' : 'must be in the future';
  throw new RequestRefused('invalid-request', `until: ${message}`, { errors: [{ path: 'until', message }] });
}

function toPause({ scope, by, reason, since, until }: PauseRecord, current: Rules): Static<typeof Pause> {
  return { scope, by, reason, since: new Date(since).toISOString(), until: textOf(until ?? null), warning: warningOf(scope, current) };
}

function textOf(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}

/** A scope that no rule knows is not refused: issues that an earlier rule has opened fall under it. */
function warningOf(scope: PauseScope, { compiled, projects }: Rules): string | null {
  const [kind, name] = [scope.slice(0, scope.indexOf(':')), scope.slice(scope.indexOf(':') + 1)];
  if (scope === 'all') return null;
  if (kind === 'rule' && !compiled.ruleSet.rules.some(({ id }) => id === name))
    return `No rule has the id ${name}: only issues that a rule of this id has opened before are held`;
  if (kind === 'project' && !projects().includes(name))
    return `No rule files issues in ${name}: only issues that are there already are held`;
  return null;
}

function reasonOf(pause: PauseRecord | null) {
  return pause === null ? null : { by: pause.by, reason: pause.reason, until: textOf(pause.until ?? null) };
}
