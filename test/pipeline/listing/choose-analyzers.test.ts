import { describe, expect, test } from 'vitest';
import { readStatus, type StatusFacts } from '../../../src/admin/routes/status-routes.ts';
import { createDiagnoseAnalyzer } from '../../../src/pipeline/runtime/diagnose-analyzer.ts';
import { ANALYZERS } from '../../../src/pipeline/records/analyzer-collections.ts';
import type { SimulatedAnalyzer } from '../../../src/sandbox/access-analyzer/simulated-analyzer.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import { bucket, openSwept, sweep, type SweptSite } from './swept-site.ts';

const arnOf = (name: string, region = 'us-west-2'): string => `arn:aws:access-analyzer:${region}:111122223333:analyzer/${name}`;
const analyzer = (name: string, given: Partial<SimulatedAnalyzer> = {}): SimulatedAnalyzer => ({
  arn: arnOf(name),
  type: 'ACCOUNT',
  status: 'ACTIVE',
  managedBy: null,
  archiveRules: [],
  ...given,
});

const FACTS: StatusFacts = {
  startedAt: 0,
  mode: 'live',
  queueDepth: 0,
  queues: [],
  governor: { inFlight: 0, waiting: 0, callsPerSecond: { share: 0, of: 0, ceiling: null, because: 'start' }, retryAfterWindows: [] },
  access: { access: 'accepted', since: null, message: '' },
  store: { kind: 'embedded', durability: '', trusted: true },
};

async function open(settings: Parameters<typeof openSwept>[0], ...analyzers: readonly SimulatedAnalyzer[]): Promise<SweptSite> {
  const all = await openSwept(settings);
  for (const one of analyzers) all.aws.putAnalyzer(one);
  return all;
}

/** The names of the analyzers that a sweep lists, and what came of each. */
async function swept(all: SweptSite, parts?: Awaited<ReturnType<SweptSite['start']>>): Promise<Record<string, string>> {
  const { analyzers } = await sweep(all, parts ?? (await all.start()));
  return Object.fromEntries(
    analyzers.map(({ analyzerArn, is, problem }) => [analyzerArn.slice(analyzerArn.lastIndexOf('/') + 1), problem?.code ?? is]),
  );
}

describe('a sweep lists', () => {
  test('the analyzers of the Region, but not those that AWS services manage', async () => {
    const all = await open({}, analyzer('a'), analyzer('b'), analyzer('hub', { managedBy: 'securityhubv2.amazonaws.com' }));
    all.aws.putAnalyzer(analyzer('elsewhere', { arn: arnOf('elsewhere', 'eu-west-1') }));
    expect(await swept(all)).toEqual({ a: 'complete', b: 'complete' });
  });

  test('those that ANALYZER_ARNS names and no others, a managed one among them', async () => {
    const hub = analyzer('hub', { managedBy: 'securityhubv2.amazonaws.com' });
    const all = await open({ arns: [hub.arn, arnOf('gone')] }, analyzer('a'), hub);
    expect(await swept(all)).toEqual({ hub: 'complete', gone: 'not-configured' });
  });

  test('those of each Region of a list', async () => {
    const all = await open({ regions: ['us-west-2', 'eu-west-1'] }, analyzer('a'), analyzer('b', { arn: arnOf('b', 'eu-west-1') }));
    expect(await swept(all)).toEqual({ a: 'complete', b: 'complete' });
  });

  test('those of all Regions; one that is not enabled is expected to refuse', async () => {
    const all = await open({ regions: { allLike: 'eu-central-1' } }, analyzer('a'), analyzer('b', { arn: arnOf('b', 'me-south-1') }));
    all.aws.faults.disabledRegions = ['af-south-1', 'ap-east-1', 'eu-west-1'];
    const result = await sweep(all, await all.start());
    expect(result.analyzers.map(({ is }) => is)).toEqual(['complete', 'complete']);
    expect(result.regionProblems).toMatchObject([{ region: 'eu-west-1', code: 'denied' }]);
    expect(result.calls['ListAnalyzers']).toBeGreaterThan(30);
  });

  test('those that events have named in other Regions, and again after a restart', async () => {
    const all = await open({});
    const event = bucket(1, {}, arnOf('named', 'eu-west-1'));
    all.aws.follow(event);
    const parts = await all.start();
    await parts.accept(findingOf(event));
    await parts.accept(findingOf(bucket(2, {}, arnOf('_AccessAnalyzerForSecurityHub-1'))));
    expect(await swept(all, await all.start())).toEqual({ named: 'complete' });
  });

  test('no analyzer of another account again on the same day', async () => {
    const all = await open({}, analyzer('a'));
    const parts = await all.start();
    await parts.accept(findingOf(bucket(1, {}, arnOf('other'))));
    expect(await swept(all, parts)).toEqual({ a: 'complete', other: 'not-configured' });
    expect(await swept(all, parts)).toEqual({ a: 'complete' });
    expect(await all.site.store.read(ANALYZERS, [arnOf('other')])).toMatchObject([{ doc: { problem: { code: 'not-configured' } } }]);
    all.site.clock.forward(24 * 3_600_000);
    expect(await swept(all, parts)).toEqual({ a: 'complete', other: 'not-configured' });
  });

  test('what it can where one is denied, and names that one', async () => {
    const all = await open({}, analyzer('a'), analyzer('b'), analyzer('c'));
    all.aws.faults.denied = [arnOf('b')];
    all.aws.follow(bucket(1, {}, arnOf('c')));
    const parts = await all.start();
    expect(await swept(all, parts)).toEqual({ a: 'complete', b: 'denied', c: 'complete' });
    expect(await parts.record(findingOf(bucket(1, {}, arnOf('c'))).key)).not.toBeNull();
    const { store } = all.site;
    const doctor = await createDiagnoseAnalyzer({ store, source: all.source })({ version: 1, rules: [] });
    const message = expect.stringContaining(`${arnOf('b')}: denied: AWS does not let the service ask`);
    expect(doctor).toContainEqual({ check: 'findings-listed', ok: false, message, advice: expect.any(String) });
    const status = await readStatus({ store, rules: parts.rules, version: '1', status: async () => FACTS });
    expect(status.analyzers).toMatchObject([{ analyzerArn: arnOf('b'), status: 'ACTIVE', problem: { code: 'denied' }, alarm: null }]);
    expect(status.lastFindingsSweep).toMatchObject({ complete: 2, of: 3, added: 1, calls: { ListAnalyzers: 1 } });
    // Once it may ask again, nothing is named.
    all.aws.faults.denied = [];
    await swept(all, parts);
    expect((await readStatus({ store, rules: parts.rules, version: '1', status: async () => FACTS })).analyzers).toEqual([]);
  });

  test('a named analyzer without the right to list analyzers, and ends nothing of it', async () => {
    const all = await open({ arns: [arnOf('a')] }, analyzer('a'));
    all.aws.faults.analyzersDenied = true;
    const parts = await all.start();
    const event = bucket(1, {}, arnOf('a'));
    await parts.accept(findingOf(event));
    for (let times = 0; times < 3; times += 1) expect(await swept(all, parts)).toEqual({ a: 'complete' });
    expect(await parts.record(findingOf(event).key)).toMatchObject({ finding: { deleted: false } });
  });
});
