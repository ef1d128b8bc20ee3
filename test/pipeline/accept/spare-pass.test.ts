import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/findings/finding.ts';
import { NO_LOOKUPS, type CreateIntent, type GroupRecord } from '../../../src/issues/group-record.ts';
import type { Enricher } from '../../../src/pipeline/ports/enricher.ts';
import type { RunningPart } from '../../../src/pipeline/ports/part.ts';
import { put, type Store } from '../../../src/pipeline/ports/store.ts';
import { FINDINGS } from '../../../src/pipeline/records/finding-collections.ts';
import { GROUPS, UNPROVEN } from '../../../src/pipeline/records/group-collections.ts';
import { issueRoute } from '../../support/findings/issue-route.ts';
import { numberedEvent } from '../../support/findings/findings-by-number.ts';
import { Killed, mortal } from '../../support/service/kill.ts';
import { onBothStores } from '../../support/service/on-both-stores.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { changeRules } from '../../support/service/save-rules.ts';
import { openSite, type Site } from '../../support/service/site.ts';
import { until } from '../../support/until.ts';

const MATCH = { source: ['aws.access-analyzer'] };
const IGNORED = rulesOf([{ id: 'none', match: MATCH, action: 'ignore' }]);
const NO_RULE = rulesOf([{ id: 'others', match: { source: ['aws.other'] }, action: 'ignore' }]);
const OPEN = { id: '1', key: 'SEC-1', projectKey: 'SEC', issueType: 'Task', ruleId: 'all', lastApplied: 'open', status: null } as const;
const INTENT: CreateIntent = {
  phase: 'reserved',
  attempt: 0,
  owner: 'x',
  sentAt: 0,
  newestNumber: null,
  route: issueRoute(),
  lookups: NO_LOOKUPS,
};
const SILENT: Enricher = {
  name: 'made-up',
  want: async () => false,
  known: async () => new Map(),
  start: () => undefined,
  stop: async () => undefined,
};
const partOf = (enricher: Enricher): RunningPart => ({ name: 'made-up', enricher, diagnose: async () => [], routes: [] });

const seen = (minute: number, status: 'ACTIVE' | 'ARCHIVED' | 'RESOLVED' = 'ACTIVE'): Finding =>
  findingOf(numberedEvent(1, minute, status));

/** The documents of a finding and its group, with their versions. */
async function documentsOf(store: Store, key: string, group: string) {
  return [await store.read(FINDINGS, [key]), await store.read(GROUPS, [group])];
}

onBothStores('a finding that the rules ignore', (storeOf) => {
  test.each([
    ['ignore', IGNORED, 'rule-ignores'],
    ['do not mention', NO_RULE, 'no-rule-matches'],
  ] as const)('needs no pass where they %s it: it is stored as a pass would leave it', async (_, rules, because) => {
    const site = await openSite();
    const store = await storeOf(site);
    const parts = await site.start({ store, rules });
    for (const [finding, reason] of [
      [seen(1), because],
      [seen(2), because],
      [seen(2), because],
      [seen(3, 'ARCHIVED'), 'never-opened'],
      [seen(4), because],
      [seen(5, 'RESOLVED'), 'never-opened'],
    ] as const) {
      const { group } = await parts.accept(finding);
      expect(await parts.queue.depth()).toBe(0);
      expect((await parts.record(finding.key))?.mapping).toMatchObject({ state: 'ignored', because: reason, issue: null });
      const before = await documentsOf(store, finding.key, group);
      await parts.reconcile(group);
      expect(await documentsOf(store, finding.key, group)).toEqual(before);
    }
    expect((await parts.record(seen(1).key))?.history).toHaveLength(5);
    expect(parts.serviceEvents.filter(({ what }) => what === 'reconciled')).toEqual([]);
  });
});

describe('a pass looks after a finding that the rules ignore', () => {
  /** Accepts it. @returns whether a pass was asked for, and is due */
  async function asks(parts: ServiceParts, finding: Finding): Promise<boolean> {
    const { group } = await parts.accept(finding);
    const record = await parts.group(group);
    const isDue = record !== null && record.generation > record.observedGeneration;
    expect((await parts.queue.depth()) > 0).toBe(isDue);
    return isDue;
  }

  test.each<[string, Partial<GroupRecord>]>([
    ['has an issue', { issue: OPEN }],
    ['may have one', { intent: { ...INTENT, phase: 'uncertain' } }],
    ['is to get one', { intent: INTENT }],
    ['is being moved in Jira', { transition: { to: 'closed', owner: 'x', sentAt: 1, uncertain: false } }],
    ['waits', { requeueAt: { time: 9_999_999_999_999, because: 'cooldown' } }],
    ['has failed', { failure: { code: 'internal', message: 'x', words: null, retry: { when: 'backoff' }, at: 1 } }],
    ['has a pass that is due', { generation: 9 }],
    ['was unlinked', { unlinked: true }],
    ['has left an issue with its marker', { leaving: [{ id: '1', key: 'SEC-1' }] }],
    ['was released', { released: true }],
    ['has been admitted', { admission: { is: 'admitted' } }],
    ['has another member', { members: [seen(1).key, 'other|1'] }],
  ])('whose group %s', async (_, changes) => {
    const site = await openSite();
    const parts = await site.start({ rules: IGNORED });
    const { group } = await parts.accept(seen(1));
    const [stored] = await site.store.read(GROUPS, [group]);
    if (!stored) throw new Error('There is no group');
    await site.store.commit([put(GROUPS, group, stored.version, { ...stored.doc, ...changes })]);
    expect(await asks(parts, seen(2))).toBe(true);
  });

  test('about whose details a rule asks', async () => {
    const site = await openSite();
    const asking = { id: 'first', match: { ...MATCH, detail: { findingDetails: [{ exists: true }] } }, action: 'ignore' };
    const parts = await site.start({ rules: rulesOf([asking, { id: 'none', match: MATCH, action: 'ignore' }]) });
    expect(await asks(parts, seen(1))).toBe(true);
  });

  test('while an admin has to decide about some issue', async () => {
    const site = await openSite();
    const parts = await site.start({ rules: IGNORED });
    await site.store.commit([put(UNPROVEN, 'f2j-x', null, { issues: [{ id: '1', key: 'SEC-1', says: 'linked' }] })]);
    expect(await asks(parts, seen(1))).toBe(true);
  });

  test('about which a part wants to know something', async () => {
    const site = await openSite();
    const wants: boolean[] = [true, false];
    const enricher: Enricher = { ...SILENT, want: async () => wants.shift() ?? false };
    const parts = await site.start({ rules: IGNORED, startParts: () => [partOf(enricher)] });
    expect(await asks(parts, seen(1))).toBe(true);
    expect(await asks(parts, seen(1))).toBe(true);
  });
});

test('what a part knows of an ignored finding is stored with it', async () => {
  const site = await openSite();
  const facts = { owner: { resourceTags: { team: 'billing' }, accountTags: {}, contact: null } };
  const enricher: Enricher = { ...SILENT, known: async (findings) => new Map(findings.map(({ key }) => [key, { facts, awaited: false }])) };
  const rules = rulesOf([{ id: 'none', match: MATCH, action: 'ignore' }], { owner: { tags: ['team'] } });
  const parts = await site.start({ rules, startParts: () => [partOf(enricher)] });
  const { group } = await parts.accept(seen(1));
  expect(await parts.record(seen(1).key)).toMatchObject({ owner: { name: 'billing', source: 'resource-tag' } });
  const before = await documentsOf(site.store, seen(1).key, group);
  await parts.reconcile(group);
  expect(await documentsOf(site.store, seen(1).key, group)).toEqual(before);
});

describe('rules that change while an ignored finding is being stored', () => {
  const OPENING = [{ id: 'all', match: MATCH, action: 'issue', issue: { project: 'SEC', issueType: 'Task' } }];

  /** A process whose first finding is written only after the rules have changed, and the change has gone over all known findings. */
  async function late(site: Site, then: 'lives' | 'dies'): Promise<ServiceParts> {
    const other = await site.start({ rules: IGNORED, working: true });
    const doomed = mortal(site.store);
    let isChanged = false;
    const store: Store = {
      ...doomed.store,
      async commit(writes) {
        const isFinding = writes.some(({ collection }) => collection === FINDINGS.name);
        if (isFinding && !isChanged) {
          isChanged = true;
          await changeRules(other, OPENING);
          if (then === 'dies') doomed.dieAt(1, 'after');
        }
        return doomed.store.commit(writes);
      },
    };
    return site.start({ rules: IGNORED, store });
  }

  test.each(['by itself', 'with others'])('do not miss it: it is accepted %s', async (how) => {
    const site = await openSite();
    const parts = await late(site, 'lives');
    await (how === 'by itself' ? parts.accept(seen(1)) : parts.acceptBatch([seen(1), findingOf(numberedEvent(2, 1))]));
    // This queue may forget what it was asked for; the ticker of the other process finds the group that is due.
    site.clock.forward(31_000);
    await until(async () => (await parts.record(seen(1).key))?.mapping.state === 'open', 'its issue is opened');
  });

  test('do not miss it where the process dies right after it was stored: its message comes again', async () => {
    const site = await openSite();
    const parts = await late(site, 'dies');
    await expect(parts.accept(seen(1))).rejects.toBeInstanceOf(Killed);
    expect((await site.store.read(FINDINGS, [seen(1).key]))[0]?.doc.mapping.state).toBe('ignored');
    const next = await site.start({ rules: IGNORED, working: true, owner: 'next' });
    await next.accept(seen(1));
    await until(async () => (await next.record(seen(1).key))?.mapping.state === 'open', 'its issue is opened');
  });
});
