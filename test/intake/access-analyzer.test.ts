import { describe, expect, onTestFinished, test } from 'vitest';
import type { RefusalCode, AcquireSlot } from '../../src/pipeline/ports/details-source.ts';
import { DIRECT } from '../support/servers/direct-network.ts';
import { createAccessAnalyzer } from '../../src/intake/access-analyzer.ts';
import type { AnalyzerFault } from '../../src/sandbox/access-analyzer/analyzer-faults.ts';
import { detailsSource, openAnalyzer, policyStep, unusedServices, useEnvironment } from '../support/servers/access-analyzer.ts';
import { ANALYZER_ARN, externalEvent, unusedEvent } from '../support/findings/finding-events.ts';

const UNUSED = { analyzerArn: ANALYZER_ARN, findingId: 'b8ae0460-5d29-4922-b92a-000000000001' };
const EXTERNAL = { analyzerArn: ANALYZER_ARN, findingId: '22222222-dcba-4444-dcba-000000000001' };

const atOnce: AcquireSlot = () => Promise.resolve({ granted: true });

/** Counts the slots that are taken. */
function counted(): { acquireSlot: AcquireSlot; taken: () => number } {
  let taken = 0;
  return {
    acquireSlot: () => {
      taken += 1;
      return atOnce();
    },
    taken: () => taken,
  };
}

describe('a finding', () => {
  test('is read whole, page by page, each with a slot', async () => {
    const analyzer = await openAnalyzer({ pageSize: 2 });
    const list = [
      { unusedPermissionDetails: { serviceNamespace: 's3', actions: [{ action: 'GetObject', lastAccessed: '2026-01-01T00:00:00.000Z' }] } },
      ...unusedServices(0, 3, 1),
    ];
    analyzer.follow(unusedEvent(), { findingDetails: list });
    const { acquireSlot, taken } = counted();
    expect(await detailsSource(analyzer).read(UNUSED, acquireSlot)).toEqual({
      ok: true,
      value: { status: 'ACTIVE', updatedAt: '2026-03-01T10:00:00.758Z', list, isCut: false },
    });
    expect([taken(), analyzer.history().length]).toEqual([2, 2]);
  });

  test('is asked for in the Region of its analyzer', async () => {
    const analyzer = await openAnalyzer();
    const inIreland = { analyzerArn: ANALYZER_ARN.replace('us-west-2', 'eu-west-1') };
    analyzer.follow(unusedEvent({ ...inIreland }));
    analyzer.follow(unusedEvent());
    const source = detailsSource(analyzer);
    expect(await source.read({ ...UNUSED, ...inIreland }, atOnce)).toMatchObject({ ok: true });
    expect(await source.read(UNUSED, atOnce)).toMatchObject({ ok: true });
    expect(analyzer.history().map(({ region }) => region)).toEqual(['eu-west-1', 'us-west-2']);
  });

  test('of external access says who has it', async () => {
    const analyzer = await openAnalyzer();
    analyzer.follow(externalEvent());
    expect(await detailsSource(analyzer).read(EXTERNAL, atOnce)).toMatchObject({
      value: { list: [{ externalAccessDetails: { isPublic: true, principal: { AWS: '*' } } }] },
    });
  });

  test('with more than can be kept is cut, and says so', async () => {
    const analyzer = await openAnalyzer({ pageSize: 50 });
    analyzer.follow(unusedEvent(), { findingDetails: unusedServices(...Array.from({ length: 450 }, () => 1)) });
    const source = detailsSource(analyzer);
    const many = await source.read(UNUSED, atOnce);
    expect(many).toMatchObject({ value: { isCut: true } });
    expect(many.ok && many.value.list.length).toBe(200);
    // Pages that would be cut off are not asked for.
    expect(analyzer.history()).toHaveLength(5);
    analyzer.follow(unusedEvent(), { findingDetails: unusedServices(5_000, 3) });
    const long = await source.read(UNUSED, atOnce);
    expect(long).toMatchObject({ value: { isCut: true, list: [{ unusedPermissionDetails: { serviceNamespace: 'service0' } }, {}] } });
    expect(JSON.stringify(long).length).toBeLessThan(20_000);
  });

  test('whose pages never end is read once', async () => {
    const analyzer = await openAnalyzer();
    analyzer.follow(unusedEvent(), { findingDetails: unusedServices(1, 2) });
    analyzer.faults.endlessPages = true;
    expect(await detailsSource(analyzer).read(UNUSED, atOnce)).toMatchObject({ value: { isCut: true, list: unusedServices(1, 2) } });
    expect(analyzer.history().length).toBeLessThan(4);
  });

  test('is not asked for without a slot', async () => {
    const analyzer = await openAnalyzer();
    const refused = await detailsSource(analyzer).read(UNUSED, () => Promise.resolve({ granted: false, afterMs: 7_000 }));
    expect(refused).toMatchObject({ ok: false, refusal: { code: 'throttled', afterMs: 7_000 } });
    expect(analyzer.history()).toEqual([]);
  });
});

describe('a recommendation', () => {
  const steps = [policyStep('{"Version":"2012-10-17"}'), policyStep('{}')];

  test('is asked for, waited for and read, page by page', async () => {
    const analyzer = await openAnalyzer({ pageSize: 1 });
    analyzer.follow(unusedEvent(), { recommendation: { steps, inProgressFor: 2, failure: null } });
    const waits: number[] = [];
    const source = detailsSource(analyzer, { sleep: (ms) => Promise.resolve(void waits.push(ms)) });
    expect(await source.recommend(UNUSED, atOnce, false)).toEqual({ ok: true, value: { state: 'made', steps, isCut: false } });
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(analyzer.history().map(({ operation }) => operation)).toEqual([
      'GenerateFindingRecommendation',
      ...Array.from({ length: 4 }, () => 'GetFindingRecommendation'),
    ]);
  });

  test('that takes longer is read later, and not asked for again', async () => {
    const analyzer = await openAnalyzer();
    analyzer.follow(unusedEvent(), { recommendation: { steps, inProgressFor: 4, failure: null } });
    const source = detailsSource(analyzer);
    expect(await source.recommend(UNUSED, atOnce, false)).toEqual({ ok: true, value: { state: 'in-progress' } });
    expect(await source.recommend(UNUSED, atOnce, true)).toMatchObject({ value: { state: 'made' } });
    expect(analyzer.history().filter(({ operation }) => operation === 'GenerateFindingRecommendation')).toHaveLength(1);
  });

  test('that AWS has forgotten is asked for again', async () => {
    const analyzer = await openAnalyzer();
    analyzer.follow(unusedEvent(), { recommendation: { steps, inProgressFor: 0, failure: null } });
    expect(await detailsSource(analyzer).recommend(UNUSED, atOnce, true)).toMatchObject({ value: { state: 'made' } });
  });

  test('that fails, or that AWS does not make for such a finding, is none', async () => {
    const analyzer = await openAnalyzer();
    const source = detailsSource(analyzer);
    analyzer.follow(unusedEvent(), {
      recommendation: { steps: [], inProgressFor: 0, failure: { code: 'X', message: 'The user is in a group' } },
    });
    expect(await source.recommend(UNUSED, atOnce, false)).toEqual({
      ok: true,
      value: { state: 'none', because: 'The user is in a group' },
    });
    analyzer.follow(unusedEvent({ detail: { findingType: 'UnusedIAMRole' } }));
    expect(await source.recommend(UNUSED, atOnce, false)).toMatchObject({ value: { state: 'none' } });
  });

  test('with a policy longer than AWS allows is left out, not cut', async () => {
    const analyzer = await openAnalyzer();
    const long = policyStep('x'.repeat(30_000));
    analyzer.follow(unusedEvent(), { recommendation: { steps: [long, ...steps], inProgressFor: 0, failure: null } });
    expect(await detailsSource(analyzer).recommend(UNUSED, atOnce, false)).toEqual({
      ok: true,
      value: { state: 'made', steps, isCut: true },
    });
  });
});

describe('no answer', () => {
  test.each<readonly [Omit<AnalyzerFault, 'on'>, RefusalCode, number | null, 'finding' | 'analyzer' | 'all']>([
    [{ fault: 'ThrottlingException', retryAfterSeconds: 3 }, 'throttled', 3_000, 'finding'],
    [{ fault: 'ThrottlingException' }, 'throttled', null, 'finding'],
    [{ fault: 'ThrottlingException', retryAfterSeconds: 100_000 }, 'throttled', 900_000, 'finding'],
    [{ fault: 'AccessDeniedException' }, 'denied', null, 'analyzer'],
    [{ fault: 'ExpiredTokenException' }, 'denied', null, 'all'],
    [{ fault: 'UnrecognizedClientException' }, 'denied', null, 'all'],
    [{ fault: 'ResourceNotFoundException' }, 'gone', null, 'finding'],
    [{ fault: 'InternalServerException', retryAfterSeconds: 9 }, 'unavailable', 9_000, 'finding'],
    [{ fault: 'ValidationException' }, 'bad-answer', null, 'finding'],
    [{ fault: 'cut' }, 'unavailable', null, 'finding'],
    [{ fault: 'hangs' }, 'unavailable', null, 'finding'],
    [{ fault: 'truncated' }, 'unavailable', null, 'finding'],
    [{ fault: 'garbage' }, 'bad-answer', null, 'finding'],
  ])('%j is %s', async (fault, code, afterMs, concerns) => {
    const analyzer = await openAnalyzer();
    analyzer.follow(unusedEvent(), { findingDetails: unusedServices(1) });
    const source = detailsSource(analyzer, { timeoutMs: 1_000 });
    analyzer.faults.next.push({ on: 'GetFindingV2', ...fault });
    expect(await source.read(UNUSED, atOnce)).toEqual({ ok: false, refusal: { code, afterMs, concerns, message: expect.any(String) } });
    expect(analyzer.history()).toHaveLength(1);
    expect(await source.read(UNUSED, atOnce)).toMatchObject({ ok: true });
  });

  test.each<readonly [AnalyzerFault['on'], AnalyzerFault['fault'], RefusalCode]>([
    ['GenerateFindingRecommendation', 'AccessDeniedException', 'denied'],
    ['GenerateFindingRecommendation', 'ThrottlingException', 'throttled'],
    ['GenerateFindingRecommendation', 'cut', 'unavailable'],
    ['GetFindingRecommendation', 'AccessDeniedException', 'denied'],
    ['GetFindingRecommendation', 'garbage', 'bad-answer'],
  ])('to %s: %s is %s', async (on, fault, code) => {
    const analyzer = await openAnalyzer();
    analyzer.follow(unusedEvent());
    analyzer.faults.next.push({ on, fault });
    expect(await detailsSource(analyzer).recommend(UNUSED, atOnce, false)).toMatchObject({ ok: false, refusal: { code } });
  });

  test('a refusal says which right is missing, and where', async () => {
    const analyzer = await openAnalyzer();
    analyzer.faults.denied = 'all';
    const refused = await detailsSource(analyzer).read(UNUSED, atOnce);
    expect(refused).toMatchObject({ refusal: { message: expect.stringMatching(/access-analyzer:GetFinding .* account 111122223333/) } });
  });

  test('an analyzer that is gone is not a finding that is gone', async () => {
    const analyzer = await openAnalyzer();
    expect(await detailsSource(analyzer).read(UNUSED, atOnce)).toMatchObject({ refusal: { code: 'not-configured', concerns: 'analyzer' } });
  });

  test('a page that is missing is not half an answer', async () => {
    const analyzer = await openAnalyzer({ pageSize: 1 });
    analyzer.follow(unusedEvent(), { findingDetails: unusedServices(1, 2) });
    const source = detailsSource(analyzer);
    let requests = 0;
    const thenThrottled: AcquireSlot = () => {
      requests += 1;
      if (requests === 2) analyzer.faults.next.push({ on: 'GetFindingV2', fault: 'ThrottlingException' });
      return atOnce();
    };
    expect(await source.read(UNUSED, thenThrottled)).toMatchObject({ ok: false, refusal: { code: 'throttled' } });
  });

  test('an impossible Region is never asked', async () => {
    const analyzer = await openAnalyzer();
    const { acquireSlot, taken } = counted();
    for (const region of ['', 'evil.example/', 'us-west-2.evil', 'US-WEST-2', '169.254.169.254']) {
      const odd = { ...UNUSED, analyzerArn: `arn:aws:access-analyzer:${region}:111122223333:analyzer/Company` };
      expect(await detailsSource(analyzer).read(odd, acquireSlot)).toMatchObject({
        refusal: { code: 'not-configured', concerns: 'analyzer' },
      });
    }
    expect([taken(), analyzer.history().length]).toEqual([0, 0]);
  });

  test('without credentials nothing is sent', async () => {
    const analyzer = await openAnalyzer();
    useEnvironment({
      AWS_ENDPOINT_URL_ACCESSANALYZER: analyzer.url,
      AWS_ACCESS_KEY_ID: undefined,
      AWS_SECRET_ACCESS_KEY: undefined,
      AWS_PROFILE: undefined,
      AWS_CONFIG_FILE: '/nowhere/config',
      AWS_SHARED_CREDENTIALS_FILE: '/nowhere/credentials',
      AWS_EC2_METADATA_DISABLED: 'true',
    });
    const source = createAccessAnalyzer({
      agents: DIRECT.agents,
      log: { warn: () => undefined },
      sleep: () => Promise.resolve(),
    });
    onTestFinished(() => source.close());
    expect(await source.read(UNUSED, atOnce)).toMatchObject({ refusal: { code: 'not-configured', concerns: 'all' } });
    expect(analyzer.history()).toEqual([]);
  });

  test('a missing server is unavailable, and so is an adapter that was closed in the middle', async () => {
    const analyzer = await openAnalyzer();
    analyzer.follow(unusedEvent());
    const source = detailsSource(analyzer);
    analyzer.faults.next.push({ on: 'GetFindingV2', fault: 'hangs' });
    const waiting = source.read(UNUSED, atOnce);
    source.close();
    expect(await waiting).toMatchObject({ refusal: { code: 'unavailable' } });
    useEnvironment({ AWS_ENDPOINT_URL_ACCESSANALYZER: 'http://127.0.0.1:1' });
    const nobody = createAccessAnalyzer({
      agents: DIRECT.agents,
      log: { warn: () => undefined },
      sleep: () => Promise.resolve(),
    });
    expect(await nobody.read(UNUSED, atOnce)).toMatchObject({
      refusal: { code: 'unavailable', message: expect.stringContaining('ECONNREFUSED') },
    });
  });
});
