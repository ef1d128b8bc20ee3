import { describe, expect, test } from 'vitest';
import { FINDINGS } from '../../../src/pipeline/records/finding-collections.ts';
import { GROUPS } from '../../../src/pipeline/records/group-collections.ts';
import { StoreUnavailable, type Store } from '../../../src/pipeline/ports/store.ts';
import { numberedEvent, range } from '../../support/findings/findings-by-number.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { finish } from '../../support/service/finish.ts';
import { changeRules, saveRules } from '../../support/service/save-rules.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';
import { until } from '../../support/until.ts';

const match = { source: ['aws.access-analyzer'] };
const issue = { project: 'SEC', issueType: 'Task' };
const of = (bucket: number) => ({ detail: { resource: [`arn:aws:s3:::bucket-${bucket}`] } });
const REST = { id: 'rest', match, action: 'issue', issue };

/** Findings 0, 1, … under the current rules, fully reconciled. @returns their groups */
async function known(site: Site, parts: ServiceParts, count: number): Promise<string[]> {
  const groups: string[] = [];
  for (const n of range(count)) groups.push((await parts.accept(findingOf(numberedEvent(n, 0)))).group);
  for (const group of groups) await finish(site, parts, group);
  return groups;
}

const keyOf = (n: number): string => findingOf(numberedEvent(n, 0)).key;

async function versions(store: Store, groups: readonly string[]): Promise<(string | undefined)[]> {
  const found = [
    ...(await store.read(GROUPS, groups)),
    ...(await store.read(
      FINDINGS,
      groups.map((_, n) => keyOf(n)),
    )),
  ];
  return found.map((stored) => stored?.version);
}

/** A store that is lost to its process after so many commits. */
function cutAfter(store: Store, commits: number): { readonly store: Store; isCut(): boolean } {
  let left = commits;
  return {
    isCut: () => left < 0,
    store: {
      ...store,
      async commit(writes) {
        left -= 1;
        if (left < 0) throw new StoreUnavailable('the process is cut off');
        return store.commit(writes);
      },
    },
  };
}

/** How many findings the last change has reached. */
async function decided(parts: ServiceParts, count: number): Promise<number> {
  const records = await Promise.all(range(count).map((n) => parts.record(keyOf(n))));
  return records.filter((record) => record?.decision.ruleId === 'rest').length;
}

describe('a change of the rules', () => {
  test('reconciles the findings that it touches, and no other', async () => {
    const site = await openSite();
    const parts = await site.start({
      preflight: { check: async () => [], ends: async () => [] },
      rules: rulesOf([{ id: 'one', match: of(1), action: 'ignore' }, { id: 'two', match: of(2), action: 'issue', issue }, REST]),
    });
    const groups = await known(site, parts, 4);
    expect(site.created()).toBe(3);
    const before = await versions(site.store, groups);
    const calls = site.jira.history().length;

    // 1 is sent to Jira now, 2 to another project; 0 and 3 stay as they are, although the rule that decides them has another place.
    const result = await changeRules(parts, [{ id: 'two', match: of(2), action: 'issue', issue: { ...issue, project: 'PLAT' } }, REST]);
    expect(result).toEqual({ changed: 2 });
    const after = await versions(site.store, groups);
    expect([0, 3, 4, 7].map((at) => after[at] === before[at])).toEqual([true, true, true, true]);
    expect([1, 2, 5, 6].map((at) => after[at] === before[at])).toEqual([false, false, false, false]);
    expect(await parts.record(keyOf(1))).toMatchObject({
      decision: { action: 'issue', ruleId: 'rest' },
      history: expect.arrayContaining([expect.objectContaining({ what: 'decided', because: 'revision 2: rest' })]),
    });
    expect(site.jira.history()).toHaveLength(calls);

    for (const group of groups) await finish(site, parts, group);
    expect(
      site.jira
        .issues()
        .map(({ key }) => key)
        .toSorted(),
    ).toEqual(['SEC-1', 'SEC-2', 'SEC-3', 'SEC-4']);
    expect((await parts.record(keyOf(1)))?.mapping).toMatchObject({ state: 'open', issue: { key: 'SEC-4' } });
    expect((await parts.record(keyOf(2)))?.mapping).toMatchObject({ state: 'open', projectKey: 'SEC' });
  });

  test.each([
    ['leave', 'To Do'],
    ['close', 'Done'],
  ] as const)('that sends a finding nowhere treats its issue as the rule says: %s', async (whenUnrouted, status) => {
    const site = await openSite();
    const parts = await site.start({ rules: rulesOf([{ ...REST, whenUnrouted }]) });
    const groups = await known(site, parts, 2);
    await changeRules(parts, [
      { id: 'one', match: of(1), action: 'ignore' },
      { ...REST, whenUnrouted },
    ]);
    for (const group of groups) await finish(site, parts, group);
    expect(site.jira.issues().map((one) => one.status)).toEqual(['To Do', status]);
  });

  test('of `whenUnrouted` alone touches the issues that are unrouted already', async () => {
    const site = await openSite();
    const parts = await site.start({ rules: rulesOf([REST]) });
    const groups = await known(site, parts, 2);
    const ignoring = { id: 'one', match: of(1), action: 'ignore' };
    await changeRules(parts, [ignoring, REST]);
    for (const group of groups) await finish(site, parts, group);
    expect(await changeRules(parts, [ignoring, { ...REST, whenUnrouted: 'close' }])).toEqual({ changed: 2 });
    for (const group of groups) await finish(site, parts, group);
    expect(site.jira.issues().map((one) => one.status)).toEqual(['To Do', 'Done']);
  });

  test('moves findings without an issue into their new groups', async () => {
    const site = await openSite();
    const parts = await site.start({ rules: rulesOf([{ id: 'none', match, action: 'ignore' }]) });
    // The same access, seen from two Regions.
    const seen = ['eu-central-1', 'us-east-1'].map((region) =>
      findingOf(
        externalEvent({ analyzerArn: `arn:aws:access-analyzer:${region}:111122223333:analyzer/a`, detail: { id: `in-${region}`, region } }),
      ),
    );
    for (const finding of seen) await finish(site, parts, (await parts.accept(finding)).group);
    await changeRules(parts, [{ ...REST, groupBy: 'access' }]);
    const groups = await Promise.all(seen.map(async ({ key }) => (await parts.record(key))?.group ?? ''));
    expect(new Set(groups).size).toBe(1);
    await finish(site, parts, groups[0] ?? '');
    expect(site.created()).toBe(1);
  });

  test('ends the wait of a create that Jira had refused', async () => {
    const site = await openSite({ projects: [{ key: 'SEC', required: ['duedate'] }] });
    const parts = await site.start({ rules: rulesOf([REST]) });
    const { group } = await parts.accept(findingOf(numberedEvent(0, 0)));
    await parts.reconcile(group);
    const waiting = await parts.group(group);
    expect(waiting?.failure).not.toBeNull();
    expect(waiting?.requeueAt?.time).toBeGreaterThan(site.clock.now());
    await changeRules(parts, [{ ...REST, issue: { ...issue, dueInDays: 3 } }]);
    await parts.reconcile(group);
    expect(site.created()).toBe(1);
    expect((await parts.record(keyOf(0)))?.mapping.state).toBe('open');
  });

  test('is brought to the end by another process when its own dies on the way', async () => {
    const site = await openSite();
    const first = await site.start({ rules: rulesOf([{ id: 'none', match, action: 'ignore' }]), soleOwner: false, owner: 'one' });
    const groups = await known(site, first, 120);
    const cut = cutAfter(site.store, 60);
    const dying = await site.start({ owner: 'two', soleOwner: false, store: cut.store });
    const saved = await saveRules(dying, [REST]);
    const operation = saved.saved ? (saved.operation ?? '') : '';
    await until(cut.isCut, 'it died');
    expect(await decided(first, 120)).toBeLessThan(120);
    await first.operations.advance();
    expect((await first.operations.read(operation))?.owner).toBe('two');
    site.clock.forward(60_000);
    await until(async () => {
      await first.operations.advance();
      return (await first.operations.read(operation))?.state === 'done';
    }, 'the other one has done it');
    expect(await decided(first, 120)).toBe(120);
    for (const group of groups) await finish(site, first, group);
    expect(site.created()).toBe(120);
  });
});

test('a save that can not scan all findings in time requires a backtest', async () => {
  const site = await openSite();
  const parts = await site.start({
    rules: rulesOf([REST]),
    // Reading is so slow here that the first page takes half a minute.
    store: {
      ...site.store,
      async page(from, query) {
        site.clock.forward(31_000);
        return site.store.page(from, query);
      },
    },
  });
  await parts.accept(findingOf(numberedEvent(0, 0)));
  const wanted = {
    rules: rulesOf([{ ...REST, id: 'other' }]),
    base: 1,
    by: { actor: 'anna', path: '/api/v1/rules', requestId: 'request' },
    action: 'rules.saved',
    target: 'rules',
    comment: null,
    backtestToken: null,
  };
  expect(await parts.saveRules({ ...wanted, pardoned: [] })).toEqual({
    saved: false,
    because: 'refused',
    refusal: { ok: false, because: 'backtest-required', openIssues: null },
  });
  expect(await parts.saveRules({ ...wanted, pardoned: ['backtest'] })).toMatchObject({ saved: true });
});
