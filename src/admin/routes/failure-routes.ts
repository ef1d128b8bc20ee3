import { Type } from 'typebox';
import { FAILURE_ADVICE } from '../../issues/failure-advice.ts';
import { FAILURE_CODES } from '../../issues/failure.ts';
import { auditWrite, type AskedBy } from '../../pipeline/records/audit.ts';
import type { Alongside } from '../../pipeline/groups/change-group.ts';
import { GROUPS } from '../../pipeline/records/group-collections.ts';

import type { Operations } from '../../pipeline/operations/operations.ts';
import { countRetried, failureTerms } from '../../pipeline/admin-actions/retry-failures.ts';
import type { ReconcileNow } from '../../pipeline/admin-actions/reconcile-now.ts';
import type { Store } from '../../pipeline/ports/store.ts';
import type { AdminApp } from '../admin-app.ts';
import { askedBy, callerOf } from '../asked-by.ts';
import { DryRun, Planned } from './bulk.ts';
import { Failure, toFailures } from './failure.ts';
import { IdempotencyHeaders } from '../idempotency.ts';
import { startOperation, Started } from './operation.ts';
import { Exact, MAX_FILTER_LENGTH, PageOf, PageQuery, pageQuery } from '../page-query.ts';
import { RequestRefused } from '../problem.ts';

const FILTER = {
  code: Type.Optional(Type.Enum(FAILURE_CODES)),
  projectKey: Exact('The project of the issue, or of the one that could not be opened'),
};

const ListQuery = Type.Object({ ...FILTER, ...PageQuery }, { additionalProperties: false });

const RetryAll = Type.Object(
  { filter: Type.Object(FILTER, { additionalProperties: false, description: 'Which failures; {}: all' }), dryRun: DryRun },
  { additionalProperties: false },
);

const Cause = Type.Object({
  code: Type.Enum(FAILURE_CODES),
  advice: Type.String({ description: 'What to do' }),
  failures: Type.Integer({ minimum: 1, description: 'How many groups are stuck because of it' }),
});

const OneParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: MAX_FILTER_LENGTH }) });

export interface FailureRoutesDeps {
  readonly store: Store;
  readonly issueUrl: (key: string) => string;
  readonly reconcileNow: ReconcileNow;
  readonly operations: Operations;
}

/** Stuck groups, the causes, and retries. */
export function addFailureRoutes(app: AdminApp, { store, issueUrl, reconcileNow, operations }: FailureRoutesDeps): void {
  const tags = ['failures'];

  const list = {
    tags,
    summary: 'Groups that are stuck, the newest first',
    operationId: 'listFailures',
    querystring: ListQuery,
    response: { 200: PageOf(Failure) },
  };
  app.get('/api/v1/failures', { schema: list, config: { access: 'viewer', problems: ['invalid-cursor'] } }, async ({ query }) => {
    const { limit, cursor, ...filter } = query;
    const page = await store.page(GROUPS, pageQuery({ limit, cursor }, failureTerms(filter)));
    const failed = page.items.flatMap(({ doc }) => (doc.failure === null ? [] : [{ ...doc, failure: doc.failure }]));
    return { items: [...(await toFailures(store, failed, issueUrl))], nextCursor: page.nextCursor };
  });

  const causes = {
    tags,
    summary: 'The causes of stuck groups, the most frequent first',
    operationId: 'listFailureCauses',
    response: { 200: PageOf(Cause) },
  };
  app.get('/api/v1/failures/causes', { schema: causes, config: { access: 'viewer' } }, async () => {
    const counts = await store.counts(
      GROUPS,
      FAILURE_CODES.map((code) => `failure:${code}`),
    );
    const items = FAILURE_CODES.map((code, index) => ({ code, advice: FAILURE_ADVICE[code], failures: counts[index] ?? 0 }));
    return { items: items.filter(({ failures }) => failures > 0).toSorted((a, b) => b.failures - a.failures), nextCursor: null };
  });

  const retryAll = {
    tags,
    summary: 'Retry all failures that match the filter',
    operationId: 'retryFailures',
    body: RetryAll,
    headers: IdempotencyHeaders,
    response: { 200: Planned, 202: Started },
  };
  app.post(
    '/api/v1/failures/retry',
    { schema: retryAll, config: { access: 'operator', problems: ['idempotency-key-reused'] } },
    async (request, reply) => {
      const { filter, dryRun } = request.body;
      const terms = failureTerms(filter);
      if (dryRun === true) return reply.send({ dryRun, count: await countRetried(store, terms) });
      const audit = { action: 'failures.retried', target: 'failures', after: { filter } };
      return startOperation({ store, operations }, request, reply, { kind: 'retry', input: terms, ...audit });
    },
  );

  const retry = {
    tags,
    summary: 'Retry one failure now',
    operationId: 'retryFailure',
    params: OneParams,
    response: { 200: Failure },
  };
  app.post(
    '/api/v1/failures/:id/retry',
    { schema: retry, config: { access: 'operator', problems: ['failure-not-found'] } },
    async (request) => {
      const { id } = request.params;
      const [stored] = await store.read(GROUPS, [id]);
      const failure = stored?.doc.failure ?? null;
      const asked = failure === null ? null : await reconcileNow(id, callerOf(request).name, retried(askedBy(request)));
      // A pass may have cleared the failure meanwhile: then the answer shows the one that was read before.
      const [shown] =
        failure === null || asked === null ? [] : await toFailures(store, [{ ...asked, failure: asked.failure ?? failure }], issueUrl);
      if (shown === undefined) throw new RequestRefused('failure-not-found', 'Nothing is stuck under this id');
      return shown;
    },
  );
}

/** The audit entry of a retry. */
function retried(by: AskedBy): Alongside {
  return ({ group, attempts, failure }, after, now) => {
    const before = { code: failure?.code ?? null, attempts };
    return [auditWrite(by, { action: 'failure.retried', target: group, before, after: { ...before, attempts: after.attempts } }, now)];
  };
}
