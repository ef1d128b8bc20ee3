import { expect, test } from 'vitest';
import { readOurs, type ReadOurs } from '../../../src/pipeline/recovery/read-ours.ts';
import { scriptJira, type Reply } from '../../support/jira/scripted-jira.ts';
import { trackerOf } from '../../support/jira/tracker.ts';

interface Read {
  readonly read: ReadOurs;
  readonly requests: number;
  /** As requested, ms. */
  readonly pauses: readonly number[];
}

/** Reads issues back from a Jira that gives these answers, one after the other, and then has no issues. */
async function readFrom(failing: (index: number) => Reply | undefined, stopAtPause = Infinity): Promise<Read> {
  const jira = await scriptJira(
    ({ url }, index) => failing(index) ?? { status: 200, json: url.includes('myself') ? { accountId: 'us' } : { issues: [] } },
  );
  const pauses: number[] = [];
  const stopping = new AbortController();
  const read = await readOurs({
    tracker: trackerOf(jira.url),
    installation: 'default',
    withinMs: null,
    isSettled: async () => false,
    projects: [],
    sleep: async (ms) => {
      if (pauses.push(ms) === stopAtPause) stopping.abort();
    },
    signal: stopping.signal,
  });
  return { read, requests: jira.requests.length, pauses };
}

const busy = (seconds: number | null, status = 503): Reply => ({
  status,
  headers: seconds === null ? {} : { 'retry-after': String(seconds) },
});
const after = (seconds: number): object => ({ ok: false, failure: { retry: { when: 'after', afterMs: seconds * 1_000 } } });

test('a page that fails is retried, up to eight tries', async () => {
  expect(await readFrom((index) => (index < 3 ? busy(null) : undefined))).toMatchObject({
    read: { ok: true },
    requests: 5,
    pauses: [200, 400, 800],
  });
  expect(await readFrom(() => busy(null))).toMatchObject({ read: { ok: false }, requests: 8 });
});

test.each([503, 429])('%i with a longer wait than all tries take: left to the caller', async (status) => {
  expect(await readFrom(() => busy(60, status))).toMatchObject({ read: after(60), requests: 1, pauses: [] });
});

test('a shorter wait is kept, and the page comes', async () => {
  const { read, requests, pauses } = await readFrom((index) => (index === 0 ? busy(3) : undefined));
  expect({ read, requests, pauses }).toEqual({
    read: { ok: true, found: [], settled: 0, doubtful: [], shown: new Map() },
    requests: 3,
    pauses: [200, 400, 800, 1_600],
  });
});

test('a wait that the remaining tries cannot reach is left to the caller', async () => {
  expect(await readFrom(() => busy(5))).toMatchObject({ read: after(5), requests: 2, pauses: [200, 400, 800, 1_600, 2_000] });
});

test('it ends with the try that is under way when it is aborted', async () => {
  expect(await readFrom(() => busy(null), 2)).toMatchObject({ read: { ok: false }, pauses: [200, 400] });
});
