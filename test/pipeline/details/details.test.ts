import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/findings/finding.ts';
import { DETAILS, RATE_LIMITS } from '../../../src/pipeline/records/details-collections.ts';
import { FINDINGS } from '../../../src/pipeline/records/finding-collections.ts';
import { GROUPS } from '../../../src/pipeline/records/group-collections.ts';
import type { AccessAnalyzerSimulator } from '../../../src/sandbox/access-analyzer/access-analyzer-simulator.ts';
import type { SimulatedFinding } from '../../../src/sandbox/access-analyzer/simulated-finding.ts';
import { detailsSource, openAnalyzer, policyStep, unusedServices } from '../../support/servers/access-analyzer.ts';
import { ANALYZER_ARN, externalEvent, unusedEvent } from '../../support/findings/finding-events.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import type { ServiceParts, ServicePartsOptions } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';
import { until } from '../../support/until.ts';

const LIST = unusedServices(2, 0, 1);
const STEPS = [policyStep('{"Version":"2012-10-17","Statement":[]}')];
const RECOMMENDED = { steps: STEPS, inProgressFor: 0, failure: null };
const KNOWN: Partial<SimulatedFinding> = { findingDetails: LIST, recommendation: RECOMMENDED };

const unused = (n: number, detail: object = {}) =>
  unusedEvent({ detail: { findingId: `finding-${n}`, resource: `arn:aws:iam::444455556666:role/Role${n}`, ...detail } });

async function start(
  options: Partial<ServicePartsOptions> = {},
): Promise<{ site: Site; analyzer: AccessAnalyzerSimulator; parts: ServiceParts }> {
  const [site, analyzer] = [await openSite(), await openAnalyzer()];
  return { site, analyzer, parts: await site.start({ details: detailsSource(analyzer), working: true, ...options }) };
}

/** AWS knows the finding, and its event comes in. */
async function happens(
  { analyzer, parts }: { analyzer: AccessAnalyzerSimulator; parts: ServiceParts },
  n: number,
  given = KNOWN,
): Promise<string> {
  analyzer.follow(unused(n), given);
  return (await parts.accept(findingOf(unused(n)))).group;
}

async function found(parts: ServiceParts, n: number): Promise<Finding | null> {
  return (await parts.record(findingOf(unused(n)).key))?.finding ?? null;
}

const issues = (site: Site) => site.jira.issues().length;
const calls = (analyzer: AccessAnalyzerSimulator, operation: string) =>
  analyzer.history().filter((one) => one.operation === operation).length;

async function isReconciled(parts: ServiceParts, group: string): Promise<boolean> {
  const record = await parts.group(group);
  return record !== null && record.requeueAt === null && record.observedGeneration === record.generation;
}

describe('unused access', () => {
  test('waits for its details, and its issue is opened with them, once', async () => {
    const all = await start();
    const group = await happens(all, 1);
    await until(() => issues(all.site) === 1, 'the issue is opened');
    const finding = await found(all.parts, 1);
    expect(finding?.unusedDetails).toHaveLength(3);
    expect(finding?.recommendedSteps).toMatchObject([{ recommendedAction: 'CREATE_POLICY' }]);
    expect(finding?.event.detail['findingDetails']).toEqual(LIST);
    expect(finding?.unusedActions).toBe(1);
    await until(async () => isReconciled(all.parts, group), 'nothing is left to do');
    expect(await all.site.store.read(DETAILS, [findingOf(unused(1)).key])).toEqual([null]);
    expect(all.analyzer.history().map(({ operation }) => operation)).toEqual([
      'GetFindingV2',
      'GenerateFindingRecommendation',
      'GetFindingRecommendation',
    ]);
  });

  test('shows that it waits for them', async () => {
    const all = await start({ working: false });
    const group = await happens(all, 1);
    await all.parts.reconcile(group);
    expect(await all.parts.group(group)).toMatchObject({ requeueAt: { because: 'details-awaited' }, issue: null });
    await all.parts.reconcile(group);
    expect(all.site.created()).toBe(0);
  });

  test('waits no longer than its bound: opened without, and given another pass when they come', async () => {
    const all = await start();
    all.analyzer.faults.requestsPerSecond = 0;
    const group = await happens(all, 1);
    await until(async () => (await all.parts.group(group))?.requeueAt?.because === 'details-awaited', 'it waits');
    expect(all.site.created()).toBe(0);
    all.site.clock.forward(60_000);
    await until(() => issues(all.site) === 1, 'the issue is opened');
    await until(async () => isReconciled(all.parts, group), 'nothing is left to do');
    const { generation } = (await all.parts.group(group)) ?? { generation: 0 };
    all.analyzer.faults.requestsPerSecond = null;
    all.site.clock.forward(60_000);
    await until(async () => (await found(all.parts, 1))?.recommendedSteps !== null, 'the details come');
    await until(async () => isReconciled(all.parts, group), 'the group had another pass');
    expect((await all.parts.group(group))?.generation).toBeGreaterThan(generation);
    expect(issues(all.site)).toBe(1);
  });

  test('of many findings while AWS throttles: all are opened within the bound, and all get their details later', async () => {
    const all = await start();
    all.analyzer.faults.requestsPerSecond = 0;
    for (let n = 0; n < 20; n += 1) await happens(all, n);
    all.site.clock.forward(60_000);
    await until(() => issues(all.site) === 20, 'all are opened');
    expect((await all.site.store.counts(DETAILS, ['state:wanted']))[0]).toBe(20);
    all.analyzer.faults.requestsPerSecond = null;
    await until(async () => {
      all.site.clock.forward(10_000);
      return (await all.site.store.counts(DETAILS, ['']))[0] === 0;
    }, 'all have their details');
    expect(calls(all.analyzer, 'GenerateFindingRecommendation')).toBe(20);
    expect((await found(all.parts, 19))?.unusedDetails).toHaveLength(3);
    expect(all.site.created()).toBe(20);
  }, 60_000);

  test('whose next slot is far away does not count as throttled, and the answers so far count', async () => {
    const all = await start({ detailsPerSecond: 1 / 1_000 });
    await happens(all, 1);
    await until(async () => (await found(all.parts, 1))?.unusedDetails !== null, 'the list comes');
    const due = async () => (await all.site.store.read(DETAILS, [findingOf(unused(1)).key]))[0]?.doc;
    await until(async () => ((await due())?.dueAt ?? Infinity) <= all.site.clock.now(), 'it is due again');
    expect(await due()).toMatchObject({ state: 'wanted', attempts: 0 });
    expect((await all.site.store.read(RATE_LIMITS, ['us-west-2']))[0]?.doc.everyMs).toBe(1_000_000);
    expect(all.parts.serviceEvents.map(({ what }) => what)).not.toContain('details-refused');
    expect(all.analyzer.history()).toHaveLength(1);
  });

  test('that is resolved meanwhile gets no issue, and nothing more is asked', async () => {
    const all = await start({ working: false });
    const group = await happens(all, 1);
    await all.parts.reconcile(group);
    await all.parts.accept(findingOf(unused(1, { status: 'RESOLVED', updatedAt: '2026-03-02T10:00:00.000Z' })));
    const second = await all.site.start({ details: detailsSource(all.analyzer), working: true });
    await until(async () => isReconciled(second, group), 'nothing is left to do');
    await until(async () => (await all.site.store.counts(DETAILS, ['']))[0] === 0, 'nothing is to be fetched');
    expect([all.site.created(), all.analyzer.history()]).toEqual([0, []]);
  });

  test('that AWS calls resolved when it is asked gets no issue: the event was lost', async () => {
    const all = await start();
    all.analyzer.follow(unused(1, { status: 'RESOLVED', updatedAt: '2026-03-02T10:00:00.000Z' }), KNOWN);
    const { group } = await all.parts.accept(findingOf(unused(1)));
    await until(async () => (await found(all.parts, 1))?.status === 'RESOLVED', 'it is known to be resolved');
    await until(async () => isReconciled(all.parts, group), 'nothing is left to do');
    expect([all.site.created(), calls(all.analyzer, 'GenerateFindingRecommendation')]).toEqual([0, 0]);
  });

  test('whose recommendation takes long is opened with its list at the bound, and gets the policy later', async () => {
    const all = await start();
    const group = await happens(all, 1, { findingDetails: LIST, recommendation: { ...RECOMMENDED, inProgressFor: 5 } });
    await until(async () => (await found(all.parts, 1))?.unusedDetails !== null, 'the list comes');
    all.site.clock.forward(60_000);
    await until(() => issues(all.site) === 1, 'the issue is opened');
    await until(async () => {
      all.site.clock.forward(60_000);
      return (await found(all.parts, 1))?.recommendedSteps !== null;
    }, 'the policy comes');
    await until(async () => isReconciled(all.parts, group), 'the group had another pass');
    expect([calls(all.analyzer, 'GetFindingV2'), calls(all.analyzer, 'GenerateFindingRecommendation')]).toEqual([1, 1]);
  });
});

describe('fetched details', () => {
  test('are not fetched again for the same state of the finding, and once for a later one', async () => {
    const all = await start();
    const group = await happens(all, 1);
    await until(() => issues(all.site) === 1, 'the issue is opened');
    await all.parts.accept(findingOf(unused(1)));
    await all.parts.accept(findingOf({ ...unused(1), time: '2026-03-01T11:00:00Z' }));
    await until(async () => isReconciled(all.parts, group), 'nothing is left to do');
    expect(calls(all.analyzer, 'GetFindingV2')).toBe(1);
    const later = unused(1, { updatedAt: '2026-03-02T10:00:00.000Z' });
    all.analyzer.follow(later, { ...KNOWN, findingDetails: unusedServices(1) });
    await all.parts.accept(findingOf(later));
    await until(async () => (await found(all.parts, 1))?.unusedDetails?.length === 1, 'the new list comes');
    expect([calls(all.analyzer, 'GetFindingV2'), issues(all.site)]).toEqual([2, 1]);
  });

  test('stay when a later event has less', async () => {
    const all = await start();
    await happens(all, 1);
    await until(() => issues(all.site) === 1, 'the issue is opened');
    await all.parts.accept(findingOf(unused(1, { status: 'ARCHIVED', updatedAt: '2026-03-02T10:00:00.000Z' })));
    expect(await found(all.parts, 1)).toMatchObject({ status: 'ARCHIVED', unusedDetails: [{}, {}, {}] });
  });
});

describe('details that can not be fetched', () => {
  test('for want of a permission are not waited for: one question for all findings of an analyzer, asked again after an hour', async () => {
    const all = await start();
    all.analyzer.faults.denied = [ANALYZER_ARN];
    await happens(all, 1);
    await until(() => issues(all.site) === 1, 'the issue is opened at once');
    for (let n = 2; n <= 20; n += 1) await happens(all, n);
    await until(() => issues(all.site) === 20, 'the others are opened at once');
    expect(all.analyzer.history()).toHaveLength(1);
    expect(JSON.stringify(all.site.jira.issues()[19]?.description)).toContain('access-analyzer:GetFinding');
    expect((await all.parts.record(findingOf(unused(1)).key))?.history).toContainEqual(
      expect.objectContaining({ what: 'details-missing', because: 'denied' }),
    );
    all.analyzer.faults.denied = [];
    all.site.clock.forward(60 * 60_000);
    await until(async () => (await all.site.store.counts(DETAILS, ['']))[0] === 0, 'all have their details', 30_000);
    expect(all.analyzer.history()).toHaveLength(1 + 20 * 3);
    expect((await found(all.parts, 20))?.unusedDetails).toHaveLength(3);
  }, 60_000);

  test('a recommendation alone that may not be asked for does not hold up the list', async () => {
    const all = await start();
    all.analyzer.faults.next.push({ on: 'GenerateFindingRecommendation', fault: 'AccessDeniedException' });
    const group = await happens(all, 1);
    await until(() => issues(all.site) === 1, 'the issue is opened');
    expect(await found(all.parts, 1)).toMatchObject({ unusedDetails: [{}, {}, {}], recommendedSteps: null });
    await until(async () => isReconciled(all.parts, group), 'nothing is left to do');
    expect(all.parts.serviceEvents).toContainEqual(expect.objectContaining({ what: 'details-refused', call: 'policy', code: 'denied' }));
  });

  test('a finding that AWS no longer knows does not count as fixed', async () => {
    const all = await start();
    all.analyzer.follow(unused(2), KNOWN);
    const { group } = await all.parts.accept(findingOf(unused(1)));
    await until(() => issues(all.site) === 1, 'the issue is opened');
    await until(async () => isReconciled(all.parts, group), 'nothing is left to do');
    expect((await all.parts.group(group))?.issue?.lastApplied).toBe('open');
    expect((await all.site.store.read(DETAILS, [findingOf(unused(1)).key]))[0]?.doc).toMatchObject({
      state: 'missing',
      missing: { code: 'gone' },
      dueAt: null,
    });
  });

  test('while AWS fails are tried on, and after a while the issue no longer announces them', async () => {
    const all = await start();
    all.analyzer.faults.down = true;
    const group = await happens(all, 1);
    const record = async () => (await all.site.store.read(DETAILS, [findingOf(unused(1)).key]))[0]?.doc;
    await until(
      async () => {
        all.site.clock.forward(60_000);
        return (await record())?.state === 'missing';
      },
      'it is given up for now',
      30_000,
    );
    expect(await record()).toMatchObject({ attempts: 5, missing: { code: 'unavailable' } });
    expect(issues(all.site)).toBe(1);
    all.analyzer.faults.down = false;
    await until(async () => {
      all.site.clock.forward(60 * 60_000);
      return (await found(all.parts, 1))?.recommendedSteps !== null;
    }, 'it comes after all');
    await until(async () => isReconciled(all.parts, group), 'nothing is left to do');
  }, 60_000);

  test.each(['cut', 'ValidationException'] as const)('%s once: tried again', async (fault) => {
    const all = await start();
    all.analyzer.faults.next.push({ on: 'GetFindingV2', fault });
    await happens(all, 1);
    const key = findingOf(unused(1)).key;
    await until(async () => (await all.site.store.read(DETAILS, [key]))[0]?.doc.attempts === 1, 'it fails');
    expect(issues(all.site)).toBe(0);
    all.site.clock.forward(10_000);
    await until(() => issues(all.site) === 1, 'the issue is opened');
    expect((await found(all.parts, 1))?.unusedDetails).toHaveLength(3);
  });
});

describe('a finding that was only listed', () => {
  test('is opened when it is known who has access', async () => {
    const all = await start();
    const listed = { principal: undefined, action: undefined, condition: undefined, isPublic: undefined };
    all.analyzer.follow(externalEvent());
    const { group } = await all.parts.accept(findingOf(externalEvent({ detail: listed })));
    await until(() => issues(all.site) === 1, 'the issue is opened');
    expect(all.site.jira.issues()[0]?.summary).toBe('S3 bucket billing-export is public (read)');
    await until(async () => isReconciled(all.parts, group), 'nothing is left to do');
    expect(all.analyzer.history().map(({ operation }) => operation)).toEqual(['GetFindingV2']);
  });
});

describe('a bucket, whose event does not say what grants the access', () => {
  const sources = [{ type: 'BUCKET_ACL' }];
  const description = (site: Site): string => JSON.stringify(site.jira.issues()[0]?.description);

  test('is asked about, and its issue has the steps for that alone', async () => {
    const all = await start();
    all.analyzer.follow(externalEvent({ detail: { sources } }));
    const { group } = await all.parts.accept(findingOf(externalEvent()));
    await until(() => issues(all.site) === 1, 'the issue is opened');
    await until(async () => isReconciled(all.parts, group), 'nothing is left to do');
    expect(description(all.site)).toContain('get-bucket-acl');
    expect(description(all.site)).not.toContain('delete-bucket-policy');
    expect(all.analyzer.history().map(({ operation }) => operation)).toEqual(['GetFindingV2']);
    expect(await all.site.store.read(DETAILS, [findingOf(externalEvent()).key])).toEqual([null]);
  });

  test('waits no longer than its bound, and the steps that do not fit go when the answer comes', async () => {
    const all = await start();
    all.analyzer.faults.requestsPerSecond = 0;
    all.analyzer.follow(externalEvent({ detail: { sources } }));
    const { group } = await all.parts.accept(findingOf(externalEvent()));
    await until(async () => (await all.parts.group(group))?.requeueAt?.because === 'details-awaited', 'it waits');
    all.site.clock.forward(5_000);
    await until(() => issues(all.site) === 1, 'the issue is opened');
    expect(description(all.site)).toContain('delete-bucket-policy');
    all.analyzer.faults.requestsPerSecond = null;
    await until(() => {
      all.site.clock.forward(60_000);
      return !description(all.site).includes('delete-bucket-policy');
    }, 'the issue follows');
    expect(issues(all.site)).toBe(1);
  });

  test('is opened at the first failure of a question, and follows when AWS answers', async () => {
    const all = await start();
    all.analyzer.faults.down = true;
    all.analyzer.follow(externalEvent({ detail: { sources } }));
    await all.parts.accept(findingOf(externalEvent()));
    await until(() => issues(all.site) === 1, 'the issue is opened');
    const [record] = await all.site.store.read(DETAILS, [findingOf(externalEvent()).key]);
    expect(record?.doc).toMatchObject({ state: 'missing', missing: { code: 'unavailable' } });
    all.analyzer.faults.down = false;
    await until(() => {
      all.site.clock.forward(60_000);
      return !description(all.site).includes('delete-bucket-policy');
    }, 'the issue follows');
  });

  test('is opened at once where AWS can not be asked, and nothing is recorded for it', async () => {
    const all = await start({ details: null });
    const { group } = await all.parts.accept(findingOf(externalEvent()));
    await until(async () => isReconciled(all.parts, group), 'nothing is left to do');
    expect(issues(all.site)).toBe(1);
    expect(await all.site.store.counts(DETAILS, [''])).toEqual([0]);
  });
});

describe('a listed finding that may share an issue by its access', () => {
  const role = { resourceType: 'AWS::IAM::Role', resource: 'arn:aws:iam::444455556666:role/shared', action: ['sts:AssumeRole'] };
  const told = externalEvent({
    region: 'eu-west-1',
    analyzerArn: ANALYZER_ARN.replace('us-west-2', 'eu-west-1'),
    detail: { ...role, id: 'told', region: 'eu-west-1' },
  });
  const whole = externalEvent({ detail: { ...role, id: 'listed' } });
  const listed = externalEvent({
    detail: { ...role, id: 'listed', principal: undefined, action: undefined, isPublic: undefined, condition: undefined },
  });

  test('waits until AWS says who has access, longer than for other details, and gets no issue of its own', async () => {
    const [site, analyzer] = [await openSite(), await openAnalyzer()];
    const answers = Promise.withResolvers<void>();
    const source = detailsSource(analyzer);
    const match = { source: ['aws.access-analyzer'] };
    const parts = await site.start({
      working: true,
      rules: rulesOf([{ id: 'all', match, action: 'issue', groupBy: 'access', issue: { project: 'SEC', issueType: 'Task' } }]),
      details: {
        ...source,
        async read(...asked) {
          await answers.promise;
          return source.read(...asked);
        },
      },
    });
    const { group } = await parts.accept(findingOf(told));
    await until(() => issues(site) === 1, 'the first has its issue');
    analyzer.follow(whole);
    const alone = await parts.accept(findingOf(listed));
    expect(alone.group).not.toBe(group);
    site.clock.forward(300_000);
    await parts.reconcile(alone.group);
    expect(await parts.group(alone.group)).toMatchObject({ issue: null, requeueAt: { because: 'details-awaited' } });
    answers.resolve();
    await until(async () => (await parts.record(findingOf(listed).key))?.group === group, 'it shares the issue');
    await until(async () => isReconciled(parts, group), 'nothing is left to do');
    expect(issues(site)).toBe(1);
  });
});

describe('a rule that asks for details', () => {
  const rules = rulesOf([
    {
      id: 'uses-iam',
      match: { detail: { findingDetails: { unusedPermissionDetails: { serviceNamespace: ['iam'] } } } },
      action: 'issue',
      issue: { project: 'SEC', issueType: 'Bug' },
    },
    { id: 'rest', match: { source: ['aws.access-analyzer'] }, action: 'ignore' },
  ]);

  test('decides when they are there', async () => {
    const all = await start({ rules });
    await happens(all, 1, { ...KNOWN, findingDetails: [{ unusedPermissionDetails: { serviceNamespace: 'iam' } }] });
    const other = await happens(all, 2);
    await until(() => issues(all.site) === 1, 'the issue is opened');
    expect(all.site.jira.issues()[0]?.issueType).toBe('Bug');
    await until(async () => (await found(all.parts, 2))?.unusedDetails !== null, 'the other one has its list');
    await until(async () => isReconciled(all.parts, other), 'the other one is reconciled');
    expect(issues(all.site)).toBe(1);
  });

  test('after the one that decides: AWS is not asked', async () => {
    const first = { id: 'first', match: { detail: { resourceType: ['AWS::S3::Bucket'] } }, action: 'ignore' };
    const all = await start({ rules: rulesOf([first, ...rules.ruleSet.rules]) });
    const [bucket, queue] = [externalEvent(), externalEvent({ detail: { id: 'queue', resourceType: 'AWS::SQS::Queue' } })];
    for (const event of [bucket, queue]) {
      all.analyzer.follow(event);
      await all.parts.accept(findingOf(event));
    }
    const keys = [bucket, queue].map((event) => findingOf(event).key);
    const asked = async () =>
      (await all.site.store.read(FINDINGS, keys)).map((one) => one?.doc.finding.event.detail['findingDetails'] !== undefined);
    await until(async () => (await asked())[1] === true, 'the queue is asked about');
    expect(await asked()).toEqual([false, true]);
    expect(all.analyzer.history()).toHaveLength(1);
  });

  test('where there is none: AWS is not asked about ignored findings', async () => {
    const all = await start({ rules: rulesOf([{ id: 'rest', match: { source: ['aws.access-analyzer'] }, action: 'ignore' }]) });
    const group = await happens(all, 1);
    await until(async () => isReconciled(all.parts, group), 'nothing is left to do');
    expect(await all.site.store.counts(DETAILS, [''])).toEqual([0]);
    expect((await all.site.store.counts(GROUPS, ['']))[0]).toBe(1);
  });
});
