import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import type { Json } from '../../findings/json.ts';
import { auditWrite } from '../../pipeline/records/audit.ts';
import { type OperationRecord } from '../../pipeline/records/operation-record.ts';
import type { NewOperation, Operations } from '../../pipeline/operations/operations.ts';
import type { Store } from '../../pipeline/ports/store.ts';
import { askedBy, callerOf } from '../asked-by.ts';
import { readIdempotency, sendKept } from '../idempotency.ts';
import { OPERATION_KINDS } from '../../pipeline/ports/operation-kind.ts';

const Time = Type.String({ format: 'date-time' });

/** A long operation, as the API shows it. */
export const Operation = Type.Object(
  {
    id: Type.String(),
    kind: Type.Enum(OPERATION_KINDS),
    state: Type.Enum(['running', 'done', 'failed', 'cancelled']),
    done: Type.Integer({ minimum: 0, description: 'Steps done so far' }),
    total: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], { description: 'All steps; null: not known yet' }),
    result: Type.Unknown({ description: 'The result so far, or at the end; its form depends on the kind' }),
    error: Type.Union([Type.Object({ code: Type.String(), message: Type.String() }), Type.Null()], { description: 'Why it failed' }),
    startedBy: Type.String(),
    startedAt: Time,
    endedAt: Type.Union([Time, Type.Null()]),
  },
  { description: 'A long operation with its progress and its result. Kept for seven days after its end' },
);

export function toOperation(id: string, record: OperationRecord): Static<typeof Operation> {
  const { kind, state, done, total, result, error, startedBy, startedAt, endedAt } = record;
  const times = { startedAt: new Date(startedAt).toISOString(), endedAt: endedAt === null ? null : new Date(endedAt).toISOString() };
  return { id, kind, state, done, total, result, error, startedBy, ...times };
}

export function operationUrl(id: string): string {
  return `/api/v1/operations/${id}`;
}

/** The body of a 202; the operation itself is at `Location`. */
export const Started = Type.Object(
  { id: Type.String(), kind: Type.Enum(OPERATION_KINDS), state: Type.Literal('running') },
  { description: 'Started; `Location` shows the progress' },
);

export interface StartDeps {
  readonly store: Store;
  readonly operations: Operations;
}

/**
 * Starts an operation, in one commit with its audit entry, once for each `Idempotency-Key`, and answers 202 with its address.
 * @param wanted `action`, `target` and `after` go into the audit entry
 */
export async function startOperation(
  { store, operations }: StartDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  wanted: Pick<NewOperation, 'kind' | 'input' | 'run'> & { readonly action: string; readonly target: string; readonly after: Json },
): Promise<void> {
  const { action, target, after, ...operation } = wanted;
  for (;;) {
    const idempotency = await readIdempotency(store, request);
    if (idempotency.given !== null) return sendKept(reply, idempotency.given);
    const answerOf = (id: string) => ({
      status: 202,
      location: operationUrl(id),
      body: { id, kind: operation.kind, state: 'running' },
    });
    const started = await operations.start({
      ...operation,
      startedBy: callerOf(request).name,
      alongside: (id, now) => [
        auditWrite(askedBy(request), { action, target, before: null, after }, now),
        ...idempotency.keep(answerOf(id), now),
      ],
    });
    if (started.started) return sendKept(reply, answerOf(started.id));
  }
}
