import { Type } from 'typebox';
import { auditWrite } from '../../pipeline/records/audit.ts';
import type { Operations } from '../../pipeline/operations/operations.ts';
import type { AdminApp } from '../admin-app.ts';
import { askedBy } from '../asked-by.ts';
import { Operation, toOperation } from './operation.ts';
import { RequestRefused } from '../problem.ts';

const Params = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });

export interface OperationRoutesDeps {
  readonly operations: Operations;
}

/** The progress and the cancellation of operations. */
export function addOperationRoutes(app: AdminApp, { operations }: OperationRoutesDeps): void {
  const tags = ['operations'];
  const problems = ['operation-not-found'] as const;
  const notFound = (): never => {
    throw new RequestRefused('operation-not-found', 'There is no operation of this id; those that ended are kept for seven days');
  };

  const one = {
    tags,
    summary: 'The progress and the result of an operation',
    operationId: 'getOperation',
    params: Params,
    response: { 200: Operation },
  };
  app.get('/api/v1/operations/:id', { schema: one, config: { access: 'viewer', problems } }, async ({ params }) => {
    const record = await operations.read(params.id);
    return record === null ? notFound() : toOperation(params.id, record);
  });

  const end = {
    tags,
    summary: 'Cancel an operation; one that has ended stays as it is',
    operationId: 'cancelOperation',
    params: Params,
    response: { 200: Operation },
  };
  app.delete('/api/v1/operations/:id', { schema: end, config: { access: 'operator', problems } }, async (request) => {
    const { id } = request.params;
    const change = { action: 'operation.cancelled', target: id, before: { state: 'running' }, after: { state: 'cancelled' } };
    const record = await operations.cancel(id, (now) => [auditWrite(askedBy(request), change, now)]);
    return record === null ? notFound() : toOperation(id, record);
  });
}
