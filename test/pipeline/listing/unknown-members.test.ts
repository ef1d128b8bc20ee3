import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/findings/json.ts';
import { newGroup } from '../../../src/issues/group-record.ts';
import { analyzersOfUnknownMembers, loseMember } from '../../../src/pipeline/listing/unknown-members.ts';
import { put, StoreUnavailable, type Store } from '../../../src/pipeline/ports/store.ts';
import { GROUPS, UNKNOWN_MEMBERS } from '../../../src/pipeline/records/group-collections.ts';
import type { SimulatedAnalyzer } from '../../../src/sandbox/access-analyzer/simulated-analyzer.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { keepFindings } from '../../support/findings/finding-records.ts';
import { findingOf, groupedBy } from '../../support/findings/parsed.ts';
import { finish } from '../../support/service/finish.ts';
import { readBack } from '../../support/service/read-back.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { openSwept, sweep, type SweptSite } from './swept-site.ts';

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n);
const arnOf = (name: string): string => `arn:aws:access-analyzer:us-west-2:111122223333:analyzer/${name}`;
/** The analyzer of the findings, and another one of the same account. */
const [OWN, BESIDE] = [arnOf('Own'), arnOf('Beside')];

const analyzer = (arn: string, given: Partial<SimulatedAnalyzer> = {}): SimulatedAnalyzer => ({
  arn,
  type: 'ACCOUNT',
  status: 'ACTIVE',
  managedBy: null,
  archiveRules: [],
  ...given,
});

/** The n-th access; each three are to one bucket, so they share an issue. */
function access(n: number, detail: Readonly<Record<string, unknown>> = {}): JsonObject {
  const own = { id: `finding-${n}`, resource: `arn:aws:s3:::bucket-${Math.floor(n / 3)}`, ...detail };
  return externalEvent({ detail: own, analyzerArn: OWN });
}

const resolved = (n: number): JsonObject => access(n, { status: 'RESOLVED', updatedAt: '2026-03-02T10:00:00Z' });

const BY_RESOURCE = groupedBy('resource');

interface Lost {
  readonly all: SweptSite;
  readonly parts: ServiceParts;
  readonly groups: readonly string[];
  start(owner: string, store?: SweptSite['site']['store']): Promise<ServiceParts>;
}

/** Issues of so many findings, read back into an empty store. @param before happens in AWS before that, and no event tells of it */
async function lost(count: number, before: (aws: SweptSite['aws']) => void): Promise<Lost> {
  const opened = await openSwept();
  const { site, aws } = opened;
  aws.putAnalyzer(analyzer(OWN));
  const first = await opened.start({ rules: BY_RESOURCE });
  const groups = new Set<string>();
  for (const n of numbers(count)) {
    aws.follow(access(n));
    groups.add((await first.accept(findingOf(access(n)))).group);
  }
  for (const group of groups) await finish(site, first, group);
  before(aws);
  const store = site.emptyStore();
  const all = { ...opened, site: { ...site, store } };
  const start: Lost['start'] = (owner, its = store) => opened.start({ rules: BY_RESOURCE, store: its, owner });
  const parts = await start('restored');
  await readBack(site, parts);
  const made: Lost = { all, parts, groups: [...groups], start };
  await passes(made);
  return made;
}

async function passes({ all, parts, groups }: Lost): Promise<void> {
  for (const group of groups) await finish(all.site, parts, group);
}

const statuses = ({ all }: Lost): readonly string[] => all.site.jira.issues().map(({ status }) => status);
const lastOf = async ({ parts, groups }: Lost, n = 0) => (await parts.group(groups[n] ?? ''))?.last;
const waiting = async ({ all }: Lost): Promise<number> => (await all.site.store.counts(GROUPS, [UNKNOWN_MEMBERS]))[0] ?? -1;

describe('a finding that only its issue names', () => {
  test('and that AWS no longer has is ended at the second listing: its issue is closed as no longer monitored', async () => {
    const site = await lost(3, (aws) => {
      for (const n of numbers(3)) aws.remove(OWN, `finding-${n}`);
    });
    const { all, parts } = site;
    expect([await lastOf(site), await waiting(site)]).toEqual([{ step: 'nothing', because: 'members-unknown' }, 1]);
    expect(await sweep(all, parts)).toMatchObject({ missing: 3, gone: 0, ended: 0 });
    await passes(site);
    expect(statuses(site)).toEqual(['To Do']);
    expect(await sweep(all, parts)).toMatchObject({ missing: 3, gone: 3, ended: 0 });
    await passes(site);
    expect(statuses(site)).toEqual(['Done']);
    expect(JSON.stringify(all.site.jira.issues()[0]?.comments)).toMatch(/no longer monitor/i);
    expect([await lastOf(site), await waiting(site)]).toEqual([{ step: 'nothing', because: 'already-closed' }, 0]);
    expect(await sweep(all, parts)).toMatchObject({ missing: 0, gone: 0 });
    // Access that AWS reports again opens it again, and the name is known by then.
    await parts.accept(findingOf(access(1)));
    await passes(site);
    expect(statuses(site)).toEqual(['To Do']);
    expect(await parts.group(site.groups[0] ?? '')).toMatchObject({ gone: [findingOf(access(0)).key, findingOf(access(2)).key] });
  });

  test('and that AWS says is resolved, or still active, is known after one listing', async () => {
    const site = await lost(6, (aws) => {
      for (const n of numbers(3)) aws.follow(resolved(n));
    });
    expect(await sweep(site.all, site.parts)).toMatchObject({ added: 6, missing: 0 });
    await passes(site);
    expect(statuses(site)).toEqual(['Done', 'To Do']);
    expect(await waiting(site)).toBe(0);
  });

  test('keeps its issue open no longer once the others are resolved, which counts as no fix', async () => {
    const site = await lost(3, (aws) => aws.remove(OWN, 'finding-1'));
    const { all, parts } = site;
    await sweep(all, parts);
    expect(await sweep(all, parts)).toMatchObject({ gone: 1 });
    await passes(site);
    expect(statuses(site)).toEqual(['To Do']);
    for (const n of [0, 2]) await parts.accept(findingOf(resolved(n)));
    await passes(site);
    expect(statuses(site)).toEqual(['Done']);
    expect(await parts.group(site.groups[0] ?? '')).toMatchObject({ issue: { closedBecause: 'unmonitored' } });
  });

  test('and that was listed in between, or is only not answered about, is not ended', async () => {
    const site = await lost(3, (aws) => {
      for (const n of numbers(3)) aws.remove(OWN, `finding-${n}`);
    });
    const { all, parts } = site;
    await sweep(all, parts);
    all.aws.follow(access(0));
    for (const fault of ['InternalServerException', 'AccessDeniedException'] as const) {
      for (let tries = 0; tries < 12; tries += 1) all.aws.faults.next.push({ on: 'GetFindingV2', fault });
      expect(await sweep(all, parts)).toMatchObject({ missing: 2, gone: 0 });
      all.aws.faults.next.length = 0;
    }
    await passes(site);
    expect(statuses(site)).toEqual(['To Do']);
    // Those two begin anew.
    expect(await sweep(all, parts)).toMatchObject({ missing: 2, gone: 0 });
    expect(await sweep(all, parts)).toMatchObject({ missing: 2, gone: 2 });
  });

  test('is not ended where more are gone than are held: an alarm is raised', async () => {
    const site = await lost(42, (aws) => {
      for (const n of numbers(22)) aws.remove(OWN, `finding-${n}`);
    });
    const { all, parts } = site;
    for (let times = 0; times < 2; times += 1) {
      expect(await sweep(all, parts)).toMatchObject({ missing: 22, gone: 0, analyzers: [{ alarm: true }] });
      expect(parts.serviceEvents.filter(({ what }) => what === 'findings-vanished')).toHaveLength(times + 1);
    }
    for (const n of numbers(2)) all.aws.follow(access(n));
    expect(await sweep(all, parts)).toMatchObject({ missing: 20, gone: 20, analyzers: [{ alarm: false }] });
  });

  test('is left alone by a dry run, which says what it would do', async () => {
    const site = await lost(3, (aws) => {
      for (const n of numbers(3)) aws.remove(OWN, `finding-${n}`);
    });
    const { all, parts } = site;
    await sweep(all, parts);
    const how = { dryRun: true, operation: '', joined: null, onProgress: async () => undefined, signal: new AbortController().signal };
    expect(await parts.findingsSweep?.run(how)).toMatchObject({ missing: 3, gone: 3 });
    await passes(site);
    expect([statuses(site), await waiting(site)]).toEqual([['To Do'], 1]);
  });

  test('of an open issue alone is asked about: a closed one waits for nothing', async () => {
    const site = await lost(3, (aws) => {
      for (const n of numbers(3)) aws.remove(OWN, `finding-${n}`);
    });
    const { all, parts } = site;
    await sweep(all, parts);
    await sweep(all, parts);
    await passes(site);
    const again = all.site.emptyStore();
    const other = await site.start('again', again);
    const read: Lost = { ...site, parts: other, all: { ...all, site: { ...all.site, store: again } } };
    await readBack(all.site, other);
    await passes(read);
    expect([await lastOf(read), await waiting(read)]).toEqual([{ step: 'nothing', because: 'members-unknown' }, 0]);
    const swept = await sweep(read.all, other);
    expect([swept.missing, swept.calls['GetFindingV2']]).toEqual([0, undefined]);
  });
});

describe('an analyzer that only issues name', () => {
  test('and that AWS no longer has among others of the account: their findings are no longer monitored after two sweeps', async () => {
    const site = await lost(3, (aws) => {
      aws.removeAnalyzer(OWN);
      aws.putAnalyzer(analyzer(BESIDE));
    });
    const { all, parts } = site;
    expect(await sweep(all, parts)).toMatchObject({ gone: 0 });
    await passes(site);
    expect(statuses(site)).toEqual(['To Do']);
    expect(await sweep(all, parts)).toMatchObject({ gone: 3 });
    await passes(site);
    expect(statuses(site)).toEqual(['Done']);
    const swept = await sweep(all, parts);
    expect(swept.analyzers.map(({ analyzerArn }) => analyzerArn)).toEqual([BESIDE]);
  });

  test('and of whose account AWS names none proves nothing: it may be at work elsewhere', async () => {
    const site = await lost(3, (aws) => {
      aws.removeAnalyzer(OWN);
      aws.putAnalyzer(analyzer('arn:aws:access-analyzer:us-west-2:444455556666:analyzer/Other'));
    });
    for (let times = 0; times < 3; times += 1) expect(await sweep(site.all, site.parts)).toMatchObject({ gone: 0 });
    await passes(site);
    expect([statuses(site), await waiting(site)]).toEqual([['To Do'], 1]);
  });
});

test('names that a person has written into properties lead to a limited number of analyzers, and to nothing that is none', async () => {
  const { site } = await openSwept();
  await keepFindings(site.store, []);
  const issue = { id: '1', key: 'SEC-1', projectKey: 'SEC', issueType: 'Task', ruleId: null, lastApplied: 'open', status: null } as const;
  const written = (n: number): readonly string[] => [`${arnOf(`Forged-${n}`)}|finding-1`, `arn:aws:s3:::bucket-${n}|finding-1`, '#short'];
  const groups = numbers(5).map((n) => ({ ...newGroup(`f-${n}`, written(n), 0), issue, unknown: written(n) }));
  await site.store.commit(groups.map((group) => put(GROUPS, group.group, null, group)));
  expect([...(await analyzersOfUnknownMembers(site.store, 9))].toSorted()).toEqual(numbers(5).map((n) => arnOf(`Forged-${n}`)));
  expect((await analyzersOfUnknownMembers(site.store, 3)).size).toBe(3);
});

test('two replicas that give up the same findings at once record each once, and close the issue once', async () => {
  const site = await lost(3, (aws) => {
    for (const n of numbers(3)) aws.remove(OWN, `finding-${n}`);
  });
  const { all, parts } = site;
  const { store, jira } = all.site;
  const queue = { ask: async (): Promise<void> => undefined };
  const keys = numbers(3).map((n) => findingOf(access(n)).key);
  const [group = ''] = site.groups;
  let conflicts = 0;
  const counted: Store = {
    ...store,
    async commit(writes) {
      const result = await store.commit(writes);
      if (!result.ok) conflicts += 1;
      return result;
    },
  };
  await Promise.all([counted, counted].flatMap((its) => keys.map((key) => loseMember({ store: its, queue }, { group, key }))));
  expect(conflicts).toBeGreaterThan(0);
  expect([...((await parts.group(group))?.gone ?? [])].toSorted()).toEqual(keys);
  const other = await site.start('other');
  await Promise.all([parts.reconcile(group), other.reconcile(group)]);
  await passes(site);
  expect(statuses(site)).toEqual(['Done']);
  expect(
    jira.history().filter(({ operation, done }) => operation.startsWith('POST /issue/') && operation.endsWith('/transitions') && done),
  ).toHaveLength(1);
});

test.each([
  ['the listing', (aws: SweptSite['aws']) => numbers(3).forEach((n) => aws.remove(OWN, `finding-${n}`))],
  [
    'the end of its analyzer',
    (aws: SweptSite['aws']) => {
      aws.removeAnalyzer(OWN);
      aws.putAnalyzer(analyzer(BESIDE));
    },
  ],
] as const)('a process that dies at any write of %s leaves the rest to the next one', async (_, before) => {
  const site = await lost(3, before);
  const { all } = site;
  await sweep(all, site.parts);
  all.site.clock.forward(3_601_000);
  for (let nth = 1; ; nth += 1) {
    let commits = 0;
    const dying = await site.start(`dying-${nth}`, {
      ...all.site.store,
      async commit(writes) {
        commits += 1;
        if (commits >= nth) throw new StoreUnavailable('this process is dead');
        return all.site.store.commit(writes);
      },
    });
    await dying.findingsSweep?.advance(new AbortController().signal).catch(() => undefined);
    if (commits < nth) break;
    all.site.clock.forward(61_000);
    expect(nth).toBeLessThan(60);
  }
  const [stored] = await all.site.store.read(GROUPS, [site.groups[0] ?? '']);
  expect(stored?.doc.gone).toEqual(numbers(3).map((n) => findingOf(access(n)).key));
  await passes(site);
  expect(statuses(site)).toEqual(['Done']);
});
