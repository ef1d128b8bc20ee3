import type { FastifyRequest } from 'fastify';
import type { AskedBy } from '../pipeline/records/audit.ts';
import type { Caller } from './access.ts';

/** Who asks, on a route that wants to know. */
export function callerOf(request: FastifyRequest): Caller {
  if (request.caller === null) throw new Error(`The route ${request.routeOptions.url ?? ''} does not ask who calls it`);
  return request.caller;
}

/** Who asks and by which request, for the audit. */
export function askedBy(request: FastifyRequest): AskedBy {
  const [path = ''] = request.url.split('?');
  return { actor: callerOf(request).name, path, requestId: request.id };
}
