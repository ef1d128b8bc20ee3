import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { RequestRefused } from './problem.ts';

/** The header of every write to the rules. */
export const IfMatch = Type.Object({
  'if-match': Type.Optional(
    Type.String({ maxLength: 100, description: 'Required: the `ETag` of the rules that the change is based on, such as "12"' }),
  ),
});

/**
 * The revision that a change is based on, as the request says.
 * @returns null when this service never gave out such a tag
 * @throws RequestRefused when the request names none
 */
export function revisionOf(request: FastifyRequest): number | null {
  const header = request.headers['if-match'];
  if (header === undefined) {
    throw new RequestRefused('precondition-required', 'Send If-Match with the ETag of the rules that the change was made of');
  }
  const revision = /^(?:W\/)?"?(\d{1,15})"?$/.exec(header.trim())?.[1];
  return revision === undefined ? null : Number(revision);
}

export function tagRevision(reply: FastifyReply, revision: number): FastifyReply {
  return reply.header('etag', `"${revision}"`);
}
