import { describe, expect, onTestFinished, test } from 'vitest';
import type { Finding } from '../../../src/findings/finding.ts';
import type { FoundOwner } from '../../../src/issues/facts/find-owner.ts';
import type { RunningPart } from '../../../src/pipeline/ports/part.ts';
import type { PipelineDeps } from '../../../src/pipeline/pipeline-deps.ts';
import type { TagsFault } from '../../../src/sandbox/tags/tags-state.ts';
import { bearer, startAdmin, TOKENS } from '../../support/admin/admin-server.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { MANAGEMENT, openOwnerSources, OWNER_ROLE, type OwnerSources } from './start-owner.ts';
import { simulatedAccount } from '../../support/servers/organizations.ts';
import { tagged } from '../../support/servers/tags.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import type { ServiceParts, ServicePartsOptions } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';
import { until } from '../../support/until.ts';

const ACCOUNT = '444455556666';
const BUCKET = 'arn:aws:s3:::billing-export';
const DESK = { Name: 'Security desk', EmailAddress: 'desk@example.com', PhoneNumber: '+1', Title: 'Desk' };
const DAY_MS = 86_400_000;
const OWNER = { tags: ['owner', 'team'], values: { payments: { project: 'PAY', name: 'Payments' } } };

const rules = (issue: object = {}, besides: object = { owner: OWNER }) =>
  rulesOf(
    [
      {
        id: 'all',
        match: { source: ['aws.access-analyzer'] },
        action: 'issue',
        issue: { project: 'SEC', issueType: 'Task', useOwner: true, ...issue },
      },
    ],
    { limits: 'off', ...besides },
  );

const bucket = (tags: Record<string, string>, arn = BUCKET) => tagged(arn, tags, { accountId: ACCOUNT, region: 'us-west-2' });

function finding(n = 1, detail: object = {}): Finding {
  return findingOf(externalEvent({ detail: { id: `finding-${n}`, ...detail } }));
}

type Sources = Parameters<typeof openOwnerSources>[0];

async function start(
  sources: Sources,
  options: Partial<ServicePartsOptions> = {},
  settings?: Readonly<Record<string, string>>,
): Promise<{ site: Site; aws: OwnerSources; parts: ServiceParts; running: readonly RunningPart[] }> {
  const aws = await openOwnerSources(sources);
  const site = await openSite({ projects: [{ key: 'SEC' }, { key: 'PAY' }, { key: 'PLAT' }] });
  const running: RunningPart[] = [];
  const startParts: PipelineDeps['startParts'] = (ports) => {
    running.push(...aws.startParts(settings, 2_000)(ports));
    return running;
  };
  return { site, aws, running, parts: await site.start({ rules: rules(), working: true, startParts, ...options }) };
}

async function isOpened(parts: ServiceParts, { key }: Finding): Promise<boolean> {
  return ((await parts.record(key))?.mapping.issue ?? null) !== null;
}

/** The finding is accepted and its issue opened: its project, and whose the resource is. */
async function opened({ parts }: { parts: ServiceParts }, one = finding()): Promise<{ project: string | null; owner: object | null }> {
  await parts.accept(one);
  await until(() => isOpened(parts, one), 'the issue is opened', 30_000);
  const record = await parts.record(one.key);
  return { project: record?.mapping.projectKey ?? null, owner: record?.owner ?? null };
}

const historyOf = async (parts: ServiceParts, { key }: Finding) =>
  (await parts.record(key))?.history.filter(({ what }) => what === 'enriched').map(({ because }) => because);

async function evaluated(parts: ServiceParts, one = finding()): Promise<FoundOwner | null> {
  return (await parts.evaluate({ finding: one, rules: await parts.rules.current(), preflight: false })).owner;
}

describe('the owner', () => {
  test('is told by a tag of the resource before the issue is opened, in its project, its text, its history and evaluate', async () => {
    const all = await start({ resources: [bucket({ team: 'payments', other: 'secret' })], contacts: { [ACCOUNT]: DESK } });
    expect(await opened(all)).toEqual({ project: 'PAY', owner: { name: 'Payments', source: 'resource-tag' } });
    expect(JSON.stringify(all.site.jira.issues())).toContain('Payments (tag team=payments of the resource)');
    expect(await historyOf(all.parts, finding())).toEqual(['owner-in-resource-tag']);
    expect(await evaluated(all.parts)).toEqual({
      name: 'Payments',
      source: 'resource-tag',
      from: 'team=payments',
      settings: { project: 'PAY' },
    });
    expect(all.aws.sts.history().map(({ roleArn }) => roleArn)).toEqual([`arn:aws:iam::${ACCOUNT}:role/${OWNER_ROLE}`]);
  });

  test('of a role is told by IAM, in its own Region, and that of other types by the Tagging API', async () => {
    const role = `arn:aws:iam::${ACCOUNT}:role/service-role/Deploy`;
    const all = await start({ resources: [tagged(role, { team: 'payments' })] });
    expect((await opened(all, finding(1, { resource: role, resourceType: 'AWS::IAM::Role' }))).project).toBe('PAY');
    expect(all.aws.tags.history().filter(({ operation }) => operation !== 'GetAlternateContact')).toEqual([
      { operation: 'ListRoleTags', accountId: ACCOUNT, region: 'us-east-1', about: ['Deploy'] },
    ]);
  });

  test.each<[string, Sources, object, { project: string; owner: object | null }]>([
    [
      'a tag of the account',
      { accounts: [{ ...simulatedAccount(ACCOUNT, 'billing'), tags: { team: 'payments' } }] },
      {},
      { project: 'PAY', owner: { name: 'Payments', source: 'account-tag' } },
    ],
    [
      'the account map',
      { accounts: [simulatedAccount(ACCOUNT, 'billing')], contacts: { [ACCOUNT]: DESK } },
      { accounts: { [ACCOUNT]: { project: 'PLAT' } } },
      { project: 'PLAT', owner: { name: 'PLAT', source: 'account-map' } },
    ],
    [
      'the security contact, whose name is not kept with the finding',
      { contacts: { [ACCOUNT]: DESK } },
      {},
      { project: 'SEC', owner: { name: null, source: 'security-contact' } },
    ],
    ['nothing', {}, {}, { project: 'SEC', owner: null }],
  ])('is told by %s where the sources before it are missing', async (_, sources, besides, expected) => {
    const all = await start({ resources: [bucket({ Team: 'payments' })], ...sources }, { rules: rules({}, { owner: OWNER, ...besides }) });
    expect(await opened(all)).toEqual(expected);
  });

  test('the management account asks for its own contact without its id', async () => {
    const all = await start({ contacts: { [MANAGEMENT]: DESK } });
    expect((await opened(all, finding(1, { accountId: MANAGEMENT }))).owner).toEqual({ name: null, source: 'security-contact' });
    const asked = all.aws.tags.history().filter(({ operation }) => operation === 'GetAlternateContact');
    expect(asked.map(({ about }) => about)).toEqual([[]]);
  });

  test('is not shown with minimal content, and decides all the same', async () => {
    const all = await start({ resources: [bucket({ team: 'payments' })] }, { rules: rules({ content: 'minimal' }) });
    expect((await opened(all)).project).toBe('PAY');
    expect(JSON.stringify(all.site.jira.issues())).not.toContain('Payments');
  });

  test('that comes after the issue was opened changes its text and moves nothing; neither does another owner later', async () => {
    const all = await start({ resources: [bucket({})] });
    expect(await opened(all)).toEqual({ project: 'SEC', owner: null });
    all.aws.tags.settings.resources = [bucket({ team: 'payments' })];
    all.site.clock.forward(DAY_MS + 60_000);
    const shows = (words: string) => JSON.stringify(all.site.jira.issues()).includes(words);
    await until(() => shows('Payments (tag team=payments of the resource)'), 'the text tells the owner', 30_000);
    all.aws.tags.settings.resources = [bucket({ owner: 'storage' })];
    all.site.clock.forward(DAY_MS + 60_000);
    await until(() => shows('storage (tag owner=storage of the resource)'), 'the text tells the next owner', 30_000);
    expect(all.site.jira.issues().map(({ key }) => key)).toEqual(['SEC-1']);
    expect(await historyOf(all.parts, finding())).toEqual(['owner-not-found', 'owner-in-resource-tag', 'owner-in-resource-tag']);
  });
});

describe('a source that gives no answer', () => {
  const CONTACT = { project: 'SEC', owner: { name: null, source: 'security-contact' } };
  const DENIED = 'AccessDeniedException';

  test.each<[string, (aws: OwnerSources) => void, string]>([
    ['a role that can not be assumed', ({ sts }) => (sts.faults.denied = 'all'), 'owner-not-told-denied'],
    ['a role without the right', ({ tags }) => (tags.faults.denied = ['GetResources']), 'owner-not-told-denied'],
    ['tags of the resource that never come', ({ tags }) => (tags.faults.slow = ['GetResources']), 'owner-not-told-unavailable'],
    ['an answer about another resource', ({ tags }) => always(tags, 'foreign'), 'owner-not-told-bad-answer'],
    ['a page that is not of AWS', ({ tags }) => always(tags, 'garbage'), 'owner-not-told-bad-answer'],
    ['a broken connection', ({ tags }) => always(tags, 'cut'), 'owner-not-told-unavailable'],
  ])('%s: the next source counts, and nothing is guessed', async (_, spoil, because) => {
    const sources = { resources: [bucket({ team: 'payments' })], contacts: { [ACCOUNT]: DESK } };
    const all = await start(sources, { detailsWaitMs: DAY_MS });
    spoil(all.aws);
    await all.parts.accept(finding());
    // The further tries are due after seconds.
    await until(
      () => {
        all.site.clock.forward(500);
        return isOpened(all.parts, finding());
      },
      'the issue is opened',
      30_000,
    );
    expect(await opened(all)).toEqual(CONTACT);
    expect(await historyOf(all.parts, finding())).toEqual([because]);
  });

  test.each<[string, (aws: OwnerSources) => void]>([
    [
      'denied',
      ({ organizations, tags }) => {
        organizations.faults.denied = ['ListTagsForResource'];
        tags.faults.denied = ['GetAlternateContact'];
      },
    ],
    [
      'no organization',
      ({ organizations, tags }) => {
        organizations.faults.notInUse = true;
        tags.faults.slow = ['GetAlternateContact'];
      },
    ],
    [
      'silence',
      ({ organizations, tags }) => {
        organizations.faults.next = [{ on: 'ListTagsForResource', fault: 'hangs' }];
        tags.faults.next = [{ on: 'GetAlternateContact', fault: 'foreign' }];
      },
    ],
    [
      'garbage',
      ({ organizations, tags }) => {
        organizations.faults.next = [{ on: 'ListTagsForResource', fault: 'garbage' }];
        tags.faults.next = [{ on: 'GetAlternateContact', fault: DENIED }];
      },
    ],
  ])('account tags and contact, %s: there is no owner', async (_, spoil) => {
    const accounts = [{ ...simulatedAccount(ACCOUNT, 'billing'), tags: { team: 'payments' } }];
    const all = await start({ accounts, contacts: { [ACCOUNT]: DESK } });
    spoil(all.aws);
    expect(await opened(all)).toEqual({ project: 'SEC', owner: null });
  });

  function always(tags: OwnerSources['tags'], fault: TagsFault['fault']): void {
    tags.faults.next = Array.from({ length: 9 }, () => ({ on: 'GetResources', fault }));
  }
});

test('the doctor names each right that is missing, and where; owners that no source knows are listed, and mappings are found by owner', async () => {
  const queue = `arn:aws:sqs:us-west-2:${ACCOUNT}:jobs`;
  const other = '777788889999';
  const all = await start({ resources: [bucket({ team: 'payments' })], accounts: [simulatedAccount(ACCOUNT, 'billing')] });
  all.aws.sts.faults.denied = [other];
  all.aws.tags.faults.denied = ['GetAlternateContact'];
  all.aws.organizations.faults.denied = ['ListTagsForResource'];
  const found = [
    finding(1),
    finding(2, { resource: queue, resourceType: 'AWS::SQS::Queue' }),
    finding(3, { resource: queue.replace(ACCOUNT, other), resourceType: 'AWS::SQS::Queue', accountId: other }),
  ];
  for (const one of found) await opened(all, one);
  const [checks = []] = await Promise.all(
    all.running.map(async ({ diagnose }) => diagnose((await all.parts.rules.current()).compiled.ruleSet)),
  );
  expect(checks.map(({ check, ok }) => [check, ok])).toEqual([
    ['owner', true],
    ['owner-role', false],
    ['owner-account-tags', false],
    ['owner-contact', false],
  ]);
  expect(checks[1]).toMatchObject({ message: expect.stringContaining(other), advice: expect.stringContaining(OWNER_ROLE) });
  expect(checks[2]?.advice).toContain('organizations:ListTagsForResource');
  expect(checks[3]?.advice).toContain('account:GetAlternateContact');

  const admin = await startAdmin([], { store: all.site.store, parts: all.running });
  onTestFinished(() => admin.close());
  const ask = async (url: string) => (await admin.app.inject({ url, headers: bearer(TOKENS.viewer) })).json();
  const { items } = await ask('/api/v1/owners');
  expect(items.map(({ resource, problem }: { resource: string; problem: object | null }) => [resource, problem])).toEqual([
    [queue.replace(ACCOUNT, other), { code: 'denied', message: expect.stringContaining('can not assume') }],
    [queue, null],
  ]);
  const first = await ask('/api/v1/owners?limit=1');
  expect((await ask(`/api/v1/owners?limit=1&cursor=${encodeURIComponent(first.nextCursor)}`)).items).toHaveLength(1);
  expect((await ask('/api/v1/owners?kind=account')).items.map(({ accountId }: { accountId: string }) => accountId)).toEqual([
    other,
    ACCOUNT,
  ]);
  expect((await ask('/api/v1/mappings?owner=Payments')).items).toMatchObject([
    { resource: BUCKET, owner: { name: 'Payments', source: 'resource-tag' } },
  ]);
  expect((await ask('/api/v1/mappings?owner=payments')).items).toEqual([]);
});
