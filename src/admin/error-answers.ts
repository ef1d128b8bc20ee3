import type { FastifyError, FastifyReply, FastifyRequest, FastifySchemaValidationError } from 'fastify';
import { InvalidCursor, StoreUnavailable } from '../pipeline/ports/store.ts';
import { RequestRefused, sendProblem, type Problem } from './problem.ts';

/** How long a client should leave a store alone that does not answer. */
const RETRY_AFTER_S = 5;

/** More problems of one request help nobody. */
const MAX_ERRORS = 20;

/** A parameter's name may be anything. */
const MAX_PATH_LENGTH = 100;

/** Answers whatever a route or the framework threw. What is not ours is logged and stays hidden. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  if (error instanceof RequestRefused) sendProblem(reply, error.code, error.message, error.extras);
  else if (error instanceof InvalidCursor) sendProblem(reply, 'invalid-cursor', error.message);
  else if (isFastifyError(error) && error.validation !== undefined)
    answerInvalid(error.validation, error.validationContext ?? 'request', reply);
  else if (isLate(error) && request.routeOptions.config.asksJira === true) {
    request.log.warn({ err: error }, 'Could not answer, since Jira does not');
    sendProblem(reply, 'jira-unavailable', 'Jira does not answer in time; look whether it was done before you try again', {
      retryAfterS: RETRY_AFTER_S,
    });
  } else if (error instanceof StoreUnavailable || isLate(error)) {
    request.log.warn({ err: error }, 'Could not answer, since the store does not');
    sendProblem(reply, 'store-unavailable', 'The store does not answer; nothing was changed, try again', { retryAfterS: RETRY_AFTER_S });
  } else if (isFastifyError(error) && error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    sendProblem(reply, 'body-too-large', 'The body is larger than this address takes');
  } else if (isFastifyError(error) && error.statusCode !== undefined && error.statusCode < 500) {
    sendProblem(reply, 'invalid-request', 'The request could not be read');
  } else {
    request.log.error({ err: error }, 'Could not answer a request');
    sendProblem(reply, 'internal', 'The request could not be answered; the log says why, under this instance');
  }
}

/** What the framework itself says of a request. Errors of others may look alike, but have other codes. */
function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('FST_ERR_');
}

/** The route took longer than an answer may. */
function isLate(error: unknown): boolean {
  return isFastifyError(error) && error.code === 'FST_ERR_HANDLER_TIMEOUT';
}

function answerInvalid(validation: readonly FastifySchemaValidationError[], context: string, reply: FastifyReply): void {
  // Unknown parameters are reported one by one, and once more all together.
  const errors = validation
    .filter(({ keyword }) => keyword !== 'additionalProperties')
    .slice(0, MAX_ERRORS)
    .map(describe);
  sendProblem(reply, 'invalid-request', `See errors: what is wrong with the ${context}`, { errors });
}

function describe({ keyword, instancePath, params, message }: FastifySchemaValidationError): NonNullable<Problem['errors']>[number] {
  const path = instancePath.slice(1).replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~').slice(0, MAX_PATH_LENGTH);
  if (keyword === 'boolean') return { path, message: 'is not known here' };
  const allowed = keyword === 'enum' && Array.isArray(params['allowedValues']) ? `: ${params['allowedValues'].join(', ')}` : '';
  return { path, message: `${message ?? 'is not valid'}${allowed}` };
}
