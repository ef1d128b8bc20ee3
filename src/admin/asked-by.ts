import type { FastifyRequest } from 'fastify';
import type { AskedBy } from '../pipeline/records/audit.ts';
import type { Caller } from './access.ts';

/** The caller, on a route that needs one. */
export function callerOf(request: FastifyRequest): Caller {
  if (request.caller === null) throw new Error(`The route ${request.routeOptions.url ?? ''} does not ask who calls it`);
  return request.caller;
}

/** The caller and the request, for the audit. */
export function askedBy(request: FastifyRequest): AskedBy {
  const [path = ''] = request.url.split('?');
  return { actor: callerOf(request).name, path, requestId: request.id };
}
