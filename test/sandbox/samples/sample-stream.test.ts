import { expect, test } from 'vitest';
import { startSampleStream } from '../../../src/sandbox/samples/sample-stream.ts';

test('sends every finding and a third of them once more, resolved, later than the finding', async () => {
  const sent: { id: string; status: string; updatedAt: string }[] = [];
  const [lines, happened]: [string[], string[]] = [[], []];
  const stream = startSampleStream({
    send: async (body) => {
      const { detail } = JSON.parse(body);
      sent.push({ id: detail.id ?? detail.findingId, status: detail.status, updatedAt: detail.updatedAt });
    },
    happens: ({ detail }) => happened.push(detail.status),
    say: (line) => lines.push(line),
    count: 9,
    everyMs: 1,
    resolvedAfterMs: 5,
  });
  await stream.done;
  expect(happened).toEqual(sent.map(({ status }) => status));
  expect(sent.filter(({ status }) => status === 'ACTIVE')).toHaveLength(9);
  const ended = sent.filter(({ status }) => status === 'RESOLVED');
  expect(ended).toHaveLength(3);
  for (const { id, updatedAt } of ended) {
    const first = sent.findIndex((one) => one.id === id);
    expect(sent[first]).toMatchObject({ status: 'ACTIVE' });
    expect((sent[first]?.updatedAt ?? '') < updatedAt).toBe(true);
  }
  expect(lines.at(-1)).toBe('all sample findings are sent');
});

test('an event that can not be sent is reported, and the stream goes on', async () => {
  const lines: string[] = [];
  await startSampleStream({
    send: () => Promise.reject(new Error('down')),
    happens: () => undefined,
    say: (line) => lines.push(line),
    count: 2,
    everyMs: 1,
  }).done;
  expect(lines).toEqual([
    expect.stringContaining('could not be sent: ACTIVE'),
    expect.stringContaining('could not be sent: ACTIVE'),
    'all sample findings are sent',
  ]);
});

test('stops at once', async () => {
  const sent: string[] = [];
  const stream = startSampleStream({
    send: async (body) => void sent.push(body),
    happens: () => undefined,
    say: () => undefined,
    everyMs: 60_000,
  });
  stream.stop();
  await stream.done;
  expect(sent.length).toBeLessThanOrEqual(1);
});
