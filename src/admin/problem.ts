import type { FastifyReply } from 'fastify';
import { Type, type Static } from 'typebox';
import { PROBLEMS, type ProblemCode } from './problem-codes.ts';

/** An error's body, RFC 9457. */
export const Problem = Type.Object(
  {
    type: Type.String({ description: '`urn:findings-to-jira:error:` and the code' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'For people; may change' }),
    code: Type.String({ description: 'Stable, for programs' }),
    instance: Type.String({ description: 'Names this very answer, as the log does (`reqId`)' }),
    errors: Type.Optional(Type.Array(Type.Object({ path: Type.String(), message: Type.String() }))),
    candidates: Type.Optional(Type.Array(Type.Object({ analyzerArn: Type.String() }), { description: 'With `ambiguous-finding`' })),
  },
  { $id: 'Problem', description: 'Every error' },
);

export type Problem = Static<typeof Problem>;

/** What some problems carry besides code and detail. `retryAfterS`: the `Retry-After` header, seconds. */
export interface ProblemExtras {
  readonly errors?: Problem['errors'];
  readonly candidates?: Problem['candidates'];
  readonly retryAfterS?: number;
  /** The `WWW-Authenticate` header. */
  readonly challenge?: string;
}

/** Thrown where a request ends for a reason that its sender may know. */
export class RequestRefused extends Error {
  readonly code: ProblemCode;
  readonly extras: ProblemExtras;
  constructor(code: ProblemCode, detail: string, extras: ProblemExtras = {}) {
    super(detail);
    this.code = code;
    this.extras = extras;
  }
}

/** Answers with a problem. @param detail is shown to the sender */
export function sendProblem(reply: FastifyReply, code: ProblemCode, detail: string, extras: ProblemExtras = {}): void {
  const { status, title } = PROBLEMS[code];
  const { errors, candidates, retryAfterS, challenge } = extras;
  const problem: Problem = {
    type: `urn:findings-to-jira:error:${code}`,
    title,
    status,
    detail,
    code,
    instance: `urn:uuid:${reply.request.id}`,
    ...(errors === undefined ? {} : { errors }),
    ...(candidates === undefined ? {} : { candidates }),
  };
  if (retryAfterS !== undefined) reply.header('retry-after', retryAfterS);
  if (challenge !== undefined) reply.header('www-authenticate', challenge);
  reply.code(status).type('application/problem+json').serializer(JSON.stringify).send(problem);
}
