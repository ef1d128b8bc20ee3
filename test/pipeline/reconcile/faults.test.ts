import { expect, test } from 'vitest';
import type { IssueTracker } from '../../../src/pipeline/ports/issue-tracker.ts';
import { StoreUnavailable } from '../../../src/pipeline/ports/store.ts';
import { GROUPS } from '../../../src/pipeline/records/group-collections.ts';
import { numberedEvent } from '../../support/findings/findings-by-number.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import { openSite } from '../../support/service/site.ts';
import { until } from '../../support/until.ts';

/** The first wait is at most as long; the second one is longer. */
const FIRST_WAIT_MS = 6_500;

/** A tracker with a fault of its own for issues of one title. */
function faulty(error: Error): { wrapTracker: (tracker: IssueTracker) => IssueTracker; tries: () => number; repair: () => void } {
  let [tries, isFaulty] = [0, true];
  return {
    tries: () => tries,
    repair: () => void (isFaulty = false),
    wrapTracker: (tracker) => ({
      ...tracker,
      prepare: async (draft, how) => {
        if (!isFaulty || !JSON.stringify(draft).includes('bucket-1')) return tracker.prepare(draft, how);
        tries += 1;
        throw error;
      },
    }),
  };
}

test('an error that no part foresaw is a failure of its group alone, which waits longer each time', async () => {
  const site = await openSite();
  const { wrapTracker, tries, repair } = faulty(new TypeError('no such property'));
  const parts = await site.start({ wrapTracker });
  await parts.start();
  const { group } = await parts.accept(findingOf(numberedEvent(1, 0)));
  const other = await parts.accept(findingOf(numberedEvent(2, 0)));
  await until(async () => (await parts.group(group))?.failure !== null, 'it is recorded');
  await until(async () => (await parts.group(other.group))?.issue !== null, 'the other group has its issue');
  const failed = await parts.group(group);
  expect(failed).toMatchObject({
    attempts: 1,
    failure: { code: 'internal', retry: { when: 'backoff' } },
    requeueAt: { because: 'backoff' },
  });
  expect(await site.store.counts(GROUPS, ['failure:internal'])).toEqual([1]);
  expect(parts.serviceEvents.filter(({ what }) => what === 'internal-error')).toHaveLength(1);
  // Ticks go on meanwhile; the group is not among those that are due.
  expect([tries(), await site.store.due(GROUPS, site.clock.now(), 10)]).toEqual([1, []]);
  site.clock.forward(FIRST_WAIT_MS);
  await until(async () => (await parts.group(group))?.attempts === 2, 'it is tried again');
  expect(await site.store.due(GROUPS, site.clock.now() + FIRST_WAIT_MS, 10)).toEqual([]);
  repair();
  site.clock.forward(60_000);
  await until(async () => (await parts.group(group))?.issue !== null, 'it has its issue');
  expect(await parts.group(group)).toMatchObject({ attempts: 0, failure: null });
});

test('a store that is away is a failure of no group', async () => {
  const site = await openSite();
  const { wrapTracker, tries } = faulty(new StoreUnavailable('away'));
  const parts = await site.start({ wrapTracker });
  await parts.start();
  const { group } = await parts.accept(findingOf(numberedEvent(1, 0)));
  await until(() => tries() === 1, 'it is tried');
  site.clock.forward(31_000);
  await until(() => tries() > 1, 'it is tried again');
  expect(await parts.group(group)).toMatchObject({ attempts: 0, failure: null });
});
