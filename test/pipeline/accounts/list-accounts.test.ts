import { describe, expect, test } from 'vitest';
import type { AccountsSource, ListedAccounts } from '../../../src/pipeline/ports/accounts-source.ts';
import { OPERATIONS } from '../../../src/pipeline/records/admin-collections.ts';
import { ACCOUNT_LISTINGS, ORGANIZATION } from '../../../src/pipeline/records/account-collections.ts';
import type { KnownAccount } from '../../../src/rules/known-accounts.ts';
import { adfWords } from '../../support/jira/adf-check.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { mortal } from '../../support/service/kill.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import type { ServiceParts, ServicePartsOptions } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';
import { until } from '../../support/until.ts';

const [OURS, OTHER] = ['444455556666', '555566667777'] as const;
const HOUR_MS = 60 * 60_000;
const never = new AbortController().signal;

const RULES = rulesOf(
  [
    {
      id: 'everything',
      match: { source: ['aws.access-analyzer'] },
      action: 'issue',
      issue: { project: 'SEC', issueType: 'Task', useAccountMap: true },
    },
  ],
  { limits: 'off', organizationalUnits: { 'ou-root-datadata': { project: 'DATA' } } },
);

const named = (name: string, units: readonly string[] = []): KnownAccount => ({ name, state: 'ACTIVE', units });
const list = (accounts: Readonly<Record<string, KnownAccount>>): ListedAccounts => ({
  ok: true,
  accounts: new Map(Object.entries(accounts)),
});

/** A source that answers what the test has put there, and counts the questions. */
function sourceOf(first: ListedAccounts): AccountsSource & { answer: ListedAccounts; asked: number } {
  const source = {
    answer: first,
    asked: 0,
    list: () => {
      source.asked += 1;
      return Promise.resolve(source.answer);
    },
  };
  return source;
}

async function openedSite(options: Partial<ServicePartsOptions>): Promise<{ site: Site; parts: ServiceParts }> {
  const site = await openSite({ projects: [{ key: 'SEC' }, { key: 'DATA' }] });
  return { site, parts: await site.start({ rules: RULES, ...options }) };
}

/** Reports an active finding on a bucket of an account, and makes the passes. */
async function report(parts: ServiceParts, bucket: string, accountId: string): Promise<string> {
  const finding = findingOf(externalEvent({ detail: { id: bucket, resource: `arn:aws:s3:::${bucket}`, accountId } }));
  const { group } = await parts.accept(finding);
  await parts.reconcile(group);
  return group;
}

/** Lists, and lets the operation that follows end. */
async function listNow(site: Site, parts: ServiceParts): Promise<void> {
  site.clock.forward(HOUR_MS + 1);
  await parts.listAccounts.advance(never);
  await operationsEnded(site);
}

async function operationsEnded(site: Site): Promise<void> {
  await until(async () => (await site.store.counts(OPERATIONS, ['state:running']))[0] === 0, 'no operation runs');
}

/** Generations: which groups a pass was asked for. */
async function generations(parts: ServiceParts, groups: readonly string[]): Promise<readonly number[]> {
  return Promise.all(groups.map(async (group) => (await parts.group(group))?.generation ?? 0));
}

const wordsOf = (site: Site, at = 0): string => adfWords(site.jira.issues()[at]?.description);

describe('accounts of an organization', () => {
  test('name an issue, and a rename changes its text alone: it asks for no other group, and moves nothing', async () => {
    const source = sourceOf(list({ [OURS]: named('billing-prod'), [OTHER]: named('shop') }));
    const { site, parts } = await openedSite({ accountsSource: source });
    await listNow(site, parts);
    const groups = [await report(parts, 'ours', OURS), await report(parts, 'theirs', OTHER)];
    expect(wordsOf(site)).toContain(`billing-prod (${OURS})`);

    const before = await generations(parts, groups);
    const titles = site.jira.issues().map(({ key, summary }) => [key, summary]);
    source.answer = list({ [OURS]: { ...named('billing-live'), state: 'SUSPENDED' }, [OTHER]: named('shop') });
    await listNow(site, parts);
    expect(await generations(parts, groups)).toEqual([(before[0] ?? 0) + 1, before[1]]);
    for (const group of groups) await parts.reconcile(group);
    expect(wordsOf(site)).toContain(`billing-live (${OURS}, suspended)`);
    expect(wordsOf(site)).not.toContain('billing-prod');
    // Its unit belongs to another project from now on; the issue stays where it is.
    source.answer = list({ [OURS]: named('billing-live', ['ou-root-datadata']), [OTHER]: named('shop') });
    await listNow(site, parts);
    for (const group of groups) await parts.reconcile(group);
    expect(site.jira.issues().map(({ key, summary }) => [key, summary])).toEqual(titles);
    expect(site.created()).toBe(2);

    const again = await generations(parts, groups);
    await listNow(site, parts);
    expect(await generations(parts, groups)).toEqual(again);
    expect(parts.serviceEvents.filter(({ what }) => what === 'accounts-listed')).toEqual([
      { what: 'accounts-listed', accounts: 2, changed: 0 },
      { what: 'accounts-listed', accounts: 2, changed: 1 },
      { what: 'accounts-listed', accounts: 2, changed: 1 },
    ]);
  });

  test('put the next issue where their unit, or one above it, belongs', async () => {
    const source = sourceOf(list({ [OURS]: named('a', ['ou-root-teamteam', 'ou-root-datadata', 'r-root']) }));
    const { site, parts } = await openedSite({ accountsSource: source });
    await report(parts, 'before', OURS);
    await listNow(site, parts);
    await report(parts, 'after', OURS);
    expect(site.jira.issues().map(({ key }) => key.replace(/-.*/, ''))).toEqual(['SEC', 'DATA']);
  });

  test('are asked about by one replica, and known to the other at its next pass', async () => {
    const source = sourceOf(list({ [OURS]: named('billing-prod') }));
    const { site, parts } = await openedSite({ accountsSource: source });
    const other = await site.start({ rules: RULES, accountsSource: source, owner: 'other', soleOwner: false });
    await Promise.all([parts.listAccounts.advance(never), other.listAccounts.advance(never)]);
    expect(source.asked).toBe(1);
    await report(source.asked === 1 ? other : parts, 'ours', OURS);
    expect(wordsOf(site)).toContain(`billing-prod (${OURS})`);
  });

  test('that no map covers are told by the doctor, and how the listing went', async () => {
    const source = sourceOf(list({ [OURS]: named('billing-prod'), [OTHER]: named('data', ['ou-root-datadata']) }));
    const { site, parts } = await openedSite({ accountsSource: source });
    const diagnosed = async () => parts.diagnoseAccounts((await parts.rules.current()).compiled.ruleSet);
    expect(await diagnosed()).toEqual([{ check: 'accounts', ok: true, message: 'AWS Organizations has not been asked yet', advice: null }]);
    await listNow(site, parts);
    const [first] = await diagnosed();
    expect(first).toMatchObject({ ok: true, advice: null });
    expect(first?.message).toMatch(/listed 2 accounts at .*; no map covers 1 of them: billing-prod \(444455556666\)$/);
    source.answer = { ok: false, code: 'bad-answer', message: 'AWS gave nonsense' };
    await listNow(site, parts);
    expect(await diagnosed()).toMatchObject([
      { ok: false, message: expect.stringMatching(/listed 2 .* gives no list since .*: bad-answer: AWS gave nonsense$/) },
    ]);
  });
});

describe('a listing that is refused', () => {
  test('is told once, keeps what was listed, and is made again in an hour', async () => {
    const source = sourceOf(list({ [OURS]: named('billing-prod') }));
    const { site, parts } = await openedSite({ accountsSource: source });
    await listNow(site, parts);
    source.answer = { ok: false, code: 'denied', message: 'no right' };
    await listNow(site, parts);
    await listNow(site, parts);
    await parts.listAccounts.advance(never);
    expect(source.asked).toBe(3);
    await report(parts, 'ours', OURS);
    expect(wordsOf(site)).toContain(`billing-prod (${OURS})`);
    source.answer = list({ [OURS]: named('billing-prod') });
    await listNow(site, parts);
    expect(parts.serviceEvents.filter(({ what }) => what.startsWith('accounts-'))).toEqual([
      { what: 'accounts-listed', accounts: 1, changed: 0 },
      { what: 'accounts-refused', code: 'denied', message: 'no right' },
      { what: 'accounts-listed', accounts: 1, changed: 0 },
    ]);
  });

  test('by a process that stops is made again at once', async () => {
    const source = sourceOf({ ok: false, code: 'unavailable', message: 'stopped' });
    const { parts } = await openedSite({ accountsSource: source });
    await parts.listAccounts.advance(AbortSignal.abort());
    await parts.listAccounts.advance(AbortSignal.abort());
    expect(source.asked).toBe(2);
    expect(parts.serviceEvents.filter(({ what }) => what === 'accounts-refused')).toEqual([]);
  });

  test('leaves the map in the rules file, names included', async () => {
    const rules = rulesOf(RULES.ruleSet.rules, { limits: 'off', accounts: { [OURS]: { project: 'DATA', name: 'Billing' } } });
    const { site, parts } = await openedSite({ rules, accountsSource: sourceOf({ ok: false, code: 'no-organization', message: 'none' }) });
    await listNow(site, parts);
    await report(parts, 'ours', OURS);
    expect(site.jira.issues()[0]?.key).toMatch(/^DATA-/);
    expect(wordsOf(site)).toContain(`Billing (${OURS})`);
  });
});

test.each([
  [1, 'before'],
  [1, 'after'],
  [2, 'before'],
  [2, 'after'],
  [3, 'after'],
] as const)('a process that dies at commit %i, %s it is written, loses no rename and repeats no create', async (commits, when) => {
  const source = sourceOf(list({ [OURS]: named('billing-prod') }));
  const { site, parts: first } = await openedSite({});
  const group = await report(first, 'ours', OURS);
  const dying = mortal(site.store);
  const parts = await site.start({ store: dying.store, rules: RULES, accountsSource: source, owner: 'dying' });
  dying.dieAt(commits, when);
  await parts.listAccounts.advance(never).catch(() => undefined);
  await parts.operations.stop();

  const next = await site.start({ rules: RULES, accountsSource: source, owner: 'next' });
  await next.operations.advance();
  await listNow(site, next);
  await next.reconcile(group);
  expect(wordsOf(site)).toContain(`billing-prod (${OURS})`);
  expect(await site.store.read(ACCOUNT_LISTINGS, [ORGANIZATION])).toMatchObject([{ doc: { problem: null } }]);
  expect(site.created()).toBe(1);
});
