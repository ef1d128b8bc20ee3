import type { FastifyError, FastifyReply, FastifyRequest, FastifySchemaValidationError } from 'fastify';
import { InvalidCursor, StoreUnavailable } from '../pipeline/ports/store.ts';
import { DocumentUnreadable } from '../pipeline/ports/unreadable-document.ts';
import { RequestRefused, sendProblem, type Problem } from './problem.ts';

/** When a client should try again while the store or Jira does not answer, seconds. */
const RETRY_AFTER_S = 5;

/** The most problems that one answer lists. */
const MAX_ERRORS = 20;

/** A parameter's name may have any length. */
const MAX_PATH_LENGTH = 100;

/** Answers any error of a route or the framework. An unknown error is logged, and its text stays hidden. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  if (error instanceof RequestRefused) sendProblem(reply, error.code, error.message, error.extras);
  else if (error instanceof InvalidCursor) sendProblem(reply, 'invalid-cursor', error.message);
  else if (isFastifyError(error) && error.validation !== undefined)
    answerInvalid(error.validation, error.validationContext ?? 'request', reply);
  else if (isLate(error) && request.routeOptions.config.asksJira === true) {
    request.log.warn({ err: error }, 'Could not answer a request, since Jira does not answer');
    sendProblem(reply, 'jira-unavailable', 'Jira does not answer in time; check whether it was done before you try again', {
      retryAfterS: RETRY_AFTER_S,
    });
  } else if (error instanceof StoreUnavailable || isLate(error)) {
    request.log.warn({ err: error }, 'Could not answer a request, since the store does not answer');
    sendProblem(reply, 'store-unavailable', 'The store does not answer; nothing was changed, try again', { retryAfterS: RETRY_AFTER_S });
  } else if (isFastifyError(error) && error.statusCode !== undefined && error.statusCode < 500) {
    answerUnread(error, request, reply);
  } else answerUnexpected(error, request, reply);
}

/** The request is well; the store's data or this service is not. */
function answerUnexpected(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  if (error instanceof DocumentUnreadable) {
    request.log.warn({ err: error }, 'Could not answer a request, since a document of the store cannot be read');
    sendProblem(reply, 'document-unreadable', error.message);
  } else {
    request.log.error({ err: error }, 'Could not answer a request');
    sendProblem(reply, 'internal', 'The request could not be answered; the log says why, under this instance');
  }
}

/** The framework's own errors. Other errors may look alike, but have other codes. */
function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('FST_ERR_');
}

/** The route exceeded its time limit. */
function isLate(error: unknown): boolean {
  return isFastifyError(error) && error.code === 'FST_ERR_HANDLER_TIMEOUT';
}

/** The framework could not read the request. */
function answerUnread({ code }: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') sendProblem(reply, 'body-too-large', 'The body is larger than this address takes');
  else if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') answerContentType(request, reply);
  else sendProblem(reply, 'invalid-request', 'The request could not be read');
}

/** The header is repeated only if it is plain, and never whole if it is long. */
function answerContentType({ headers, server }: FastifyRequest, reply: FastifyReply): void {
  const yaml = server.hasContentTypeParser('application/yaml') ? ' or application/yaml' : '';
  const shown = headers['content-type'] ?? '';
  if (shown === '') sendProblem(reply, 'content-type-missing', `Say what the body is: send Content-Type: application/json${yaml}`);
  else
    sendProblem(
      reply,
      'content-type-unsupported',
      `This address takes application/json${yaml}, not ${shown.slice(0, MAX_PATH_LENGTH).replaceAll(/[^\x20-\x7e]/g, '?')}`,
    );
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
