import { expect, test } from 'vitest';
import type { Failure } from '../../../src/issues/failure.ts';
import { newGroup, type GroupRecord } from '../../../src/issues/group-record.ts';
import { afterFailure } from '../../../src/pipeline/reconcile/reconcile-context.ts';
import type { Store } from '../../../src/pipeline/ports/store.ts';
import { numberedEvent, range } from '../../support/findings/findings-by-number.ts';
import { finish } from '../../support/service/finish.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import { openSite, type Site } from '../../support/service/site.ts';

const AWAY: Failure = { code: 'jira-unreachable', message: 'away', words: null, retry: { when: 'backoff' } };
const LIMITED: Failure = { code: 'jira-rate-limited', message: 'slow down', words: null, retry: { when: 'after', afterMs: 9_000 } };
const MINUTE = 60_000;
const busy = (afterMs: number): Failure => ({ code: 'jira-server-error', message: 'busy', words: null, retry: { when: 'after', afterMs } });

/** After tries that failed at these times, ms. */
function failed(times: readonly number[], failure = AWAY): { readonly record: GroupRecord; readonly retryInMs: number } {
  let [record, retryInMs] = [newGroup('f-group', [], 0), 0];
  for (const at of times) {
    const after = afterFailure({ ...record, requeueAt: null }, failure, at);
    [record, retryInMs] = [after.next, after.retryInMs];
  }
  return { record, retryInMs };
}

test.each<[string, readonly number[], number, number]>([
  ['one', [0], 1, 6_500],
  ['two, each when it is due', [0, 10_000], 2, 19_500],
  ['three, each when it is due', [0, 10_000, 40_000], 3, 1.3 * MINUTE],
  ['ten at the same moment, as events ask', range(10).map((n) => n), 1, 6_500],
  ['twenty within the first wait, and one after it', [...range(20), 10_000], 2, 19_500],
])('failed tries: %s', (_, times, attempts, mostMs) => {
  const { record, retryInMs } = failed(times);
  expect(record.attempts).toBe(attempts);
  expect(retryInMs).toBeLessThanOrEqual(mostMs);
  expect(record.requeueAt).toEqual({ time: (times.at(-1) ?? 0) + retryInMs, because: 'backoff' });
});

test('a server that always asks for one second is called later and later, and by each group at another time', () => {
  const late = range(12).map((n) => n * 24 * 60 * MINUTE);
  expect(failed(late, busy(1_000)).record.attempts).toBe(12);
  for (const attempts of [1, 3, 12]) {
    const times = late.slice(0, attempts);
    expect(failed(times, busy(1_000)).retryInMs).toBe(failed(times).retryInMs);
  }
  const waits = range(20).map((n) => afterFailure(newGroup(`f-group-${n}`, [], 0), busy(1_000), 0).retryInMs);
  expect(new Set(waits).size).toBeGreaterThan(10);
});

test('a server that fails is not called before its retry-after is over', () => {
  expect(failed([0], busy(10 * MINUTE)).retryInMs).toBe(10 * MINUTE);
});

test('a rate limit is waited out for as long as Jira says, however often it has come before', () => {
  expect(failed([0, 10_000, 20_000], LIMITED).retryInMs).toBe(9_000);
  const failing = { ...newGroup('f-group', [], 0), attempts: 7 };
  expect(afterFailure(failing, LIMITED, 0).retryInMs).toBe(9_000);
});

test('a rate limit is no failed try', () => {
  expect(failed([0, 10_000, 20_000], LIMITED).record).toMatchObject({ attempts: 0, failure: null, requeueAt: { because: 'rate-limited' } });
});

/** A store whose commits take longer than a claim may be old. */
function slowStore(site: Site): Store {
  return {
    ...site.store,
    async commit(writes) {
      const result = await site.store.commit(writes);
      site.clock.forward(3_000);
      return result;
    },
  };
}

test('a store too slow for a young claim: nothing is sent, the failure is recorded and waits, and the issue is created when the store is fast again', async () => {
  const site = await openSite();
  const slow = await site.start({ store: slowStore(site) });
  await slow.trust.advance();
  const finding = findingOf(numberedEvent(1, 0));
  const { group } = await slow.accept(finding);
  await slow.reconcile(group);
  expect(site.jira.history().filter(({ operation }) => operation === 'POST /issue')).toEqual([]);
  expect(await slow.group(group)).toMatchObject({
    attempts: 1,
    failure: { code: 'claim-too-old' },
    requeueAt: { because: 'backoff' },
    intent: { phase: 'reserved', attempt: 0 },
  });
  const known = await slow.record(finding.key);
  expect(known?.history).toContainEqual(expect.objectContaining({ what: 'failed', because: 'claim-too-old' }));
  const quick = await site.start();
  expect(await finish(site, quick, group)).toMatchObject({ attempts: 0, failure: null, issue: { key: 'SEC-1' } });
  expect(site.jira.issues().map(({ properties }) => Object(properties['findings-to-jira'])['attempt'])).toEqual([1]);
});

test('many events of a finding while Jira is down for a moment: the next try is soon after, not hours later', async () => {
  const site = await openSite();
  const parts = await site.start({ working: false });
  const seen = (minute: number) => findingOf(numberedEvent(1, minute, minute % 2 === 0 ? 'ACTIVE' : 'RESOLVED'));
  const { group } = await parts.accept(seen(0));
  await finish(site, parts, group);
  site.jira.faults.down = true;
  for (const n of range(20)) {
    await parts.accept(seen(n + 1));
    await parts.reconcile(group);
  }
  site.jira.faults.down = false;
  const record = await parts.group(group);
  expect(record?.failure?.code).toBe('jira-unreachable');
  expect((record?.requeueAt?.time ?? Infinity) - site.clock.now()).toBeLessThan(MINUTE);
});
