import { expect, test } from 'vitest';
import type { Store } from '../../../src/pipeline/ports/store.ts';
import { FINDINGS } from '../../../src/pipeline/records/finding-collections.ts';
import { GROUPS } from '../../../src/pipeline/records/group-collections.ts';
import { numberedEvent } from '../../support/findings/findings-by-number.ts';
import { finish } from '../../support/service/finish.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import { openSite } from '../../support/service/site.ts';

/** The collections of each read and each commit, in their order. */
function noting(store: Store): { readonly store: Store; readonly calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    store: {
      ...store,
      read: (from, ids) => (calls.push(`read ${from.name}`), store.read(from, ids)),
      commit: (writes) => (calls.push(`write ${writes.map(({ collection }) => collection).join(' ')}`), store.commit(writes)),
    },
  };
}

test('news that change nothing in Jira: the group is read once, and no finding is written again', async () => {
  const site = await openSite();
  const { store, calls } = noting(site.store);
  const parts = await site.start({ store });
  const { group } = await parts.accept(findingOf(numberedEvent(1, 1)));
  await finish(site, parts, group);
  await parts.accept(findingOf(numberedEvent(1, 2)));
  calls.length = 0;
  await parts.reconcile(group);
  const ofGroup = calls.filter((call) => call === `read ${GROUPS.name}` || call.startsWith('write'));
  expect(ofGroup).toEqual([`read ${GROUPS.name}`, `write ${GROUPS.name}`]);
  const record = await parts.group(group);
  expect([record?.observedGeneration, record?.last?.because]).toEqual([record?.generation, 'already-open']);
});

test('a history entry that an enricher adds makes no pass write the finding again', async () => {
  const site = await openSite();
  const { store, calls } = noting(site.store);
  const learn: (() => Promise<boolean>)[] = [];
  const finding = findingOf(numberedEvent(1, 1));
  const enricher = {
    name: 'made-up',
    want: async () => false,
    known: async () => new Map(),
    start: () => undefined,
    stop: async () => undefined,
  };
  const parts = await site.start({
    store,
    startParts: (ports) => {
      learn.push(() => ports.learn(finding.key, 'made-up-found', []));
      return [{ name: 'made-up', enricher, diagnose: async () => [], routes: [] }];
    },
  });
  const { group } = await parts.accept(finding);
  await finish(site, parts, group);
  expect(await learn[0]?.()).toBe(true);
  calls.length = 0;
  await parts.reconcile(group);
  expect(calls.filter((call) => call.startsWith('write') && call.includes(FINDINGS.name))).toEqual([]);
});
