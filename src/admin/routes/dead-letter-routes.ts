import { Type, type Static } from 'typebox';
import { UNREADABLE, type UnreadableRecord } from '../../pipeline/records/unreadable-collections.ts';
import type { DeadLetterQueue } from '../../pipeline/ports/dead-letter-queue.ts';
import type { Operations } from '../../pipeline/operations/operations.ts';
import type { DismissDeadLetter } from '../../pipeline/admin-actions/dismiss-dead-letter.ts';
import { planRedrive } from '../../pipeline/admin-actions/redrive.ts';
import type { Store } from '../../pipeline/ports/store.ts';
import { mayAct } from '../access.ts';
import type { AdminApp } from '../admin-app.ts';
import { askedBy, callerOf } from '../asked-by.ts';
import { DryRun } from './bulk.ts';
import { IdempotencyHeaders } from '../idempotency.ts';
import { startOperation, Started } from './operation.ts';
import { Exact, PageOf, PageQuery, pageQuery } from '../page-query.ts';
import { RequestRefused } from '../problem.ts';

/** Characters of a body that the list shows: enough to recognize it. */
const MAX_SHOWN = 2_000;

const Time = Type.String({ format: 'date-time' });

const DeadLetter = Type.Object(
  {
    id: Type.String({ description: 'sha256 of the body, hex; as `hash` in the log' }),
    because: Type.String({ description: 'Why it could not be read; docs/operations/reference.md lists the reasons' }),
    path: Type.String({ description: 'Where in the message; empty: the whole message' }),
    message: Type.String({ description: 'The expected content at this place' }),
    queueUrl: Type.String(),
    times: Type.Integer({ minimum: 1, description: 'How often it was delivered' }),
    firstSeenAt: Time,
    lastSeenAt: Time,
    body: Type.Union([Type.String(), Type.Null()], {
      description: `Its first ${MAX_SHOWN} characters; null: only for the roles operator and admin`,
    }),
    length: Type.Integer({ minimum: 0, description: 'Characters of the whole body' }),
  },
  { description: 'A message that could not be read. It is kept until 14 days after its last delivery' },
);

const WholeDeadLetter = Type.Object(
  {
    ...DeadLetter.properties,
    body: Type.Union([Type.String(), Type.Null()], { description: 'The whole body; null: only for the roles operator and admin' }),
  },
  { description: 'A message that could not be read' },
);

const DismissedLetter = Type.Object(
  { id: Type.String(), dismissedAt: Time, dismissedBy: Type.String() },
  { description: 'The message is no longer kept; the same answer again if it was dismissed before' },
);

const OneParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });

const Plan = Type.Object(
  {
    dryRun: Type.Literal(true),
    count: Type.Integer({ minimum: 0, description: 'Approximate number of messages in the dead-letter queues and in the store' }),
    kept: Type.Integer({ minimum: 0, description: 'Messages in the store' }),
    queues: Type.Array(
      Type.Object({
        queueUrl: Type.String(),
        deadLetterQueueUrl: Type.Union([Type.String(), Type.Null()], { description: 'null: the queue has no redrive policy' }),
        waiting: Type.Integer({ minimum: 0 }),
        problem: Type.Union([Type.String(), Type.Null()], { description: 'Why the queue cannot be read' }),
      }),
    ),
  },
  { description: 'With `dryRun`: nothing was done' },
);

const Redrive = Type.Object({ dryRun: DryRun }, { additionalProperties: false });

export interface DeadLetterRoutesDeps {
  readonly store: Store;
  readonly operations: Operations;
  readonly deadLetterQueues: readonly DeadLetterQueue[];
  readonly dismissDeadLetter: DismissDeadLetter;
}

/** Messages that could not be read, and their redrive. */
export function addDeadLetterRoutes(app: AdminApp, deps: DeadLetterRoutesDeps): void {
  const { store } = deps;
  const tags = ['dead letters'];

  const list = {
    tags,
    summary: 'Messages that could not be read, the newest first',
    operationId: 'listDeadLetters',
    querystring: Type.Object({ because: Exact('Such as not-json'), ...PageQuery }, { additionalProperties: false }),
    response: { 200: PageOf(DeadLetter) },
  };
  app.get('/api/v1/dead-letters', { schema: list, config: { access: 'viewer', problems: ['invalid-cursor'] } }, async (request) => {
    const { because, ...page } = request.query;
    const { items, nextCursor } = await store.page(UNREADABLE, pageQuery(page, because === undefined ? [] : [`because:${because}`]));
    // Findings are meant for viewers; an unreadable body may hold anything.
    const showsBody = mayAct(callerOf(request).role, 'operator');
    return { items: items.map(({ id, doc }) => toDeadLetter(id, doc, showsBody ? MAX_SHOWN : null)), nextCursor };
  });

  const problems = ['dead-letter-not-found'] as const;
  const notFound = (): never => {
    throw new RequestRefused('dead-letter-not-found', 'No message of this id is kept; it may have been read again, or have expired');
  };

  const one = {
    tags,
    summary: 'One message that could not be read, with its whole body for those who may act',
    operationId: 'getDeadLetter',
    params: OneParams,
    response: { 200: WholeDeadLetter },
  };
  app.get('/api/v1/dead-letters/:id', { schema: one, config: { access: 'viewer', problems } }, async (request) => {
    const { id } = request.params;
    const [stored] = await store.read(UNREADABLE, [id]);
    return stored ? toDeadLetter(id, stored.doc, mayAct(callerOf(request).role, 'operator') ? Infinity : null) : notFound();
  });

  const dismiss = {
    tags,
    summary: 'Dismiss a message that could not be read: it is no longer kept',
    operationId: 'dismissDeadLetter',
    params: OneParams,
    response: { 200: DismissedLetter },
  };
  app.delete('/api/v1/dead-letters/:id', { schema: dismiss, config: { access: 'operator', problems } }, async (request) => {
    const { id } = request.params;
    const dismissed = await deps.dismissDeadLetter(id, askedBy(request));
    return dismissed === null ? notFound() : { id, dismissedAt: new Date(dismissed.at).toISOString(), dismissedBy: dismissed.by };
  });

  const redrive = {
    tags,
    summary: 'Move dead letters back to their queues, and read the kept messages again',
    operationId: 'redriveDeadLetters',
    body: Redrive,
    headers: IdempotencyHeaders,
    response: { 200: Plan, 202: Started },
  };
  app.post(
    '/api/v1/dead-letters/redrive',
    { schema: redrive, config: { access: 'operator', problems: ['idempotency-key-reused'] } },
    async (request, reply) => {
      const { dryRun } = request.body;
      if (dryRun === true) return reply.send({ dryRun, ...(await planRedrive(deps)) });
      const audit = { action: 'dead-letters.redriven', target: 'dead-letters', after: null };
      return startOperation(deps, request, reply, { kind: 'redrive', input: null, ...audit });
    },
  );
}

/** @param shown characters of the body; null: none */
function toDeadLetter(id: string, record: UnreadableRecord, shown: number | null): Static<typeof DeadLetter> {
  const { because, path, message, queueUrl, times, body, firstSeenAt, lastSeenAt } = record;
  return {
    id,
    because,
    path,
    message,
    queueUrl,
    times,
    firstSeenAt: new Date(firstSeenAt).toISOString(),
    lastSeenAt: new Date(lastSeenAt).toISOString(),
    body: shown === null ? null : body.slice(0, shown),
    length: body.length,
  };
}
