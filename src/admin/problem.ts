import type { FastifyReply } from 'fastify';
import { Type, type Static } from 'typebox';
import type { RuleChanges as Changes } from '../rules/rule-changes.ts';
import { PROBLEMS, type ProblemCode } from './problem-codes.ts';
import { RuleChanges } from './rule-changes-answer.ts';

/** An error's body, RFC 9457. */
export const Problem = Type.Object(
  {
    type: Type.String({ description: '`urn:findings-to-jira:error:` and the code' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'For people; may change' }),
    code: Type.String({ description: 'Stable, for programs' }),
    instance: Type.String({ description: 'Identifies this answer, as in the log (`reqId`)' }),
    errors: Type.Optional(
      Type.Array(Type.Object({ path: Type.String(), message: Type.String(), code: Type.Optional(Type.String()) }), {
        description: 'Every mistake with its place',
      }),
    ),
    candidates: Type.Optional(Type.Array(Type.Object({ analyzerArn: Type.String() }), { description: 'With `ambiguous-finding`' })),
    holder: Type.Optional(
      Type.Union(
        [
          Type.Object({
            group: Type.String(),
            findingId: Type.Union([Type.String(), Type.Null()]),
            analyzerArn: Type.Union([Type.String(), Type.Null()]),
          }),
          Type.Null(),
        ],
        {
          description: 'With `issue-serves-another-group`: the group that has the issue, and its first finding; null: another installation',
        },
      ),
    ),
    revision: Type.Optional(Type.Integer({ description: 'With `revision-stale`: the current one' })),
    changes: Type.Optional(
      Type.Union([RuleChanges, Type.Null()], { description: 'With `revision-stale`: the differences; null: not known' }),
    ),
    openIssues: Type.Optional(Type.Integer({ description: 'With `backtest-required`: how many open issues the draft touches' })),
  },
  { $id: 'Problem', description: 'The body of every error' },
);

export type Problem = Static<typeof Problem>;

/** Members of some problems besides code and detail. `retryAfterS`: the `Retry-After` header, seconds. */
export interface ProblemExtras {
  readonly errors?: readonly { readonly path: string; readonly message: string; readonly code?: string }[];
  readonly candidates?: Problem['candidates'];
  readonly holder?: Problem['holder'];
  readonly revision?: number;
  readonly changes?: Changes | null;
  readonly openIssues?: number;
  readonly retryAfterS?: number;
  /** The `WWW-Authenticate` header. */
  readonly challenge?: string;
}

/** Ends a request for a reason that the caller may know. */
export class RequestRefused extends Error {
  readonly code: ProblemCode;
  readonly extras: ProblemExtras;
  constructor(code: ProblemCode, detail: string, extras: ProblemExtras = {}) {
    super(detail);
    this.code = code;
    this.extras = extras;
  }
}

/** Answers with a problem. @param detail shown to the caller */
export function sendProblem(reply: FastifyReply, code: ProblemCode, detail: string, extras: ProblemExtras = {}): void {
  const { status, title } = PROBLEMS[code];
  const { retryAfterS, challenge, ...members } = extras;
  const problem = {
    type: `urn:findings-to-jira:error:${code}`,
    title,
    status,
    detail,
    code,
    instance: `urn:uuid:${reply.request.id}`,
    ...members,
  };
  if (retryAfterS !== undefined) reply.header('retry-after', retryAfterS);
  if (challenge !== undefined) reply.header('www-authenticate', challenge);
  reply.code(status).type('application/problem+json').serializer(JSON.stringify).send(problem);
}
