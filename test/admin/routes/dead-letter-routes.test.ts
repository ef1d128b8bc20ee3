import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { DeadLetterQueue } from '../../../src/pipeline/ports/dead-letter-queue.ts';
import { createKeepUnreadable } from '../../../src/pipeline/accept/keep-unreadable.ts';
import { openAdminSite, type AdminSite, type Answered } from '../../support/admin/admin-site.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { until } from '../../support/until.ts';

const QUEUE = 'https://sqs.eu-central-1.amazonaws.com/111122223333/findings';

/** Keeps a body as intake does. @returns its id */
async function keep({ site }: AdminSite, body: string, because: string): Promise<string> {
  const hash = createHash('sha256').update(body).digest('hex');
  await createKeepUnreadable({ store: site.store, emit: () => undefined })({
    hash,
    body,
    because,
    path: 'detail.status',
    message: 'expected a status',
    queueUrl: QUEUE,
    onlyCopy: true,
  });
  return hash;
}

/** A scripted dead-letter queue. */
function scripted(overrides: Partial<DeadLetterQueue> & { name: string; waiting?: number | null }): DeadLetterQueue {
  const { name, waiting = 0 } = overrides;
  return {
    queueUrl: `https://sqs/${name}`,
    find: async () => (waiting === null ? null : { url: `https://sqs/${name}-dead`, arn: `arn:${name}-dead`, waiting }),
    moveBack: async (from, progress) => {
      await progress(from.waiting);
      return { by: 'move-task', moved: from.waiting };
    },
    ...overrides,
  };
}

async function ended({ ask }: AdminSite, started: Answered): Promise<Record<string, unknown>> {
  const at = String(started.headers['location']);
  await until(async () => (await ask('GET', at)).body['state'] !== 'running', 'it has ended');
  return (await ask('GET', at)).body;
}

describe('dead letters', () => {
  test('are listed with their reason, the newest first, and with their beginning from the role operator on', async () => {
    const opened = await openAdminSite();
    const id = await keep(opened, 'x'.repeat(3_000), 'not-json');
    await keep(opened, 'x'.repeat(3_000), 'not-json');
    const letter = {
      id,
      because: 'not-json',
      path: 'detail.status',
      message: 'expected a status',
      queueUrl: QUEUE,
      times: 2,
      firstSeenAt: expect.any(String),
      lastSeenAt: expect.any(String),
      length: 3_000,
    };
    const seenBy = async (role: 'viewer' | 'operator' | 'admin') => (await opened.ask('GET', '/api/v1/dead-letters', undefined, role)).body;
    expect(await seenBy('viewer')).toEqual({ items: [{ ...letter, body: null }], nextCursor: null });
    for (const role of ['operator', 'admin'] as const) {
      expect(await seenBy(role)).toEqual({ items: [{ ...letter, body: 'x'.repeat(2_000) }], nextCursor: null });
    }
  });

  test('by reason, and in pages', async () => {
    const opened = await openAdminSite();
    for (const n of [1, 2, 3]) await keep(opened, `${n}`, n === 2 ? 'not-an-event' : 'not-json');
    expect((await opened.ask('GET', '/api/v1/dead-letters?because=not-json')).body['items']).toHaveLength(2);
    expect((await opened.ask('GET', '/api/v1/dead-letters?because=none')).body).toEqual({ items: [], nextCursor: null });
    expect((await opened.ask('GET', '/api/v1/dead-letters?limit=2')).body).toMatchObject({
      items: [{}, {}],
      nextCursor: expect.any(String),
    });
  });
});

describe('one dead letter', () => {
  test('is whole for those who may act, and without its body for a viewer', async () => {
    const opened = await openAdminSite();
    const id = await keep(opened, 'x'.repeat(3_000), 'not-json');
    const url = `/api/v1/dead-letters/${id}`;
    const seenBy = async (role: 'viewer' | 'operator') => (await opened.ask('GET', url, undefined, role)).body;
    expect(await seenBy('operator')).toMatchObject({ id, because: 'not-json', queueUrl: QUEUE, length: 3_000, body: 'x'.repeat(3_000) });
    expect(await seenBy('viewer')).toEqual({ ...(await seenBy('operator')), body: null });
  });

  test('is dismissed once: the same answer again, one audit entry, and it is gone', async () => {
    const opened = await openAdminSite();
    const { ask } = opened;
    const id = await keep(opened, 'secret{', 'not-json');
    const other = await keep(opened, '[', 'not-json');
    const url = `/api/v1/dead-letters/${id}`;
    const answers = [await ask('DELETE', url), await ask('DELETE', url, undefined, 'admin')];
    expect(answers[0]).toMatchObject({ status: 200, body: { id, dismissedAt: expect.any(String), dismissedBy: 'otto' } });
    expect(answers[1]).toMatchObject({ status: 200, body: answers[0]?.body });
    expect(await ask('GET', url)).toMatchObject({ status: 404, body: { code: 'dead-letter-not-found' } });
    expect((await ask('GET', '/api/v1/dead-letters')).body).toMatchObject({ items: [{ id: other }] });
    const { items } = (await ask('GET', '/api/v1/audit', undefined, 'admin')).body;
    expect(items).toMatchObject([
      {
        actor: 'otto',
        action: 'dead-letter.dismissed',
        path: url,
        target: id,
        before: { because: 'not-json', queueUrl: QUEUE, times: 1, length: 7 },
        after: null,
      },
    ]);
    expect(JSON.stringify(items)).not.toContain('secret');
  });

  test('that comes again after its dismissal is kept again, and dismissed anew', async () => {
    const opened = await openAdminSite();
    const id = await keep(opened, '{', 'not-json');
    await opened.ask('DELETE', `/api/v1/dead-letters/${id}`);
    await keep(opened, '{', 'not-json');
    expect(await opened.ask('DELETE', `/api/v1/dead-letters/${id}`, undefined, 'admin')).toMatchObject({ body: { dismissedBy: 'anna' } });
    expect((await opened.ask('GET', '/api/v1/dead-letters')).body['items']).toEqual([]);
  });

  test('that never came can neither be seen nor dismissed', async () => {
    const { ask } = await openAdminSite();
    for (const method of ['GET', 'DELETE'] as const)
      expect(await ask(method, '/api/v1/dead-letters/none')).toMatchObject({ status: 404, body: { code: 'dead-letter-not-found' } });
    expect(await ask('DELETE', '/api/v1/dead-letters/none', undefined, 'viewer')).toMatchObject({ status: 403 });
  });
});

describe('a redrive', () => {
  test('reports the messages first, on a dry run', async () => {
    const deadLetterQueues = [scripted({ name: 'one', waiting: 7 }), scripted({ name: 'two', waiting: null })];
    const opened = await openAdminSite({ parts: { deadLetterQueues } });
    await keep(opened, '{}', 'not-an-event');
    expect(await opened.ask('POST', '/api/v1/dead-letters/redrive', { dryRun: true })).toMatchObject({
      status: 200,
      body: {
        dryRun: true,
        count: 8,
        kept: 1,
        queues: [
          { queueUrl: 'https://sqs/one', deadLetterQueueUrl: 'https://sqs/one-dead', waiting: 7, problem: null },
          { queueUrl: 'https://sqs/two', deadLetterQueueUrl: null, waiting: 0, problem: null },
        ],
      },
    });
  });

  test('moves back the messages in SQS, and reads the kept ones again', async () => {
    const deadLetterQueues = [scripted({ name: 'one', waiting: 7 }), scripted({ name: 'two', waiting: null })];
    const opened = await openAdminSite({ parts: { deadLetterQueues } });
    const { site, ask, parts } = opened;
    const event = externalEvent();
    await keep(opened, JSON.stringify(event), 'account-not-allowed');
    await keep(opened, JSON.stringify({ ...event, 'detail-type': 'Access Preview State Change' }), 'unknown-detail-type');
    const broken = await keep(opened, '{broken', 'not-json');
    const started = await ask('POST', '/api/v1/dead-letters/redrive', {});
    expect(started).toMatchObject({ status: 202, body: { kind: 'redrive', state: 'running' } });
    expect(await ended(opened, started)).toMatchObject({
      state: 'done',
      done: 10,
      total: 10,
      result: {
        queues: [
          { queueUrl: 'https://sqs/one', deadLetterQueueUrl: 'https://sqs/one-dead', by: 'move-task', moved: 7, problem: null },
          { queueUrl: 'https://sqs/two', deadLetterQueueUrl: null, by: null, moved: 0, problem: null },
        ],
        kept: { read: 2, unreadable: 1 },
      },
    });
    expect((await ask('GET', '/api/v1/dead-letters')).body).toMatchObject({ items: [{ id: broken }] });
    const [mapping] = Object((await ask('GET', '/api/v1/mappings')).body['items']);
    await parts.reconcile(mapping.group);
    expect(site.jira.issues()).toHaveLength(1);
    expect((await ask('GET', '/api/v1/audit', undefined, 'admin')).body).toMatchObject({
      items: [{ action: 'dead-letters.redriven', actor: 'otto' }],
    });
  });

  test('of queues that share a dead-letter queue moves it once', async () => {
    const shared = async () => ({ url: 'https://sqs/dead', arn: 'arn:dead', waiting: 4 });
    const deadLetterQueues = ['one', 'two'].map((name) => scripted({ name, find: shared }));
    const opened = await openAdminSite({ parts: { deadLetterQueues } });
    const result = (await ended(opened, await opened.ask('POST', '/api/v1/dead-letters/redrive', {})))['result'];
    expect(result).toMatchObject({ queues: [{ queueUrl: 'https://sqs/one', moved: 4 }] });
  });

  test('of a queue that cannot be read, or whose move fails, reports why and goes on with the others', async () => {
    const away = async (): Promise<never> => {
      throw Object.assign(new Error('You may not'), { name: 'AccessDenied' });
    };
    const breaks: DeadLetterQueue['moveBack'] = async (_from, progress) => {
      await progress(2);
      throw new Error('gone');
    };
    const deadLetterQueues = [
      scripted({ name: 'one', find: away }),
      scripted({ name: 'two', waiting: 5, moveBack: breaks }),
      scripted({ name: 'three', waiting: 1 }),
    ];
    const opened = await openAdminSite({ parts: { deadLetterQueues } });
    expect((await opened.ask('POST', '/api/v1/dead-letters/redrive', { dryRun: true })).body).toMatchObject({
      count: 6,
      queues: [{ problem: 'AccessDenied: You may not' }, {}, {}],
    });
    expect(await ended(opened, await opened.ask('POST', '/api/v1/dead-letters/redrive', {}))).toMatchObject({
      state: 'done',
      result: {
        queues: [
          { moved: 0, problem: 'AccessDenied: You may not' },
          { moved: 2, problem: 'Error: gone' },
          { moved: 1, problem: null },
        ],
      },
    });
  });

  test('that is cancelled ends', async () => {
    const slow: DeadLetterQueue['moveBack'] = async (_from, progress) => {
      for (let moved = 1; ; moved += 1) {
        await progress(moved);
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const opened = await openAdminSite({ parts: { deadLetterQueues: [scripted({ name: 'one', waiting: 5, moveBack: slow })] } });
    const started = await opened.ask('POST', '/api/v1/dead-letters/redrive', {});
    expect(await opened.ask('DELETE', String(started.headers['location']))).toMatchObject({ status: 200, body: { state: 'cancelled' } });
    expect(await ended(opened, started)).toMatchObject({ state: 'cancelled', result: null });
  });

  test.each([undefined, { dryRun: 'no' }, { filter: {} }, []])('asked with %j is refused', async (body) => {
    const { ask } = await openAdminSite();
    expect(await ask('POST', '/api/v1/dead-letters/redrive', body)).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  });
});
