import type { FastifyError, FastifyReply, FastifyRequest, FastifySchemaValidationError } from 'fastify';
import { InvalidCursor, StoreUnavailable } from '../pipeline/store.ts';
import { RequestRefused, sendProblem, type Problem } from './problem.ts';

/** How long a client should leave a store alone that does not answer. */
const RETRY_AFTER_S = 5;

/** More problems of one request help nobody. */
const MAX_ERRORS = 20;

/** Answers whatever a route or the framework threw. What is not ours is logged and stays hidden. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  if (error instanceof RequestRefused) sendProblem(reply, error.code, error.message, error.extras);
  else if (error instanceof InvalidCursor) sendProblem(reply, 'invalid-cursor', error.message);
  else if (isFastifyError(error) && error.validation !== undefined)
    answerInvalid(error.validation, error.validationContext ?? 'request', reply);
  else if (error instanceof StoreUnavailable || (isFastifyError(error) && error.code === 'FST_ERR_HANDLER_TIMEOUT')) {
    request.log.warn({ err: error }, 'Could not answer, since the store does not');
    sendProblem(reply, 'store-unavailable', 'The store does not answer; nothing was changed, try again', { retryAfterS: RETRY_AFTER_S });
  } else if (isFastifyError(error) && error.statusCode !== undefined && error.statusCode < 500) {
    sendProblem(reply, 'invalid-request', 'The request could not be read');
  } else {
    request.log.error({ err: error }, 'Could not answer a request');
    sendProblem(reply, 'internal', 'The request could not be answered; the log says why, under this instance');
  }
}

function isFastifyError(error: unknown): error is FastifyError {
  return (
    error instanceof Error && 'code' in error && (('statusCode' in error && typeof error.statusCode === 'number') || 'validation' in error)
  );
}

function answerInvalid(validation: readonly FastifySchemaValidationError[], context: string, reply: FastifyReply): void {
  // An unknown parameter is reported twice, once with nothing but the word false.
  const errors = validation
    .filter(({ keyword }) => keyword !== 'boolean')
    .flatMap(describe)
    .slice(0, MAX_ERRORS);
  sendProblem(reply, 'invalid-request', `See errors: what is wrong with the ${context}`, { errors });
}

function describe({ keyword, instancePath, params, message }: FastifySchemaValidationError): NonNullable<Problem['errors']> {
  if (keyword === 'additionalProperties')
    return namesOf(params['additionalProperties']).map((path) => ({ path, message: 'is not known here' }));
  const allowed = keyword === 'enum' ? `: ${namesOf(params['allowedValues']).join(', ')}` : '';
  return [{ path: instancePath.slice(1).replaceAll('/', '.'), message: `${message ?? 'is not valid'}${allowed}` }];
}

function namesOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string').map((name) => name.slice(0, 100)) : [];
}
