import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/findings/finding.ts';
import type { JsonObject } from '../../../src/findings/json.ts';
import { GROUPS } from '../../../src/pipeline/records/group-collections.ts';
import { put, type Store } from '../../../src/pipeline/ports/store.ts';
import { readMessage } from '../../../src/intake/read-message.ts';
import { ANALYZER_ARN } from '../../support/findings/finding-events.ts';
import { numberedEvent, range } from '../../support/findings/findings-by-number.ts';
import { finish } from '../../support/service/finish.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';

/** The event as it comes when a rule of EventBridge passes on its detail only: nothing names the analyzer. */
function bare(event: JsonObject): Finding {
  const [first] = readMessage(JSON.stringify(event['detail']), Date.now(), null).flatMap((part) =>
    part.kind === 'finding' ? [part.finding] : [],
  );
  if (first === undefined) throw new Error('The detail is no finding');
  expect(first.analyzerArn).toBe('unknown');
  return first;
}

const raw = (n: number, minute: number, status: 'ACTIVE' | 'RESOLVED' = 'ACTIVE'): Finding => findingOf(numberedEvent(n, minute, status));
const cut = (n: number, minute: number, status: 'ACTIVE' | 'RESOLVED' = 'ACTIVE'): Finding => bare(numberedEvent(n, minute, status));

async function emit(site: Site, parts: ServiceParts, ...findings: readonly Finding[]): Promise<string[]> {
  const groups: string[] = [];
  for (const finding of findings) {
    const { group } = await parts.accept(finding);
    await finish(site, parts, group);
    groups.push(group);
  }
  return groups;
}

/** Waits until all issues have been read back from Jira. */
async function trusted(site: Site, parts: ServiceParts): Promise<void> {
  while (!(await parts.trust.isTrusted())) {
    site.clock.forward(31_000);
    await parts.trust.advance();
  }
}

async function finishAll(site: Site, parts: ServiceParts, store: Store): Promise<void> {
  for (const { id } of (await store.page(GROUPS, { terms: [], limit: 100 })).items) await finish(site, parts, id);
}

describe('a finding that comes with its analyzer and without', () => {
  test('the event first: a detail without the analyzer belongs to it, and closes its issue', async () => {
    const site = await openSite();
    const parts = await site.start();
    const groups = await emit(site, parts, raw(1, 1), cut(1, 2, 'RESOLVED'));
    expect(new Set(groups).size).toBe(1);
    expect(site.jira.issues().map(({ status }) => status)).toEqual(['Done']);
    expect((await parts.record(raw(1, 1).key))?.finding).toMatchObject({ analyzerArn: ANALYZER_ARN, status: 'RESOLVED' });
    expect(await parts.record(cut(1, 1).key)).toBeNull();
  });

  test('without it first: the event brings the analyzer, and the issue stays the same', async () => {
    const site = await openSite();
    const parts = await site.start();
    const groups = await emit(site, parts, cut(1, 1), raw(1, 2), cut(1, 3, 'RESOLVED'));
    expect(new Set(groups).size).toBe(1);
    expect(site.jira.issues().map(({ status }) => status)).toEqual(['Done']);
    expect(await parts.record(cut(1, 1).key)).toBeNull();
    const record = await parts.record(raw(1, 1).key);
    expect(record).toMatchObject({ finding: { analyzerArn: ANALYZER_ARN, status: 'RESOLVED' }, mapping: { state: 'closed' } });
    expect(record?.history.map(({ what }) => what)).toEqual(['accepted', 'created', 'accepted', 'updated', 'accepted', 'closed']);
    expect((await parts.group(groups[0] ?? ''))?.members).toEqual([raw(1, 1).key]);
  });

  test('both at once, twenty times: twenty issues', async () => {
    const site = await openSite();
    const parts = await site.start();
    const seen = range(20).flatMap((n) => (n % 2 === 0 ? [raw(n, 1), cut(n, 1)] : [cut(n, 1), raw(n, 1)]));
    const groups = await Promise.all(seen.map(async (finding) => (await parts.accept(finding)).group));
    for (const group of new Set(groups)) await finish(site, parts, group);
    expect(site.created()).toBe(20);
    for (const n of range(20)) expect(await parts.record(cut(n, 1).key)).toBeNull();
  });

  test('in every order the newest counts, and there is one issue', async () => {
    const told = [raw(1, 1), cut(1, 2), raw(1, 3, 'RESOLVED'), cut(1, 4), raw(1, 5), cut(1, 6, 'RESOLVED')];
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(told, { minLength: told.length }), async (order) => {
        const site = await openSite();
        const parts = await site.start();
        await emit(site, parts, ...order);
        expect(site.created()).toBeLessThanOrEqual(1);
        expect((await parts.record(raw(1, 1).key))?.finding).toMatchObject({ status: 'RESOLVED', updatedAt: cut(1, 6).updatedAt });
        expect(site.jira.issues().filter(({ status }) => status !== 'Done')).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });

  const ofAnother = findingOf({ ...numberedEvent(1, 1), resources: ['arn:aws:access-analyzer:us-west-2:111122223333:analyzer/Other'] });

  test('two analyzers that use one id are two findings all the same', async () => {
    const site = await openSite();
    await emit(site, await site.start(), raw(1, 1), ofAnother);
    expect(site.created()).toBe(2);
  });

  test('the store was lost, and two analyzers use one id: a detail that may belong to either closes neither', async () => {
    const site = await openSite();
    await emit(site, await site.start(), raw(1, 1), ofAnother);
    const parts = await site.start({ store: site.emptyStore() });
    await trusted(site, parts);
    await emit(site, parts, cut(1, 2, 'RESOLVED'));
    expect(site.jira.issues().map(({ status }) => status)).toEqual(['To Do', 'To Do']);
  });

  const elsewhere = bare({
    ...numberedEvent(1, 1),
    detail: { ...Object(numberedEvent(1, 1)['detail']), resource: 'arn:aws:s3:::elsewhere' },
  });

  test.each([
    ['first', [elsewhere, raw(1, 1)]],
    ['last', [raw(1, 1), elsewhere]],
  ])('the same id on another resource is another finding: %s', async (_, told) => {
    const site = await openSite();
    await emit(site, await site.start(), ...told);
    expect(site.created()).toBe(2);
  });

  test('the store was lost, and the issue names no analyzer: the event finds it', async () => {
    const site = await openSite();
    await emit(site, await site.start(), cut(1, 1));
    site.jira.faults.down = true;
    const parts = await site.start({ store: site.emptyStore() });
    await parts.accept(raw(1, 2, 'RESOLVED'));
    site.jira.faults.down = false;
    await trusted(site, parts);
    await finish(site, parts, (await parts.accept(raw(1, 2, 'RESOLVED'))).group);
    expect(site.jira.issues().map(({ status }) => status)).toEqual(['Done']);
  });

  describe.each<[string, (n: number, minute: number, status?: 'ACTIVE' | 'RESOLVED') => Finding]>([
    ['with its analyzer', raw],
    ['without it', cut],
  ])('the store was lost, and the issue names the analyzer; the finding arrives %s', (_, form) => {
    test('after it was read back: it belongs to the issue, and closes it', async () => {
      const site = await openSite();
      await emit(site, await site.start(), raw(1, 1), raw(2, 1));
      const parts = await site.start({ store: site.emptyStore() });
      await trusted(site, parts);
      await emit(site, parts, form(1, 2, 'RESOLVED'), form(2, 2));
      expect(site.jira.issues().map(({ status }) => status)).toEqual(['Done', 'To Do']);
      expect((await parts.record(raw(1, 1).key))?.finding).toMatchObject({ analyzerArn: ANALYZER_ARN, status: 'RESOLVED' });
      expect(await parts.record(cut(1, 1).key)).toBeNull();
    });

    test('before it was read back: it is rehomed to the issue, whatever arrives afterwards', async () => {
      const site = await openSite();
      await emit(site, await site.start(), raw(1, 1), raw(2, 1), raw(3, 1));
      site.jira.faults.down = true;
      const store = site.emptyStore();
      const parts = await site.start({ store });
      await Promise.all([form(1, 2, 'RESOLVED'), form(2, 2), form(3, 2)].map((seen) => parts.accept(seen)));
      site.jira.faults.down = false;
      await trusted(site, parts);
      await finishAll(site, parts, store);
      await emit(site, parts, raw(3, 3), cut(3, 4, 'RESOLVED'));
      expect(site.jira.issues().map(({ status }) => status)).toEqual(['Done', 'To Do', 'Done']);
    });

    test('and its issue is read back last, when a create of its own is due: none is made', async () => {
      const site = await openSite();
      await emit(site, await site.start(), raw(1, 1));
      const store = site.emptyStore();
      const parts = await site.start({ store });
      await trusted(site, parts);
      const [home] = (await store.page(GROUPS, { terms: [], limit: 1 })).items;
      if (home === undefined) throw new Error('The group was not read back');
      // As if it were not there yet.
      await store.commit([put(GROUPS, home.id, home.version, null)]);
      const { group } = await parts.accept(form(1, 2));
      await store.commit([put(GROUPS, home.id, (await store.read(GROUPS, [home.id]))[0]?.version ?? null, home.doc)]);
      await finish(site, parts, group);
      await finish(site, parts, home.id);
      expect(site.created()).toBe(1);
      expect((await parts.group(home.id))?.members).toHaveLength(1);
    });
  });

  test.each(['after', 'before'])(
    'the store was lost: a finding of the same id on another resource does not get the issue of one that arrives %s it was read back',
    async (when) => {
      const site = await openSite();
      await emit(site, await site.start(), raw(1, 1));
      site.jira.faults.down = when === 'before';
      const parts = await site.start({ store: site.emptyStore() });
      if (when === 'after') await trusted(site, parts);
      const groups = [(await parts.accept(raw(1, 2))).group, (await parts.accept(elsewhere)).group];
      site.jira.faults.down = false;
      await trusted(site, parts);
      for (const group of groups) await finish(site, parts, group);
      expect(site.created()).toBe(2);
      expect((await parts.record(elsewhere.key))?.mapping.issue?.key).toBe('SEC-2');
    },
  );

  describe.each<[string, readonly Finding[]]>([
    ['without, then with it', [cut(1, 2), raw(1, 3)]],
    ['with it, then without', [raw(1, 2), cut(1, 3)]],
    ['in both ways, several times', [cut(1, 2), raw(1, 3), cut(1, 4), raw(1, 5)]],
  ])('the store was lost, the issue names no analyzer, and the finding arrives %s', (_, early) => {
    test.each([
      ['before', 'ACTIVE'],
      ['before', 'RESOLVED'],
      ['after', 'ACTIVE'],
      ['after', 'RESOLVED'],
    ] as const)('%s it was read back, at last as %s: it gets its issue', async (when, status) => {
      const site = await openSite();
      await emit(site, await site.start(), cut(1, 1));
      const store = site.emptyStore();
      site.jira.faults.down = when === 'before';
      const parts = await site.start({ store });
      if (when === 'after') await trusted(site, parts);
      for (const finding of [...early, raw(1, 6, status)]) await parts.accept(finding);
      site.jira.faults.down = false;
      await trusted(site, parts);
      await finishAll(site, parts, store);
      expect(site.jira.issues().map((issue) => issue.status)).toEqual([status === 'ACTIVE' ? 'To Do' : 'Done']);
      const record = await parts.record(raw(1, 1).key);
      expect(record).toMatchObject({ mapping: { state: status === 'ACTIVE' ? 'open' : 'closed', issue: { key: 'SEC-1' } } });
      expect((await parts.group(record?.group ?? ''))?.members).toEqual([raw(1, 1).key]);
    });
  });

  test('an evaluation finds it as well', async () => {
    const site = await openSite();
    const parts = await site.start();
    const [group] = await emit(site, parts, raw(1, 1));
    const rules = await parts.rules.current();
    const evaluation = await parts.evaluate({ finding: cut(1, 2, 'RESOLVED'), rules, preflight: false });
    expect(evaluation).toMatchObject({
      finding: { analyzerArn: ANALYZER_ARN },
      group: { id: group },
      outcome: { step: 'close', issueKey: 'SEC-1' },
    });
  });
});
