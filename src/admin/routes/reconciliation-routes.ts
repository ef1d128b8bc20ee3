import { Type } from 'typebox';
import type { Operations } from '../../pipeline/operations/operations.ts';
import type { Store } from '../../pipeline/ports/store.ts';
import type { AdminApp } from '../admin-app.ts';
import { DryRun } from './bulk.ts';
import { IdempotencyHeaders } from '../idempotency.ts';
import { Operation, startOperation, Started, toOperation } from './operation.ts';
import { RequestRefused } from '../problem.ts';

const Wanted = Type.Object({ dryRun: DryRun }, { additionalProperties: false });
const Params = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64, description: 'Of the operation' }) });

export interface ReconciliationRoutesDeps {
  readonly store: Store;
  readonly operations: Operations;
}

/** Comparing our issues in Jira with the store, now. */
export function addReconciliationRoutes(app: AdminApp, deps: ReconciliationRoutesDeps): void {
  const tags = ['reconciliations'];

  const start = {
    tags,
    summary: 'Compare our issues in Jira with the store now',
    operationId: 'startReconciliation',
    body: Wanted,
    headers: IdempotencyHeaders,
    response: { 202: Started },
  };
  app.post(
    '/api/v1/reconciliations',
    { schema: start, config: { access: 'operator', problems: ['idempotency-key-reused'] } },
    async (request, reply) => {
      const input = { dryRun: request.body.dryRun === true };
      const audit = { action: 'reconciliation.started', target: 'issues', after: input };
      return startOperation(deps, request, reply, { kind: 'reconciliation', input, ...audit });
    },
  );

  const one = {
    tags,
    summary: 'What a reconciliation found; with `dryRun`: what it would do',
    operationId: 'getReconciliation',
    params: Params,
    response: { 200: Operation },
  };
  app.get(
    '/api/v1/reconciliations/:id',
    { schema: one, config: { access: 'viewer', problems: ['operation-not-found'] } },
    async ({ params }) => {
      const record = await deps.operations.read(params.id);
      if (record?.kind !== 'reconciliation') throw new RequestRefused('operation-not-found', 'There is no reconciliation of this id');
      return toOperation(params.id, record);
    },
  );
}
