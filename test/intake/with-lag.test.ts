import { expect, test } from 'vitest';
import type { SqsMessage, SqsQueue } from '../../src/intake/sqs-queue.ts';
import { withLag } from '../../src/intake/with-lag.ts';

/** A queue that gives out these messages at once, and deletes all handles but those that are refused. */
function queueOf(messages: readonly Partial<SqsMessage>[], refused: readonly string[] = []): SqsQueue {
  return {
    url: 'q',
    receive: async () => messages.map((message) => ({ body: '', receiptHandle: 'a', sentAt: null, ...message })),
    remove: async (handles) => handles.filter((handle) => refused.includes(handle)),
    changeVisibility: async () => [],
    attributes: async () => ({ waiting: 0, inFlight: 0, redrives: true, visibilitySeconds: 90 }),
  };
}

async function lagsOf(queue: SqsQueue, ...removed: readonly (readonly string[])[]): Promise<readonly number[]> {
  const lags: number[] = [];
  const watched = withLag(
    queue,
    () => 5_000,
    (ms) => void lags.push(ms),
  );
  await watched.receive(new AbortController().signal, 0);
  for (const handles of removed) await watched.remove(handles);
  return lags;
}

test('each message that is deleted is told once, with its age', async () => {
  const messages = [
    { receiptHandle: 'a', sentAt: 4_000 },
    { receiptHandle: 'b', sentAt: 2_000 },
  ];
  expect(await lagsOf(queueOf(messages), ['a', 'b'], ['a'])).toEqual([1_000, 3_000]);
});

test('one that SQS did not delete is not told', async () => {
  expect(await lagsOf(queueOf([{ sentAt: 4_000 }], ['a']), ['a'])).toEqual([]);
});

test('one whose age SQS did not say is not told', async () => {
  expect(await lagsOf(queueOf([{ sentAt: null }]), ['a'])).toEqual([]);
});

test('messages that stay in SQS are forgotten, the oldest first', async () => {
  const messages = Array.from({ length: 1_001 }, (_, n) => ({ receiptHandle: `h-${n}`, sentAt: n }));
  expect(await lagsOf(queueOf(messages), ['h-0', 'h-1', 'h-1000'])).toEqual([4_999, 4_000]);
});
