import { Type } from 'typebox';
import type { Operations } from '../../pipeline/operations/operations.ts';
import type { Store } from '../../pipeline/ports/store.ts';
import type { AdminApp } from '../admin-app.ts';
import { DryRun } from './bulk.ts';
import { IdempotencyHeaders } from '../idempotency.ts';
import { Operation, startOperation, Started, toOperation } from './operation.ts';
import { RequestRefused } from '../problem.ts';

const Wanted = Type.Object({ dryRun: DryRun }, { additionalProperties: false });
const Params = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64, description: 'The id of the operation' }) });

export interface SweepRoutesDeps {
  readonly store: Store;
  readonly operations: Operations;
}

/** Sweeps on request: comparing our issues in Jira with the store. */
export function addSweepRoutes(app: AdminApp, deps: SweepRoutesDeps): void {
  const tags = ['sweeps'];

  const start = {
    tags,
    summary: 'Start a sweep now: compare our issues in Jira with the store',
    operationId: 'startSweep',
    body: Wanted,
    headers: IdempotencyHeaders,
    response: { 202: Started },
  };
  app.post(
    '/api/v1/sweeps',
    { schema: start, config: { access: 'operator', problems: ['idempotency-key-reused'] } },
    async (request, reply) => {
      const input = { dryRun: request.body.dryRun === true };
      const audit = { action: 'sweep.started', target: 'issues', after: input };
      return startOperation(deps, request, reply, { kind: 'sweep', input, ...audit });
    },
  );

  const one = {
    tags,
    summary: 'The result of a sweep; with `dryRun`: what it would do',
    operationId: 'getSweep',
    params: Params,
    response: { 200: Operation },
  };
  app.get('/api/v1/sweeps/:id', { schema: one, config: { access: 'viewer', problems: ['operation-not-found'] } }, async ({ params }) => {
    const record = await deps.operations.read(params.id);
    if (record?.kind !== 'sweep') throw new RequestRefused('operation-not-found', 'There is no sweep with this id');
    return toOperation(params.id, record);
  });
}
