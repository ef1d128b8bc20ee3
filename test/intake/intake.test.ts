import { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createIntake, type Intake, type IntakeDeps } from '../../src/intake/intake.ts';
import { createSqsQueue, type SqsQueue } from '../../src/intake/sqs-queue.ts';
import type { Finding } from '../../src/findings/finding.ts';
import type { Accepted } from '../../src/pipeline/accept/accept-finding.ts';
import type { ServiceEvent } from '../../src/pipeline/ports/service-event.ts';
import type { UnreadableMessage } from '../../src/pipeline/accept/keep-unreadable.ts';
import { StoreUnavailable } from '../../src/pipeline/ports/store.ts';
import { startSqsEmulator, type SqsEmulator, type SqsEmulatorOptions } from '../../src/sandbox/sqs/sqs-emulator.ts';
import { externalEvent } from '../support/findings/finding-events.ts';
import { hubEvent, inspectorAsff, notification, subscriptionMessage, TOPIC_ARN, unusedAsff } from '../support/findings/message-shapes.ts';
import { systemClock } from '../support/jira/scripted-jira.ts';
import { until } from '../support/until.ts';

const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

async function emulator(options: SqsEmulatorOptions = {}): Promise<SqsEmulator> {
  const sqs = await startSqsEmulator(options);
  onTestFinished(() => sqs.close());
  return sqs;
}

function queueOf(sqs: SqsEmulator): SqsQueue {
  const client = new SQSClient({ endpoint: sqs.endpoint, region: 'eu-central-1', credentials: CREDENTIALS, maxAttempts: 1 });
  onTestFinished(() => client.destroy());
  return createSqsQueue(client, sqs.queueUrl);
}

interface Bench {
  readonly intake: Intake;
  /** Finding ids, in the order in which they were accepted. */
  readonly accepted: string[];
  readonly kept: UnreadableMessage[];
  readonly told: ServiceEvent[];
}

/** What accepts findings, one by one. */
type Accept = (finding: Finding) => Promise<Accepted>;

/** Intake on queues, with a fake store. Stops with the test. */
function start(queues: readonly SqsQueue[], { accept, ...overrides }: Partial<IntakeDeps & { readonly accept: Accept }> = {}): Bench {
  const [accepted, kept, told]: [string[], UnreadableMessage[], ServiceEvent[]] = [[], [], []];
  const acceptOne: Accept = async ({ findingId }) => {
    accepted.push(findingId);
    return { group: 'f-x', because: 'new' };
  };
  const intake = createIntake({
    queues,
    loopsPerQueue: 1,
    acceptBatch: (findings) => Promise.allSettled(findings.map(accept ?? acceptOne)),
    keepUnreadable: async (message) => {
      kept.push(message);
      return { kept: true };
    },
    storeReady: async () => undefined,
    storeFailed: () => undefined,
    allowedAccounts: null,
    clock: systemClock,
    emit: (event) => void told.push(event),
    random: () => 0,
    ...overrides,
  });
  intake.start();
  onTestFinished(() => intake.stop());
  return { intake, accepted, kept, told };
}

const finding = (id: string): string => JSON.stringify(externalEvent({ detail: { id } }));
const gone = async (sqs: SqsEmulator): Promise<boolean> => {
  const { waiting, inFlight } = await sqs.depth();
  return waiting === 0 && inFlight === 0;
};

/** Lets a test decide when something ends. */
function gate(): { readonly passed: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: resolve };
}

test('a message is deleted after its finding is safe, and not before', async () => {
  const sqs = await emulator();
  await sqs.send(finding('one'));
  const store = gate();
  let asked = 0;
  start([queueOf(sqs)], {
    accept: async () => {
      asked += 1;
      await store.passed;
      return { group: 'f-x', because: 'new' };
    },
  });
  await until(() => asked === 1, 'the finding is handed on');
  expect(await sqs.depth()).toMatchObject({ waiting: 0, inFlight: 1 });
  store.open();
  await until(() => gone(sqs), 'the message is deleted');
  expect(asked).toBe(1);
});

test('many messages come in batches and each is handed on', async () => {
  const sqs = await emulator();
  const ids = Array.from({ length: 25 }, (_, index) => `finding-${index}`);
  for (const id of ids) await sqs.send(finding(id));
  const { accepted } = start([queueOf(sqs)], { loopsPerQueue: 2 });
  await until(() => gone(sqs), 'all are deleted');
  expect(accepted.toSorted()).toEqual(ids.toSorted());
});

test.each<readonly [string, Error, ServiceEvent['what']]>([
  ['the store is away', new StoreUnavailable('test'), 'store-unavailable'],
  ['the service has a fault', new TypeError('test'), 'internal-error'],
])('while %s the message stays in SQS and comes again', async (_, error, what) => {
  const sqs = await emulator({ visibilitySeconds: 1, withDeadLetterQueue: false });
  await sqs.send(finding('one'));
  let tries = 0;
  const { told } = start([queueOf(sqs)], {
    accept: async () => {
      tries += 1;
      if (tries < 3) throw error;
      return { group: 'f-x', because: 'new' };
    },
  });
  await until(() => gone(sqs), 'it is deleted in the end');
  expect(tries).toBe(3);
  expect(told.filter((event) => event.what === what)).toHaveLength(2);
});

test('a message that fails does not stop the others', async () => {
  const sqs = await emulator({ visibilitySeconds: 3_600 });
  for (const id of ['good-1', 'bad', 'good-2']) await sqs.send(finding(id));
  start([queueOf(sqs)], {
    accept: async ({ findingId }) => {
      if (findingId === 'bad') throw new StoreUnavailable('test');
      return { group: 'f-x', because: 'new' };
    },
  });
  await until(async () => (await sqs.depth()).inFlight + (await sqs.depth()).waiting === 1, 'the good ones are deleted');
});

test('an unreadable message is kept and left to the redrive policy', async () => {
  const sqs = await emulator({ visibilitySeconds: 1 });
  await sqs.send('not JSON at all');
  const { kept, told, accepted } = start([queueOf(sqs)]);
  await until(async () => (await sqs.depth()).deadLettered === 1, 'SQS gives it up', 20_000);
  expect(kept).toHaveLength(5);
  expect(new Set(kept.map(({ hash }) => hash)).size).toBe(1);
  expect(kept[0]).toEqual({
    hash: '9c40ad81c6c9ed0a2cb8d742fc2e755c6ce2cb74c3c2bfe7745074fc44b0180d',
    body: 'not JSON at all',
    because: 'not-json',
    path: '',
    message: 'expected JSON',
    queueUrl: sqs.queueUrl,
    onlyCopy: false,
  });
  expect(told).toContainEqual({ what: 'message-unreadable', because: 'not-json', path: '', hash: kept[0]?.hash, bytes: 15 });
  expect(accepted).toEqual([]);
});

test('without a redrive policy it is kept and then deleted', async () => {
  const sqs = await emulator({ withDeadLetterQueue: false });
  await sqs.send('not JSON at all');
  const { kept } = start([queueOf(sqs)]);
  await until(() => gone(sqs), 'it is deleted');
  expect(kept).toMatchObject([{ onlyCopy: true }]);
});

test('where no redrive policy is and no room is left, it stays in SQS until there is room', async () => {
  const sqs = await emulator({ withDeadLetterQueue: false, visibilitySeconds: 1 });
  await sqs.send('not JSON at all');
  let tries = 0;
  const { told } = start([queueOf(sqs)], {
    keepUnreadable: async () => {
      tries += 1;
      return tries < 3 ? { kept: false, because: 'full' } : { kept: true };
    },
  });
  await until(() => gone(sqs), 'it is deleted after it was kept');
  expect(tries).toBe(3);
  expect(told.filter(({ what }) => what === 'unreadable-left-in-queue')).toMatchObject([{ bytes: 15 }, { queueUrl: sqs.queueUrl }]);
});

test('where the queue does not say whether it has a redrive policy, it is kept as the only copy, and not deleted', async () => {
  const sqs = await emulator({ visibilitySeconds: 3_600 });
  await sqs.send('not JSON at all');
  const queue: SqsQueue = { ...queueOf(sqs), attributes: () => Promise.reject(new Error('AccessDenied')) };
  const { kept, told } = start([queue]);
  await until(() => told.some(({ what }) => what === 'internal-error'), 'it is told');
  expect(kept).toMatchObject([{ onlyCopy: true }]);
  expect(await sqs.depth()).toMatchObject({ inFlight: 1 });
});

test('an unreadable message that cannot be kept stays in SQS', async () => {
  const sqs = await emulator({ withDeadLetterQueue: false, visibilitySeconds: 1 });
  await sqs.send('not JSON at all');
  let tries = 0;
  start([queueOf(sqs)], {
    keepUnreadable: async () => {
      tries += 1;
      if (tries === 1) throw new StoreUnavailable('test');
      return { kept: true };
    },
  });
  await until(() => gone(sqs), 'it is deleted after it was kept');
  expect(tries).toBe(2);
});

test('an unwanted message is deleted and reported', async () => {
  const sqs = await emulator();
  await sqs.send(JSON.stringify({ source: 'aws.access-analyzer', 'detail-type': 'Access Preview State Change', detail: {} }));
  const { kept, accepted, told } = start([queueOf(sqs)]);
  await until(() => gone(sqs), 'it is deleted');
  expect([kept, accepted]).toEqual([[], []]);
  expect(told).toEqual([{ what: 'message-ignored', because: 'access-preview' }]);
});

const hubBody = (...findings: readonly unknown[]): string => JSON.stringify(hubEvent(findings));
const unusedOf = (findingId: string): object => unusedAsff({ ProductFields: { findingId, findingType: 'UnusedPermission' } });

test('a message with several findings: each is accepted, the message is deleted when all are safe', async () => {
  const sqs = await emulator();
  await sqs.send(hubBody(unusedOf('one'), inspectorAsff(), unusedOf('two')));
  const store = gate();
  const asked: string[] = [];
  const { told, kept } = start([queueOf(sqs)], {
    accept: async ({ findingId }) => {
      asked.push(findingId);
      if (findingId === 'two') await store.passed;
      return { group: 'f-x', because: 'new' };
    },
  });
  await until(() => asked.length === 2, 'both are handed on');
  expect(await sqs.depth()).toMatchObject({ waiting: 0, inFlight: 1 });
  store.open();
  await until(() => gone(sqs), 'the message is deleted');
  expect(asked.toSorted()).toEqual(['one', 'two']);
  expect(kept).toEqual([]);
  expect(told).toEqual([{ what: 'message-ignored', because: 'other-product' }]);
});

test('one failing finding of a message does not stop the others, and the message comes again', async () => {
  const sqs = await emulator({ visibilitySeconds: 1, withDeadLetterQueue: false });
  await sqs.send(hubBody(unusedOf('bad'), unusedOf('good')));
  let failures = 0;
  const accepted: string[] = [];
  const { told } = start([queueOf(sqs)], {
    accept: async ({ findingId }) => {
      if (findingId === 'bad' && failures < 2) {
        failures += 1;
        throw failures === 1 ? new StoreUnavailable('test') : new TypeError('test');
      }
      accepted.push(findingId);
      return { group: 'f-x', because: 'new' };
    },
  });
  await until(() => gone(sqs), 'it is deleted in the end');
  expect(accepted.toSorted()).toEqual(['bad', 'good', 'good', 'good']);
  expect(told.map(({ what }) => what)).toEqual(['store-unavailable', 'internal-error']);
});

test('each failing finding of a message is reported', async () => {
  const sqs = await emulator({ visibilitySeconds: 3_600 });
  await sqs.send(hubBody(unusedOf('bad-1'), unusedOf('bad-2')));
  const { told } = start([queueOf(sqs)], {
    accept: async () => Promise.reject(new TypeError('test')),
  });
  await until(() => told.length === 2, 'both are reported');
  expect(told.map(({ what }) => what)).toEqual(['internal-error', 'internal-error']);
  expect(await sqs.depth()).toMatchObject({ waiting: 0, inFlight: 1 });
});

test('an unreadable finding of a message is kept alone, and the others are accepted', async () => {
  const sqs = await emulator({ withDeadLetterQueue: false });
  const poison = unusedAsff({ Resources: [] });
  await sqs.send(hubBody(unusedOf('one'), poison, unusedOf('two')));
  const { accepted, kept } = start([queueOf(sqs)]);
  await until(() => gone(sqs), 'it is deleted');
  expect(accepted.toSorted()).toEqual(['one', 'two']);
  expect(kept).toMatchObject([{ because: 'not-a-finding', path: 'detail.findings.1.Resources', body: hubBody(poison) }]);
});

test('such a message is left to the redrive policy like every unreadable message', async () => {
  const sqs = await emulator({ visibilitySeconds: 1 });
  await sqs.send(hubBody(unusedOf('one'), unusedAsff({ Resources: [] })));
  const { accepted, kept } = start([queueOf(sqs)]);
  await until(async () => (await sqs.depth()).deadLettered === 1, 'SQS gives it up', 20_000);
  expect(new Set(accepted)).toEqual(new Set(['one']));
  expect(new Set(kept.map(({ hash }) => hash)).size).toBe(1);
});

test('a message that is nested 100,000 levels deep is kept whole, in any envelope, and blocks nothing', async () => {
  const sqs = await emulator({ withDeadLetterQueue: false });
  const deep = '['.repeat(100_000) + ']'.repeat(100_000);
  const nest = (body: string): string => body.replace('"detail":{', `"detail":{"more":${deep},`);
  const bodies = [deep, nest(finding('deep')), notification(nest(finding('deep'))), nest(hubBody(unusedOf('deep'), unusedOf('beside')))];
  for (const body of [finding('first'), ...bodies, finding('last')]) await sqs.send(body);
  const { accepted, kept, told } = start([queueOf(sqs)]);
  await until(() => gone(sqs), 'all are deleted');
  expect(accepted.toSorted()).toEqual(['first', 'last']);
  expect(kept.map(({ because }) => because)).toEqual(bodies.map(() => 'too-deep'));
  expect(new Set(kept.map(({ body }) => body))).toEqual(new Set(bodies));
  expect(told.map(({ what }) => what)).toEqual(bodies.map(() => 'message-unreadable'));
});

test('a message about a subscription is reported and deleted', async () => {
  const sqs = await emulator();
  await sqs.send(subscriptionMessage('SubscriptionConfirmation'));
  await sqs.send(subscriptionMessage('UnsubscribeConfirmation'));
  const { kept, accepted, told } = start([queueOf(sqs)]);
  await until(() => gone(sqs), 'they are deleted');
  expect([kept, accepted]).toEqual([[], []]);
  expect(told).toHaveLength(2);
  expect(told).toEqual(
    expect.arrayContaining([
      { what: 'subscription-unconfirmed', because: 'subscription-confirmation', topicArn: TOPIC_ARN },
      { what: 'subscription-removed', because: 'unsubscribe-confirmation', topicArn: TOPIC_ARN },
    ]),
  );
});

test('findings of accounts that are not allowed are kept as unreadable', async () => {
  const sqs = await emulator({ withDeadLetterQueue: false });
  await sqs.send(finding('one'));
  const { kept, accepted } = start([queueOf(sqs)], { allowedAccounts: new Set(['000000000000']) });
  await until(() => gone(sqs), 'it is deleted');
  expect(accepted).toEqual([]);
  expect(kept).toMatchObject([{ because: 'account-not-allowed' }]);
});

test('several queues are read at once', async () => {
  const [one, other] = [await emulator(), await emulator({ queueName: 'second' })];
  const { accepted } = start([queueOf(one), queueOf(other)]);
  await one.send(finding('from-one'));
  await other.send(finding('from-other'));
  await until(async () => (await gone(one)) && (await gone(other)), 'both are empty');
  expect(accepted.toSorted()).toEqual(['from-one', 'from-other']);
});

test('one queue that is away does not block the other', async () => {
  const [here, away] = [await emulator(), await startSqsEmulator({ queueName: 'away' })];
  const gonePort = queueOf(away);
  await away.close();
  const { accepted, told } = start([gonePort, queueOf(here)]);
  await here.send(finding('one'));
  await until(() => accepted.length === 1, 'the other is read');
  await until(() => told.some(({ what }) => what === 'sqs-failed'), 'the failure is reported');
});

/** Counts the long polls that were started, and records how each ended. */
function watched(queue: SqsQueue): SqsQueue & { polling: number; readonly ended: string[] } {
  const seen = {
    ...queue,
    polling: 0,
    ended: new Array<string>(),
    async receive(signal: AbortSignal, waitSeconds: number) {
      seen.polling += 1;
      try {
        const messages = await queue.receive(signal, waitSeconds);
        seen.ended.push('answered');
        return messages;
      } catch (error) {
        seen.ended.push(error instanceof Error ? error.name : 'unknown');
        throw error;
      }
    },
  };
  return seen;
}

test('stopping aborts long polls instead of waiting for their end', async () => {
  const sqs = await emulator();
  const queue = watched(queueOf(sqs));
  const { intake, told } = start([queue], { loopsPerQueue: 3 });
  await until(() => queue.polling === 3, 'three polls are on their way');
  await intake.stop();
  expect(queue.ended).toEqual(['AbortError', 'AbortError', 'AbortError']);
  expect(queue.polling).toBe(3);
  expect(told).toEqual([]);
});

test('stopping waits for messages in progress, and deletes them', async () => {
  const sqs = await emulator();
  await sqs.send(finding('one'));
  const store = gate();
  let [asked, stopped] = [false, false];
  const { intake } = start([queueOf(sqs)], {
    accept: async () => {
      asked = true;
      await store.passed;
      expect(stopped).toBe(false);
      return { group: 'f-x', because: 'new' };
    },
  });
  await until(() => asked, 'the finding is handed on');
  const stopping = intake.stop().then(() => {
    stopped = true;
  });
  await sqs.send(finding('after the end'));
  expect(await sqs.depth()).toMatchObject({ waiting: 1, inFlight: 1 });
  expect(stopped).toBe(false);
  store.open();
  await stopping;
  expect(await sqs.depth()).toMatchObject({ waiting: 1, inFlight: 0 });
});

test('while the store cannot be written nothing is received', async () => {
  const sqs = await emulator();
  await sqs.send(finding('one'));
  let tries = 0;
  const { accepted, told } = start([queueOf(sqs)], {
    storeReady: async () => {
      tries += 1;
      if (tries < 3) throw new StoreUnavailable('test');
    },
  });
  await until(() => told.length === 2, 'the store is asked twice');
  expect(await sqs.depth()).toMatchObject({ waiting: 1, inFlight: 0 });
  expect(accepted).toEqual([]);
  await until(() => gone(sqs), 'it is read when the store is back');
  expect(told.map(({ what }) => what)).toEqual(['store-unavailable', 'store-unavailable']);
});

test.each<readonly [string, (real: SqsQueue, handles: readonly string[]) => Promise<readonly string[]>]>([
  ['fails in parts', async (real, handles) => [...(await real.remove(handles.slice(1))), ...handles.slice(0, 1)]],
  ['fails', async () => Promise.reject(new Error('throttled'))],
])('a delete that %s is retried with the remaining messages', async (_, firstTry) => {
  const sqs = await emulator({ visibilitySeconds: 3_600 });
  for (const id of ['one', 'two', 'three']) await sqs.send(finding(id));
  const real = queueOf(sqs);
  const batches: number[] = [];
  const queue: SqsQueue = {
    ...real,
    async remove(handles) {
      batches.push(handles.length);
      return batches.length === 1 ? firstTry(real, handles) : real.remove(handles);
    },
  };
  const { accepted } = start([queue]);
  await until(() => gone(sqs), 'all are deleted');
  expect(accepted).toHaveLength(3);
  expect(batches.length).toBeGreaterThan(1);
});

test('a delete that never works is given up, and the rest goes on', async () => {
  const sqs = await emulator({ visibilitySeconds: 3_600 });
  await sqs.send(finding('stuck'));
  const real = queueOf(sqs);
  let tries = 0;
  const queue: SqsQueue = {
    ...real,
    async remove(handles) {
      tries += 1;
      return tries <= 5 ? handles : real.remove(handles);
    },
  };
  const { accepted } = start([queue]);
  await until(() => tries === 5, 'it is tried five times', 20_000);
  await sqs.send(finding('next'));
  await until(() => accepted.includes('next'), 'the next is read');
  expect(accepted).toEqual(['stuck', 'next']);
});

test('an endless failure of SQS is reported with growing waits', async () => {
  const sqs = await emulator();
  const failing: SqsQueue = { ...queueOf(sqs), receive: async () => Promise.reject(new Error('away')) };
  const { told, intake } = start([failing]);
  await until(() => told.length >= 3, 'it is tried three times');
  expect(told.slice(0, 3)).toEqual(
    [250, 500, 1_000].map((retryInMs) => ({ what: 'sqs-failed', doing: 'receive', message: 'Error: away', retryInMs })),
  );
  await intake.stop();
});

test('a clock that is two hours behind makes no event unreadable: the time at which SQS got the message counts as well', async () => {
  const sqs = await emulator({ visibilitySeconds: 3_600 });
  const at = (ms: number): string => new Date(Date.now() + ms).toISOString();
  const updated = (id: string, ms: number): string => JSON.stringify(externalEvent({ time: at(ms), detail: { id, updatedAt: at(ms) } }));
  await sqs.send(updated('now', 0));
  await sqs.send(updated('ahead', 20 * 60_000));
  const behind = { ...systemClock, now: () => Date.now() - 2 * 3_600_000 };
  const { accepted, kept } = start([queueOf(sqs)], { clock: behind });
  await until(() => accepted.length + kept.length === 2, 'both are handled');
  expect(accepted).toEqual(['now']);
  expect(kept).toMatchObject([{ because: 'not-a-finding', path: 'detail.updatedAt' }]);
});

/** Records each change of visibility, seconds. */
function prolongs(queue: SqsQueue): SqsQueue & { readonly seconds: number[] } {
  const seconds: number[] = [];
  return {
    ...queue,
    seconds,
    async changeVisibility(handles, to) {
      seconds.push(to);
      return queue.changeVisibility(handles, to);
    },
  };
}

/** A store that a test lets fail, and that answers questions meanwhile. */
function failingStore(): { refuses: boolean; tries: number; accept: Accept } {
  const store = {
    refuses: true,
    tries: 0,
    accept: async () => {
      store.tries += 1;
      if (store.refuses) throw new StoreUnavailable('out of memory');
      return { group: 'f-x', because: 'new' } as const;
    },
  };
  return store;
}

describe('while the store takes nothing', () => {
  test('messages stay in hand beyond their visibility, nothing more is received, and none becomes a dead letter', async () => {
    const sqs = await emulator({ visibilitySeconds: 1, maxReceives: 1 });
    const store = failingStore();
    const queue = prolongs(queueOf(sqs));
    const failed: StoreUnavailable[] = [];
    const { intake } = start([queue], { accept: store.accept, storeFailed: (error) => void failed.push(error) });
    for (const id of ['one', 'two']) await sqs.send(finding(id));
    await until(() => intake.held() > 0, 'a message is in hand');
    const inHand = intake.held();
    for (const id of ['three', 'four', 'five']) await sqs.send(finding(id));
    // Each try comes later than the one before; the fourth is beyond the visibility of the queue.
    await until(() => store.tries >= 4 * inHand, 'it is tried again and again');
    expect(await sqs.depth()).toEqual({ waiting: 5 - inHand, inFlight: inHand, deadLettered: 0 });
    expect(queue.seconds).toEqual([60]);
    expect(failed[0]?.message).toContain('out of memory');
    store.refuses = false;
    await until(() => gone(sqs), 'all are accepted without a new message');
    expect(intake.held()).toBe(0);
    expect((await sqs.depth()).deadLettered).toBe(0);
  });

  test('while it is known to fail, no try reaches it; recovery needs no new message', async () => {
    const sqs = await emulator();
    await sqs.send(finding('one'));
    const store = failingStore();
    let [known, asked] = [false, 0];
    start([queueOf(sqs)], {
      accept: store.accept,
      storeFailed: () => void (known = true),
      storeReady: async () => {
        asked += 1;
        if (known) throw new StoreUnavailable('out of memory');
      },
    });
    await until(() => asked >= 4, 'it is asked about several times');
    expect(store.tries).toBe(1);
    [store.refuses, known] = [false, false];
    await until(() => gone(sqs), 'it is accepted');
  });

  test('a service that stops gives them back at once', async () => {
    const sqs = await emulator({ visibilitySeconds: 3_600 });
    await sqs.send(finding('one'));
    const { intake } = start([queueOf(sqs)], { accept: failingStore().accept });
    await until(() => intake.held() === 1, 'it is in hand');
    await intake.stop();
    expect(await sqs.depth()).toEqual({ waiting: 1, inFlight: 0, deadLettered: 0 });
    expect(intake.held()).toBe(0);
  });

  test('without the right to prolong they stay in hand all the same, which is reported once', async () => {
    const sqs = await emulator({ visibilitySeconds: 1, maxReceives: 1 });
    sqs.faults.refused = { ChangeMessageVisibility: 'access-denied' };
    await sqs.send(finding('one'));
    const store = failingStore();
    const { told } = start([queueOf(sqs)], { accept: store.accept, clock: { ...systemClock, monotonic: () => store.tries * 20_000 } });
    await until(() => store.tries >= 4, 'it is tried again and again');
    expect(told.filter(({ what }) => what === 'sqs-failed')).toMatchObject([
      { doing: 'prolong', message: expect.stringContaining('sqs:changemessagevisibility') },
    ]);
    store.refuses = false;
    await until(() => gone(sqs), 'it is accepted');
    expect((await sqs.depth()).deadLettered).toBe(0);
  });

  test('a message that SQS no longer leaves to us is let go, and comes again', async () => {
    const sqs = await emulator({ visibilitySeconds: 1, withDeadLetterQueue: false });
    await sqs.send(finding('one'));
    const store = failingStore();
    const real = queueOf(sqs);
    const { intake } = start([{ ...real, changeVisibility: async (handles) => handles }], { accept: store.accept });
    await until(() => store.tries === 1 && intake.held() === 0, 'it is let go');
    store.refuses = false;
    await until(() => gone(sqs), 'it is accepted');
    expect(store.tries).toBe(2);
  });

  test('a message with a part that is at fault itself and a part that waits stays in hand', async () => {
    const sqs = await emulator({ visibilitySeconds: 3_600, withDeadLetterQueue: false });
    await sqs.send(hubBody(unusedOf('bad'), unusedOf('waits')));
    let refuses = true;
    const { intake } = start([queueOf(sqs)], {
      accept: async ({ findingId }) => {
        if (findingId === 'bad') throw new TypeError('test');
        if (refuses) throw new StoreUnavailable('test');
        return { group: 'f-x', because: 'new' };
      },
    });
    await until(() => intake.held() === 1, 'it is in hand');
    refuses = false;
    await until(() => intake.held() === 0, 'it is left to SQS for its bad part');
    expect(await sqs.depth()).toMatchObject({ inFlight: 1 });
  });
});

test.each([
  ['access-denied', 'right-missing', 'sqs:ReceiveMessage'],
  ['kms-access-denied', 'key-denied', 'kms:Decrypt'],
  ['wrong-region', 'wrong-region', 'AWS_REGION'],
] as const)('a queue that refuses each receive is known for it until one works: %s', async (refusal, because, advised) => {
  const sqs = await emulator();
  sqs.faults.refused = { ReceiveMessage: refusal };
  const queue = queueOf(sqs);
  const { intake, accepted } = start([queue]);
  await sqs.send(finding('one'));
  await until(() => intake.receiveProblem(queue.url) !== null, 'a receive is refused');
  expect(intake.receiveProblem(queue.url)).toMatchObject({ because, advice: expect.stringContaining(advised) });
  expect(await queue.attributes()).toMatchObject({ waiting: 1 });
  sqs.faults.refused = {};
  await until(() => intake.receiveProblem(queue.url) === null, 'a receive works');
  await until(() => accepted.length === 1, 'the message is accepted');
});
