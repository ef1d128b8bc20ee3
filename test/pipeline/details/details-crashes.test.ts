import { describe, expect, test } from 'vitest';
import { DETAILS } from '../../../src/pipeline/records/details-collections.ts';
import type { Store, Write } from '../../../src/pipeline/ports/store.ts';
import { detailsSource, openAnalyzer, policyStep, unusedServices } from '../../support/servers/access-analyzer.ts';
import { unusedEvent } from '../../support/findings/finding-events.ts';
import { Killed } from '../../support/service/kill.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import { openSite } from '../../support/service/site.ts';
import { until } from '../../support/until.ts';

const FINDING = findingOf(unusedEvent());
const KNOWN = { findingDetails: unusedServices(1, 0), recommendation: { steps: [policyStep('{}')], inProgressFor: 0, failure: null } };

/** A store whose process dies at the first commit that `isIt` recognises: none of its later calls is made. */
function mortal(
  store: Store,
  isIt: (writes: readonly Write[]) => boolean,
  when: 'before' | 'after',
): { store: Store; died: () => boolean } {
  let dead = false;
  const alive = <T>(work: () => Promise<T>): Promise<T> => (dead ? Promise.reject(new Killed('long ago')) : work());
  return {
    died: () => dead,
    store: {
      ...store,
      read: (from, ids) => alive(() => store.read(from, ids)),
      due: (from, now, limit) => alive(() => store.due(from, now, limit)),
      now: () => alive(() => store.now()),
      commit: (writes) =>
        alive(async () => {
          const dies = isIt(writes);
          if (dies) dead = true;
          if (dies && when === 'before') throw new Killed('before a commit');
          const result = await store.commit(writes);
          if (dies) throw new Killed('after a commit');
          return result;
        }),
    },
  };
}

/** The document after the commit; null: it is removed; undefined: it is not written. */
function written(writes: readonly Write[], collection: string): unknown {
  const write = writes.find((one) => one.collection === collection);
  return write?.becomes ? JSON.parse(write.becomes.json) : write && null;
}

function claims(writes: readonly Write[]): boolean {
  return Number(Object(written(writes, 'details'))['dueAt']) > Date.now() + 20_000;
}

function accepts(writes: readonly Write[]): boolean {
  return JSON.stringify(written(writes, 'findings') ?? null).includes('findingDetails');
}

function ends(writes: readonly Write[]): boolean {
  return written(writes, 'details') === null;
}

describe('a process that dies while it fetches details leaves one issue, which has them in the end', () => {
  test.each([
    ['after the claim, before AWS is asked', claims, 'after', 1],
    ['between the fetch and the finding', accepts, 'before', 2],
    ['after the finding has them, before that is recorded', accepts, 'after', 1],
    ['before the record of the wanted details is removed', ends, 'before', 1],
  ] as const)('%s', async (_when, isIt, when, reads) => {
    const [site, analyzer] = [await openSite(), await openAnalyzer()];
    analyzer.follow(unusedEvent(), KNOWN);
    const first = mortal(site.store, isIt, when);
    const dying = await site.start({ store: first.store, details: detailsSource(analyzer), working: true, owner: 'first' });
    const { group } = await dying.accept(FINDING);
    await until(() => first.died(), 'it dies');
    await dying.stop();
    const second = await site.start({ details: detailsSource(analyzer), working: true, owner: 'second' });
    site.clock.forward(60_000);
    await until(async () => (await second.group(group))?.issue?.lastApplied === 'open', 'the issue is opened');
    await until(async () => (await site.store.counts(DETAILS, ['']))[0] === 0, 'nothing is to be fetched');
    await until(async () => (await second.record(FINDING.key))?.finding.recommendedSteps !== null, 'the details are there');
    expect(site.created()).toBe(1);
    expect(analyzer.history().filter(({ operation }) => operation === 'GetFindingV2')).toHaveLength(reads);
  });
});

test('a process that ends in order gives its claim back, without a failed try', async () => {
  const [site, analyzer] = [await openSite(), await openAnalyzer()];
  analyzer.follow(unusedEvent(), KNOWN);
  analyzer.faults.next.push({ on: 'GetFindingV2', fault: 'hangs' });
  const first = await site.start({ details: detailsSource(analyzer), working: true, owner: 'first' });
  await first.accept(FINDING);
  await until(() => analyzer.history().length === 1, 'AWS is asked');
  await first.stop();
  const [left] = await site.store.read(DETAILS, [FINDING.key]);
  expect(left?.doc).toMatchObject({ state: 'wanted', attempts: 0 });
  expect(left?.doc.dueAt).toBeLessThanOrEqual(site.clock.now());
  expect(first.serviceEvents.map(({ what }) => what)).not.toContain('details-refused');
});

test('one of two replicas fetches the details of a finding, and both do their share', async () => {
  const [site, analyzer] = [await openSite(), await openAnalyzer()];
  const events = Array.from({ length: 30 }, (_, n) => unusedEvent({ detail: { findingId: `finding-${n}` } }));
  for (const event of events) analyzer.follow(event, KNOWN);
  const replicas = [
    await site.start({ details: detailsSource(analyzer), working: true, owner: 'one', indexLagMs: 0 }),
    await site.start({ details: detailsSource(analyzer), working: true, owner: 'two', indexLagMs: 0 }),
  ];
  for (const [n, event] of events.entries()) await replicas[n % 2]?.accept(findingOf(event));
  await until(() => site.created() === 30, 'all issues are opened', 30_000);
  const fetched = replicas.map(({ serviceEvents }) => serviceEvents.filter(({ what }) => what === 'details-fetched').length);
  expect(fetched.reduce((sum, one) => sum + one, 0)).toBe(30);
  expect(Math.min(...fetched)).toBeGreaterThan(0);
  expect(analyzer.history().filter(({ operation }) => operation === 'GetFindingV2')).toHaveLength(30);
});
