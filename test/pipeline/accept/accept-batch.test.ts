import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/findings/finding.ts';
import { readMessage } from '../../../src/intake/read-message.ts';
import { StoreUnavailable, type Store, type Write } from '../../../src/pipeline/ports/store.ts';
import { FINDINGS } from '../../../src/pipeline/records/finding-collections.ts';
import { GROUPS } from '../../../src/pipeline/records/group-collections.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { numberedEvent, range } from '../../support/findings/findings-by-number.ts';
import { finish } from '../../support/service/finish.ts';
import { mortal } from '../../support/service/kill.ts';
import { onBothStores } from '../../support/service/on-both-stores.ts';
import { findingOf, groupedBy } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { openSite } from '../../support/service/site.ts';
import { spoilDocument } from '../../support/service/spoil-document.ts';

type Status = 'ACTIVE' | 'ARCHIVED' | 'RESOLVED';

const numbered = (n: number, minute = 1, status: Status = 'ACTIVE'): Finding => findingOf(numberedEvent(n, minute, status));

/** The same without its envelope, which names the analyzer. */
function bare(n: number, minute = 1, status: Status = 'ACTIVE'): Finding {
  const [part] = readMessage(JSON.stringify(numberedEvent(n, minute, status)['detail']), Date.now(), null);
  if (part?.kind !== 'finding') throw new Error('The detail is no finding');
  return part.finding;
}

const TEN = range(10).map((n) => numbered(n));
const BY_RESOURCE = groupedBy('resource');

/** The store, with a note of each call that reads or writes. */
function noting(store: Store): { readonly store: Store; readonly calls: string[]; readonly commits: (readonly Write[])[] } {
  const [calls, commits]: [string[], (readonly Write[])[]] = [[], []];
  return {
    calls,
    commits,
    store: {
      ...store,
      read: (from, ids) => (calls.push(`read ${from.name}`), store.read(from, ids)),
      counts: (of, terms) => (calls.push(`counts ${of.name}`), store.counts(of, terms)),
      page: (from, query) => (calls.push(`page ${from.name}`), store.page(from, query)),
      commit: (writes) => (commits.push(writes), store.commit(writes)),
    },
  };
}

/** All findings and groups of a store, without times and versions, which depend on the moment. */
async function contentOf(store: Store): Promise<unknown> {
  const pages = [await store.page(FINDINGS, { terms: [], limit: 500 }), await store.page(GROUPS, { terms: [], limit: 500 })];
  const timeless = (key: string, value: unknown): unknown =>
    /At$|^(at|derived)$/.test(key) && typeof value !== 'string' ? undefined : value;
  return pages.map(({ items }) =>
    items.map(({ id, doc }) => `${id} ${JSON.stringify(doc, timeless)}`).toSorted((a, b) => (a < b ? -1 : 1)),
  );
}

/** What is known of each finding and which group has it, whatever the order in which it was learned. */
async function knownIn(store: Store): Promise<unknown> {
  const [findings, groups] = [await store.page(FINDINGS, { terms: [], limit: 500 }), await store.page(GROUPS, { terms: [], limit: 500 })];
  return [
    findings.items.map(({ id, doc: { finding, group, decision } }) => ({ id, finding, group, decision })).toSorted(byId),
    groups.items.map(({ id, doc: { members } }) => ({ id, members })).toSorted(byId),
  ];
}

const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1);

async function acceptOneByOne(parts: ServiceParts, seen: readonly Finding[]): Promise<void> {
  for (const one of seen) await parts.accept(one);
}

onBothStores('observations that come together', (storeOf) => {
  test('are stored in one commit, and each collection is read in one call', async () => {
    const site = await openSite();
    const { store, calls, commits } = noting(await storeOf(site));
    const parts = await site.start({ store });
    await parts.acceptBatch([numbered(99)]);
    calls.length = commits.length = 0;
    const results = await parts.acceptBatch(TEN);
    expect(results.map((one) => one.status === 'fulfilled' && one.value.because)).toEqual(TEN.map(() => 'new'));
    expect(
      commits.map((writes) =>
        writes
          .map(({ collection }) => collection)
          .toSorted()
          .join(' '),
      ),
    ).toEqual([[...TEN.map(() => 'finding-names'), ...TEN.map(() => 'findings'), ...TEN.map(() => 'groups')].join(' ')]);
    expect(calls.toSorted()).toEqual(['counts groups', 'read finding-names', 'read findings', 'read groups', 'read rules']);
    expect(await parts.queue.depth()).toBe(11);
  });

  test('leave what they would leave one after the other: a finding that comes twice, and findings of one group', async () => {
    const site = await openSite();
    const resource = 'arn:aws:s3:::shared';
    const shared = (id: string): Finding => findingOf(externalEvent({ detail: { id, resource } }));
    const seen = [numbered(1), shared('a'), numbered(1, 2), shared('b'), numbered(2), shared('c'), numbered(1, 3, 'RESOLVED')];
    const store = await storeOf(site);
    const parts = await site.start({ store, rules: BY_RESOURCE });
    const results = await parts.acceptBatch(seen);
    expect(results.map(({ status }) => status)).toEqual(seen.map(() => 'fulfilled'));
    const other = await openSite();
    await acceptOneByOne(await other.start({ rules: BY_RESOURCE }), seen);
    expect(await contentOf(store)).toEqual(await contentOf(other.store));
  });

  test('one that another writer is ahead of is accepted by itself, and holds up no other', async () => {
    const site = await openSite();
    const real = await storeOf(site);
    const late = numbered(3, 5, 'ARCHIVED');
    let isAhead = false;
    const store: Store = {
      ...real,
      async commit(writes) {
        if (!isAhead && writes.some(({ id }) => id === late.key)) {
          isAhead = true;
          await other.accept(late);
        }
        return real.commit(writes);
      },
    };
    const [parts, other] = [await site.start({ store }), await site.start({ store: real })];
    const results = await parts.acceptBatch(TEN);
    expect(results.map((one) => one.status === 'fulfilled' && one.value.because)).toEqual(TEN.map((_, n) => (n === 3 ? 'older' : 'new')));
    expect((await parts.record(late.key))?.finding.status).toBe('ARCHIVED');
  });

  test.each(range(4).map((n) => [n % 2 === 0 ? 'before' : 'after', Math.floor(n / 2) + 1] as const))(
    'a process dies %s commit %i of the two that they take: delivered again, each finding has one issue',
    async (when, nth) => {
      const site = await openSite();
      const store = await storeOf(site);
      const doomed = mortal(store);
      const first = await site.start({ store: doomed.store, owner: 'first' });
      await first.accept(numbered(99));
      // Each moves to another key and another group.
      await acceptOneByOne(
        first,
        range(10).map((n) => bare(n)),
      );
      doomed.dieAt(nth, when);
      await first.acceptBatch(TEN);
      expect(doomed.isDead()).toBe(true);
      const stored = await store.read(
        FINDINGS,
        TEN.map(({ key }) => key),
      );
      const [before = 0, between = 0] = [nth - 1, nth].map((commits) => [0, 6, 10][commits]);
      expect(stored.filter((one) => one !== null)).toHaveLength(when === 'before' ? before : between);

      const second = await site.start({ store, owner: 'second' });
      const again = await second.acceptBatch(TEN);
      for (const one of again) await finish(site, second, one.status === 'fulfilled' ? one.value.group : '');
      expect([site.created(), (await store.counts(FINDINGS, ['']))[0]]).toEqual([10, 11]);
    },
  );
});

describe('an observation that can not be accepted', () => {
  test('fails alone: its document can not be read', async () => {
    const site = await openSite();
    const parts = await site.start();
    await acceptOneByOne(parts, TEN);
    spoilDocument(site.folder, FINDINGS.name, numbered(4).key, '{');
    const results = await parts.acceptBatch(range(10).map((n) => numbered(n, 2)));
    expect(results.map(({ status }) => status)).toEqual(TEN.map((_, n) => (n === 4 ? 'rejected' : 'fulfilled')));
    expect((await parts.record(numbered(5).key))?.finding.updatedAt).toBe(numbered(5, 2).updatedAt);
  });

  test('fails alone: the store refuses to write it, with whatever else the commit holds', async () => {
    const site = await openSite();
    const store: Store = {
      ...site.store,
      commit: (writes) =>
        writes.some(({ id }) => id === numbered(4).key) ? Promise.reject(new StoreUnavailable('too large')) : site.store.commit(writes),
    };
    const parts = await site.start({ store });
    const results = await parts.acceptBatch(TEN);
    expect(results.map(({ status }) => status)).toEqual(TEN.map((_, n) => (n === 4 ? 'rejected' : 'fulfilled')));
  });

  test('takes none of the others along while the store is away: each may come again', async () => {
    const site = await openSite();
    const doomed = mortal(site.store);
    const parts = await site.start({ store: doomed.store });
    doomed.dieAt(1, 'before');
    expect((await parts.acceptBatch(TEN)).map(({ status }) => status)).toEqual(TEN.map(() => 'rejected'));
  });

  test('more of them than one receive brings are accepted in several steps', async () => {
    const site = await openSite();
    const { store, commits } = noting(site.store);
    const parts = await site.start({ store });
    commits.length = 0;
    const results = await parts.acceptBatch(range(25).map((n) => numbered(n)));
    expect(results.map(({ status }) => status)).toEqual(range(25).map(() => 'fulfilled'));
    expect(commits.map(({ length }) => length)).toEqual([1, 30, 30, 15]);
  });
});

test('observations in any order and any batches leave the same as one after the other', async () => {
  const site = await openSite();
  const statuses = ['ACTIVE', 'ARCHIVED', 'RESOLVED'] as const;
  const observation = fc.record({ n: fc.nat(3), minute: fc.nat(5), status: fc.constantFrom(...statuses), isBare: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(observation, { minLength: 1, maxLength: 12 }), { maxLength: 4 }), async (batches) => {
      const [one, other] = [site.emptyStore(), site.emptyStore()];
      const [batched, single] = [await site.start({ store: one }), await site.start({ store: other })];
      for (const batch of batches) {
        const seen = batch.map(({ n, minute, status, isBare }) => (isBare ? bare : numbered)(n, minute, status));
        const results = await batched.acceptBatch(seen);
        expect(results.map(({ status }) => status)).toEqual(seen.map(() => 'fulfilled'));
        await acceptOneByOne(single, seen);
      }
      expect(await knownIn(one)).toEqual(await knownIn(other));
    }),
    { numRuns: 8 },
  );
});
