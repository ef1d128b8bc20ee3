import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/findings/finding.ts';
import { CHANGES, KEPT_MS } from '../../../src/parts/actor/change-record.ts';
import { LAG_MS } from '../../../src/parts/actor/find-change.ts';
import type { CloudTrailSimulator } from '../../../src/sandbox/cloudtrail/cloudtrail-simulator.ts';
import type { SimulatedActor, SimulatedChange } from '../../../src/sandbox/cloudtrail/simulated-change.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { openMemberAccounts, type MemberAccounts } from '../../support/servers/member-accounts.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import type { ServiceParts, ServicePartsOptions } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';
import { until } from '../../support/until.ts';
import { actorPart } from './start-actor.ts';

const DEV: SimulatedActor = { is: 'sso', permissionSet: 'Deploy', email: 'dev@example.com' };
const OPS: SimulatedActor = { is: 'sso', permissionSet: 'Admin', email: 'ops@example.com' };
const PIPELINE: SimulatedActor = { is: 'role', role: 'Deploy', session: 'ceo@example.com' };

/** They are known in Jira by their addresses. */
const PEOPLE = ['dev', 'ceo'].map((name) => ({ accountId: name, displayName: name, email: `${name}@example.com` }));

const HOUR = 60 * 60_000;

interface Started {
  readonly site: Site;
  readonly parts: ServiceParts;
  readonly accounts: MemberAccounts;
  readonly trail: CloudTrailSimulator;
  readonly part: ReturnType<typeof actorPart>;
  /** Epoch ms when the finding was last updated: an hour ago, so that CloudTrail has everything. */
  readonly foundAt: number;
}

async function start(options: Partial<ServicePartsOptions> = {}, foundBeforeMs = HOUR): Promise<Started> {
  const site = await openSite({ people: PEOPLE });
  const accounts = await openMemberAccounts(site.clock.now);
  const part = actorPart(accounts);
  const parts = await site.start({ startParts: part.startParts, working: true, ...options });
  const foundAt = Math.floor(site.clock.now() / 1_000) * 1_000 - foundBeforeMs;
  return { site, parts, accounts, trail: accounts.cloudTrail, part, foundAt };
}

const eventOf = ({ foundAt }: Pick<Started, 'foundAt'>, detail: object = {}) => {
  const at = new Date(foundAt).toISOString();
  return externalEvent({ time: at, detail: { createdAt: at, analyzedAt: at, updatedAt: at, ...detail } });
};

/** The finding comes in. */
async function arises(started: Started, detail: object = {}): Promise<Finding> {
  const finding = findingOf(eventOf(started, detail));
  await started.parts.accept(finding);
  return finding;
}

/** The policy of the bucket is put, some minutes before the finding. */
function put({ trail, foundAt }: Started, actor: SimulatedActor, minutesBefore: number, more: Partial<SimulatedChange> = {}): void {
  trail.happened({
    service: 's3',
    action: 'PutBucketPolicy',
    accountId: '444455556666',
    region: 'us-west-2',
    resourceNames: ['billing-export'],
    at: foundAt - minutesBefore * 60_000,
    actor,
    ...more,
  });
}

const issueOf = ({ site }: Started) => site.jira.issues()[0];
const textOf = (started: Started): string => JSON.stringify(issueOf(started)?.description ?? '');
const opened = (started: Started): Promise<void> => until(() => started.site.jira.issues().length === 1, 'the issue is opened');
const says = (started: Started, words: string): Promise<void> => until(() => textOf(started).includes(words), `the issue says ${words}`);

async function historyOf({ parts }: Started, { key }: Finding): Promise<readonly string[]> {
  const record = await parts.record(key);
  return (record?.history ?? []).flatMap(({ what, because }) => (what === 'enriched' ? [because] : []));
}

/** Words for a moment, as the text has them. */
function wordsFor(at: number): string {
  const [day, time] = [
    new Date(at).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }),
    new Date(at).toISOString().slice(11, 16),
  ];
  return `${day}, ${time} UTC`;
}

describe('right', () => {
  test('one change: the issue is opened with the person, the action and the time, and becomes the one of that person', async () => {
    const assigned = { project: 'SEC', issueType: 'Task', assignee: 'changedBy' };
    const rules = rulesOf([{ id: 'all', match: { source: ['aws.access-analyzer'] }, action: 'issue', issue: assigned }]);
    const started = await start({ rules });
    const { site, parts, trail, accounts, foundAt } = started;
    put(started, DEV, 3);
    const finding = await arises(started);
    await opened(started);
    expect(textOf(started)).toContain(`Changed by dev@example.com (role Deploy) with PutBucketPolicy on ${wordsFor(foundAt - 3 * 60_000)}`);
    expect(issueOf(started)?.assignee).toBe('dev');
    expect(accounts.sts.history()).toEqual([
      { roleArn: 'arn:aws:iam::444455556666:role/findings-to-jira-actor', region: 'us-west-2', sessionName: 'findings-to-jira' },
    ]);
    expect(trail.history()).toMatchObject([{ accountId: '444455556666', region: 'us-west-2', resourceName: 'billing-export' }]);
    const [first] = await historyOf(started, finding);
    expect(first).toBe(`actor-found: PutBucketPolicy at ${new Date(foundAt - 3 * 60_000).toISOString()}, by sdk`);
    const evaluated = await parts.evaluate({ finding, rules: await parts.rules.current(), preflight: false });
    expect(evaluated.facts.changed).toMatchObject({ principal: 'dev@example.com', action: 'PutBucketPolicy', person: true });
    // Nothing of the request, and no address of a machine, is kept.
    const [record] = (await site.store.page(CHANGES, { terms: [], limit: 10 })).items;
    expect(JSON.stringify(record)).not.toMatch(/203\.0\.113\.7|requestParameters/);
  });

  test('two people: the later of two policies, and nothing of one that came after the finding', async () => {
    const started = await start();
    put(started, DEV, 9);
    put(started, OPS, 3);
    put(started, DEV, -5);
    await arises(started);
    await opened(started);
    expect(textOf(started)).toContain('Changed by ops@example.com (role Admin)');
    expect(textOf(started)).not.toContain('dev@example.com');
  });

  test('a role without a person stands as a role, and is nobody to assign to', async () => {
    const assigned = { project: 'SEC', issueType: 'Task', assignee: 'changedBy' };
    const started = await start({
      rules: rulesOf([{ id: 'all', match: { source: ['aws.access-analyzer'] }, action: 'issue', issue: assigned }]),
    });
    put(started, PIPELINE, 3, { userAgent: 'APN/1.0 HashiCorp/1.0 Terraform/1.9.1' });
    await arises(started);
    await opened(started);
    expect(textOf(started)).toMatch(/Changed by role Deploy \(session ceo@example\.com\) with PutBucketPolicy on [^"]+ UTC, by Terraform/);
    expect(issueOf(started)?.assignee).toBeNull();
  });

  test('by CloudFormation', async () => {
    const started = await start();
    put(started, DEV, 3, { invokedBy: 'cloudformation.amazonaws.com', userAgent: 'cloudformation.amazonaws.com' });
    await arises(started);
    await opened(started);
    expect(textOf(started)).toMatch(/Changed by dev@example\.com \(role Deploy\) with PutBucketPolicy on [^"]+ UTC, by CloudFormation/);
  });

  test('a role of IAM: its changes are in one Region of the partition', async () => {
    const started = await start();
    put(started, DEV, 3, { service: 'iam', action: 'UpdateAssumeRolePolicy', region: 'us-east-1', resourceNames: ['Reporting'] });
    await arises(started, { resource: 'arn:aws:iam::444455556666:role/Reporting', resourceType: 'AWS::IAM::Role' });
    await opened(started);
    expect(textOf(started)).toContain('with UpdateAssumeRolePolicy on');
    expect(started.trail.history()[0]?.region).toBe('us-east-1');
  });

  test('a change that CloudTrail delivers late: looked up again after 15 minutes, and the issue is updated', async () => {
    const started = await start({}, 60_000);
    const { site, trail, foundAt } = started;
    put(started, DEV, 2, { visibleFrom: site.clock.now() + 10 * 60_000 });
    const finding = await arises(started);
    await opened(started);
    expect(textOf(started)).not.toContain('Changed by');
    await until(async () => (await historyOf(started, finding)).includes('actor-none'), 'nothing was found');
    site.clock.forward(LAG_MS + 60_000);
    await says(started, `Changed by dev@example.com (role Deploy) with PutBucketPolicy on ${wordsFor(foundAt - 2 * 60_000)}`);
    expect(new Set(trail.history().map(({ at }) => at >= foundAt + LAG_MS)).size).toBe(2);
  });

  test('a later change that CloudTrail delivers late takes the place of an earlier one', async () => {
    const started = await start({}, 60_000);
    const { site } = started;
    put(started, OPS, 10);
    put(started, DEV, 2, { visibleFrom: site.clock.now() + 10 * 60_000 });
    await arises(started);
    await opened(started);
    expect(textOf(started)).toContain('Changed by ops@example.com');
    site.clock.forward(LAG_MS);
    await says(started, 'Changed by dev@example.com');
    expect(textOf(started)).not.toContain('ops@example.com');
  });

  test('access that arises again has another change; what was undone no longer counts', async () => {
    const started = await start();
    const { site, parts, foundAt } = started;
    put(started, DEV, 3);
    await arises(started);
    await opened(started);
    await arises({ ...started, foundAt: foundAt + 60_000 }, { status: 'RESOLVED' });
    await until(() => issueOf(started)?.status === 'Done', 'the issue is closed');
    put(started, OPS, -20);
    const again = findingOf(eventOf({ foundAt: foundAt + 30 * 60_000 }));
    await parts.accept(again);
    await until(() => issueOf(started)?.status !== 'Done', 'the issue is open again');
    await says(started, 'Changed by ops@example.com');
    expect(site.jira.issues()).toHaveLength(1);
  });
});

describe('absent', () => {
  test('where no change can have led to the finding, or more than one, or CloudTrail is not to be asked', async () => {
    const started = await start();
    const { accounts, trail } = started;
    accounts.sts.faults.denied = ['444455550001'];
    trail.faults.denied = ['444455550002'];
    put(started, DEV, 3, { resourceNames: ['failed'], errorCode: 'AccessDenied' });
    put(started, DEV, 91 * 24 * 60, { resourceNames: ['older-than-90-days'] });
    put(started, DEV, 9, { resourceNames: ['two-people'] });
    put(started, OPS, 3, { resourceNames: ['two-people'], action: 'PutBucketAcl' });
    put(started, DEV, 3, { resourceNames: ['of-another-account'], accountId: '444455550003' });
    const cases: readonly (readonly [bucket: string, history: string, accountId?: string])[] = [
      ['failed', 'actor-none'],
      ['unchanged', 'actor-none'],
      ['older-than-90-days', 'actor-none'],
      ['two-people', 'actor-ambiguous'],
      ['of-another-account', 'actor-none'],
      ['no-such-role', 'actor-denied', '444455550001'],
      ['role-without-the-right', 'actor-denied', '444455550002'],
    ];
    for (const [bucket, history, accountId = '444455556666'] of cases) {
      const finding = await arises(started, { id: bucket, resource: `arn:aws:s3:::${bucket}`, accountId });
      await until(async () => (await historyOf(started, finding)).includes(history), `the history of ${bucket} says ${history}`);
    }
    await until(() => started.site.jira.issues().length === cases.length, 'every issue is opened');
    expect(JSON.stringify(started.site.jira.issues())).not.toContain('Changed by');
  });

  test.each<readonly [what: string, breakIt: (accounts: MemberAccounts) => void, history: string]>([
    ['records that can not be read', ({ cloudTrail }) => void (cloudTrail.faults.wrong = 'no-json'), 'actor-bad-answer'],
    ['records of another resource', ({ cloudTrail }) => void (cloudTrail.faults.wrong = 'other-resource'), 'actor-none'],
    ['pages without an end', ({ cloudTrail }) => void (cloudTrail.faults.endlessPages = true), 'actor-ambiguous'],
    ['a page that is not of AWS', ({ cloudTrail }) => void cloudTrail.faults.next.push('garbage'), 'actor-bad-answer'],
    ['a connection that is cut', ({ sts }) => void sts.faults.next.push('cut'), 'actor-unavailable'],
  ])('where AWS answers with %s', async (what, breakIt, history) => {
    const started = await start();
    put(started, DEV, 3, what === 'records of another resource' ? { resourceNames: ['another-bucket'] } : {});
    breakIt(started.accounts);
    const finding = await arises(started);
    await opened(started);
    await until(async () => (await historyOf(started, finding)).includes(history), `the history says ${history}`);
    expect(textOf(started)).not.toContain('Changed by');
  });

  test('a CloudTrail that does not answer holds up no issue for longer than the bound', async () => {
    const started = await start({ detailsWaitMs: 200 });
    put(started, DEV, 3);
    started.trail.faults.next.push('hangs');
    await arises(started);
    await opened(started);
    expect(textOf(started)).not.toContain('Changed by');
  });

  test('a process that dies while it asks: another one asks again when its claim has ended', async () => {
    const started = await start();
    const { site, trail, part } = started;
    put(started, DEV, 3);
    trail.faults.next.push('hangs');
    await arises(started);
    await until(() => trail.history().length === 1, 'CloudTrail is asked');
    await site.start({ startParts: part.startParts, working: true, owner: 'another' });
    site.clock.forward(6 * 60_000);
    await says(started, 'Changed by dev@example.com');
    expect(site.jira.issues()).toHaveLength(1);
  });

  test('throttling is waited for', async () => {
    const started = await start();
    put(started, DEV, 3);
    started.trail.faults.next.push('ThrottlingException');
    await arises(started);
    await says(started, 'Changed by dev@example.com');
  });

  test('an issue with minimal content', async () => {
    const issue = { project: 'SEC', issueType: 'Task', content: 'minimal' };
    const rules = rulesOf([{ id: 'all', match: { source: ['aws.access-analyzer'] }, action: 'issue', issue }]);
    const started = await start({ rules });
    put(started, DEV, 3);
    const finding = await arises(started);
    await opened(started);
    await until(async () => (await historyOf(started, finding)).length > 0, 'the change is found');
    expect(JSON.stringify(issueOf(started))).not.toMatch(/dev@example\.com|PutBucketPolicy/);
  });

  test('findings that rules ignore, and those that CloudTrail has forgotten, are not asked about', async () => {
    const started = await start({ rules: rulesOf([{ id: 'none', match: { source: ['aws.access-analyzer'] }, action: 'ignore' }]) });
    await arises(started);
    await arises({ ...started, foundAt: started.foundAt - KEPT_MS }, { id: 'old' });
    await until(
      async () => (await started.parts.group((await started.parts.record(findingOf(eventOf(started)).key))?.group ?? ''))?.last !== null,
      'a pass was made',
    );
    expect((await started.site.store.page(CHANGES, { terms: [], limit: 10 })).items).toEqual([]);
  });
});

describe('people', () => {
  test('a fact is gone after 90 days, and the issue says it no longer', async () => {
    const started = await start();
    put(started, DEV, 3);
    await arises(started);
    await says(started, 'Changed by dev@example.com');
    started.site.clock.forward(KEPT_MS);
    await until(() => !textOf(started).includes('dev@example.com'), 'the issue names nobody');
    expect((await started.site.store.page(CHANGES, { terms: [], limit: 10 })).items).toEqual([]);
  });

  test('a person is forgotten on request, by any name, and does not come back', async () => {
    const started = await start();
    const { site, part, trail } = started;
    put(started, PIPELINE, 3);
    const finding = await arises(started);
    await says(started, 'session ceo@example.com');
    const asked = trail.history().length;
    const [route] = part.running[0]?.routes ?? [];
    const audit: unknown[] = [];
    const handle = (principal: string) =>
      route?.handle({
        params: { principal },
        query: {},
        audit: (change, now) => {
          audit.push(change);
          return { collection: 'audit', id: String(audit.length), expected: null, becomes: { json: '{}', terms: [], at: now, due: null } };
        },
      });
    expect(await handle('CEO@example.com')).toEqual({ findings: 1 });
    expect(await handle('ceo@example.com')).toEqual({ findings: 0 });
    await until(() => !textOf(started).includes('ceo@example.com'), 'the issue names nobody');
    expect(
      JSON.stringify([audit, await historyOf(started, finding), await site.store.page(CHANGES, { terms: [], limit: 10 })]),
    ).not.toContain('ceo');
    site.clock.forward(LAG_MS);
    await arises(started, { condition: { 'aws:SourceVpc': 'vpc-1' } });
    expect(trail.history()).toHaveLength(asked);
  });

  test('the doctor names the role that can not be assumed, and what to do', async () => {
    const started = await start();
    started.accounts.sts.faults.denied = 'all';
    const finding = await arises(started);
    await until(async () => (await historyOf(started, finding)).includes('actor-denied'), 'the role was refused');
    const [check] = (await started.part.running[0]?.diagnose({ version: 1, rules: [] })) ?? [];
    expect(check).toMatchObject({ check: 'actor:444455556666:us-west-2', ok: false });
    expect(check?.message).toContain('arn:aws:iam::444455556666:role/findings-to-jira-actor');
    expect(check?.advice).toContain('cloudtrail:LookupEvents');
    expect(started.parts.serviceEvents).toContainEqual(
      expect.objectContaining({ what: 'facts-refused', enricher: 'actor', code: 'denied' }),
    );
  });
});
