import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Json } from '../findings/json.ts';
import { IDEMPOTENCY } from '../pipeline/records/admin-collections.ts';
import { put, type Store, type Write } from '../pipeline/ports/store.ts';
import { callerOf } from './asked-by.ts';
import { RequestRefused } from './problem.ts';

/** The headers of a POST that starts something. */
export const IdempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      description:
        'A text of your choice. The same request with the same key within 24 hours gets the answer of the first one and starts nothing',
    }),
  ),
});

/** An answer that can be given again. */
export interface KeptAnswer {
  readonly status: number;
  /** The `Location` header; null: none. */
  readonly location: string | null;
  readonly body: Json;
}

/** The state of a request's key. `given`: its earlier answer; null: none yet. */
export interface Idempotency {
  readonly given: KeptAnswer | null;
  /** Writes that keep the answer, for the commit of the request's work; none without a key. After a conflict, the key must be read again. */
  keep(answer: KeptAnswer, now: number): readonly Write[];
}

/** @throws RequestRefused when the key was used for another request */
export async function readIdempotency(store: Store, request: FastifyRequest): Promise<Idempotency> {
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string') return { given: null, keep: () => [] };
  const asked = sha256(JSON.stringify([request.method, request.url, request.body ?? null]));
  const id = sha256(JSON.stringify([callerOf(request).name, key]));
  const [stored] = await store.read(IDEMPOTENCY, [id]);
  if (stored && stored.doc.request !== asked) {
    throw new RequestRefused('idempotency-key-reused', 'The Idempotency-Key came with another request before; take a new one');
  }
  return {
    given: stored?.doc ?? null,
    keep: (answer, now) => [put(IDEMPOTENCY, id, null, { ...answer, request: asked, at: now })],
  };
}

/** Resolves when the answer is on its way. */
export async function sendKept(reply: FastifyReply, { status, location, body }: KeptAnswer): Promise<void> {
  if (location !== null) reply.header('location', location);
  await reply.code(status).send(body);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
