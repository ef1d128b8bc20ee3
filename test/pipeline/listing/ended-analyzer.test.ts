import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/findings/json.ts';
import { StoreUnavailable } from '../../../src/pipeline/ports/store.ts';
import { ANALYZERS } from '../../../src/pipeline/records/analyzer-collections.ts';
import type { SimulatedAnalyzer } from '../../../src/sandbox/access-analyzer/simulated-analyzer.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { findingOf, groupedBy } from '../../support/findings/parsed.ts';
import type { ServiceParts, ServicePartsOptions } from '../../support/service/service-parts.ts';
import { finishAll, openSwept, sweep, type SweptSite } from './swept-site.ts';

const NEVER = new AbortController().signal;
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n);

const arnIn = (account: string, name: string): string => `arn:aws:access-analyzer:us-west-2:${account}:analyzer/${name}`;
/** Of the former delegated administrator, of its successor, and another one of the same account. */
const [OLD, NEW, BESIDE] = [arnIn('111122223333', 'Old'), arnIn('222233334444', 'New'), arnIn('111122223333', 'Beside')];

const analyzer = (arn: string, given: Partial<SimulatedAnalyzer> = {}): SimulatedAnalyzer => ({
  arn,
  type: 'ORGANIZATION',
  status: 'ACTIVE',
  managedBy: null,
  archiveRules: [],
  ...given,
});

/** The access to the n-th bucket, as an analyzer reports it. */
function access(n: number, analyzerArn: string, detail: Readonly<Record<string, unknown>> = {}): JsonObject {
  const own = { id: `${analyzerArn.slice(analyzerArn.lastIndexOf('/') + 1)}-${n}`, resource: `arn:aws:s3:::bucket-${n}`, ...detail };
  return externalEvent({ detail: own, analyzerArn });
}

const recordOf = (parts: ServiceParts, n: number, arn: string) => parts.record(findingOf(access(n, arn)).key);

/** A site whose issues are those of the old analyzer, after a first sweep. */
async function opened(count: number, options: Partial<ServicePartsOptions> = {}): Promise<{ all: SweptSite; parts: ServiceParts }> {
  const all = await openSwept();
  const parts = await all.start(options);
  all.aws.putAnalyzer(analyzer(OLD));
  for (const n of numbers(count)) {
    all.aws.follow(access(n, OLD));
    await parts.accept(findingOf(access(n, OLD)));
  }
  const events = numbers(count).map((n) => access(n, OLD));
  await finishAll(all, parts, events);
  await sweep(all, parts);
  expect(all.site.created()).toBe(count);
  return { all, parts };
}

const byEvent = (parts: ServiceParts) => async (event: JsonObject) => void (await parts.accept(findingOf(event)));

/** The passes that are due now, without any wait. */
async function passes(parts: ServiceParts, events: readonly JsonObject[]): Promise<void> {
  for (const event of events) {
    const record = await parts.record(findingOf(event).key);
    if (record !== null) await parts.reconcile(record.group);
  }
}

/** The findings that each issue names, by its property. */
function named({ site }: SweptSite): readonly (readonly unknown[])[] {
  return site.jira.issues().map(({ properties }) => {
    const value: unknown = properties['findings-to-jira'];
    return typeof value === 'object' && value !== null && 'findings' in value && Array.isArray(value.findings) ? value.findings : [];
  });
}

const statuses = ({ site }: SweptSite): readonly string[] => site.jira.issues().map(({ status }) => status);

describe('a changed delegated administrator', () => {
  const ends = {
    'the old analyzer is DISABLED': ({ aws }: SweptSite) => aws.putAnalyzer(analyzer(OLD, { status: 'DISABLED' })),
    'the old analyzer is deleted': ({ aws }: SweptSite) => {
      aws.removeAnalyzer(OLD);
      aws.putAnalyzer(analyzer(BESIDE));
    },
    'the service asks for the account of the new one': ({ aws }: SweptSite) => aws.removeAnalyzer(OLD),
  };

  test.each([
    [300, 'by events', ends['the old analyzer is DISABLED']],
    [12, 'by events', ends['the old analyzer is deleted']],
    [12, 'by the sweep', ends['the old analyzer is deleted']],
    [12, 'by the sweep', ends['the service asks for the account of the new one']],
  ])(
    '%i findings, which come again %s: as many issues before and after, each with its new finding',
    async (count, come, end) => {
      const { all, parts } = await opened(count);
      const fresh = numbers(count).map((n) => access(n, NEW));
      all.aws.putAnalyzer(analyzer(NEW));
      for (const event of fresh) {
        all.aws.follow(event);
        if (come === 'by events') await parts.accept(findingOf(event));
      }
      await passes(parts, fresh);
      end(all);
      await sweep(all, parts);
      await passes(parts, fresh);
      expect(all.site.created()).toBe(count);
      await sweep(all, parts);
      await finishAll(all, parts, [...fresh, ...numbers(count).map((n) => access(n, OLD))]);
      expect(all.site.created()).toBe(count);
      expect(statuses(all).every((status) => status === 'To Do')).toBe(true);
      expect(named(all)).toEqual(fresh.map((event) => [findingOf(event).key]));
      expect(await recordOf(parts, 7, OLD)).toMatchObject({
        finding: { deleted: true },
        mapping: { state: 'closed', because: 'passed-on' },
      });
      // The issue is another finding's now, and so are its age and its due date.
      const shown = (await recordOf(parts, 7, OLD))?.mapping;
      expect([shown?.issue?.key, shown?.issue?.openedAt, shown?.due]).toEqual(['SEC-8', undefined, undefined]);
      expect((await recordOf(parts, 7, NEW))?.mapping.issue?.openedAt).toEqual(expect.any(Number));
      expect(await recordOf(parts, 7, NEW)).toMatchObject({ mapping: { state: 'open', issue: { key: 'SEC-8' } } });
      expect(parts.serviceEvents).toContainEqual({ what: 'analyzer-ended', analyzerArn: OLD, passedOn: count, unmonitored: 0 });
    },
    120_000,
  );

  test('a new finding that comes after the end takes the issue over, which opens again', async () => {
    const { all, parts } = await opened(2);
    all.aws.putAnalyzer(analyzer(OLD, { status: 'DISABLED' }));
    await sweep(all, parts);
    await sweep(all, parts);
    await finishAll(all, parts, [access(0, OLD), access(1, OLD)]);
    expect(statuses(all)).toEqual(['Done', 'Done']);
    await byEvent(parts)(access(1, NEW));
    await finishAll(all, parts, [access(1, NEW), access(1, OLD)]);
    expect(statuses(all)).toEqual(['Done', 'To Do']);
    await finishAll(all, parts, [access(1, NEW)]);
    expect(named(all)[1]).toEqual([findingOf(access(1, NEW)).key]);
    // What AWS says of the old one by now is no news of the access.
    await parts.accept(findingOf(access(1, OLD, { isDeleted: true, updatedAt: '2026-03-05T10:00:00Z' })));
    await parts.accept(findingOf(access(1, NEW, { status: 'RESOLVED', updatedAt: '2026-03-06T10:00:00Z' })));
    await finishAll(all, parts, [access(1, NEW)]);
    expect(await parts.group((await recordOf(parts, 1, NEW))?.group ?? '')).toMatchObject({ issue: { closedBecause: 'resolved' } });
  });

  test('is killed in the middle of any of its writes: the same result', async () => {
    const { all, parts: calm } = await opened(3);
    const fresh = numbers(3).map((n) => access(n, NEW));
    all.aws.putAnalyzer(analyzer(NEW));
    for (const event of fresh.slice(0, 2)) all.aws.follow(event);
    all.aws.putAnalyzer(analyzer(OLD, { status: 'DISABLED' }));
    await sweep(all, calm);
    all.site.clock.forward(3_601_000);
    for (let nth = 1; ; nth += 1) {
      let commits = 0;
      const dying = await all.start({
        owner: `dying-${nth}`,
        store: {
          ...all.site.store,
          async commit(writes) {
            commits += 1;
            if (commits >= nth) throw new StoreUnavailable('this process is dead');
            return all.site.store.commit(writes);
          },
        },
      });
      await dying.findingsSweep?.advance(NEVER).catch(() => undefined);
      if (commits < nth) break;
      all.site.clock.forward(61_000);
      expect(nth).toBeLessThan(60);
    }
    await finishAll(all, calm, [...fresh, ...numbers(3).map((n) => access(n, OLD))]);
    expect(all.site.created()).toBe(3);
    expect(statuses(all)).toEqual(['To Do', 'To Do', 'Done']);
    expect(named(all)).toEqual([fresh[0], fresh[1], access(2, OLD)].map((event) => [event === undefined ? '' : findingOf(event).key]));
  });

  test('an issue that an admin took away stays away', async () => {
    const { all, parts } = await opened(1);
    const group = (await recordOf(parts, 0, OLD))?.group ?? '';
    await parts.unlink(group, 'admin');
    await finishAll(all, parts, [access(0, OLD)]);
    await byEvent(parts)(access(0, NEW));
    all.aws.putAnalyzer(analyzer(OLD, { status: 'DISABLED' }));
    await sweep(all, parts);
    await sweep(all, parts);
    await finishAll(all, parts, [access(0, NEW)]);
    expect(all.site.created()).toBe(1);
    expect(await recordOf(parts, 0, NEW)).toMatchObject({ group, mapping: { state: 'unlinked' } });
  });

  test('in observe mode nothing is written, and live mode opens nothing anew', async () => {
    const { all } = await opened(2);
    const parts = await all.start({ mode: 'observe' });
    const fresh = numbers(2).map((n) => access(n, NEW));
    for (const event of fresh) await byEvent(parts)(event);
    all.aws.putAnalyzer(analyzer(OLD, { status: 'DISABLED' }));
    await sweep(all, parts);
    await sweep(all, parts);
    await finishAll(all, parts, fresh);
    const live = await all.start();
    await finishAll(all, live, fresh);
    expect(all.site.created()).toBe(2);
    expect(named(all)).toEqual(fresh.map((event) => [findingOf(event).key]));
  });

  test('a store that is lost afterwards knows from the issue which finding it is for', async () => {
    const { all, parts } = await opened(2);
    const fresh = numbers(2).map((n) => access(n, NEW));
    for (const event of fresh) await byEvent(parts)(event);
    all.aws.putAnalyzer(analyzer(OLD, { status: 'DISABLED' }));
    await sweep(all, parts);
    await sweep(all, parts);
    await finishAll(all, parts, fresh);
    const site = { ...all.site, store: all.site.emptyStore() };
    const restored = await all.start({ store: site.store });
    for (const event of fresh) await restored.accept(findingOf(event));
    await finishAll({ ...all, site }, restored, fresh);
    expect(all.site.created()).toBe(2);
    await restored.accept(findingOf(access(0, NEW, { status: 'RESOLVED', updatedAt: '2026-03-06T10:00:00Z' })));
    await finishAll({ ...all, site }, restored, fresh);
    expect(statuses(all)).toEqual(['Done', 'To Do']);
  });
});

describe('an analyzer that is gone', () => {
  test('leaves findings that are no longer monitored after two sweeps, however many, and never fixed', async () => {
    const { all, parts } = await opened(25);
    all.aws.putAnalyzer(analyzer(OLD, { status: 'DISABLED' }));
    expect(await sweep(all, parts)).toMatchObject({ gone: 0, of: 0 });
    await finishAll(
      all,
      parts,
      numbers(25).map((n) => access(n, OLD)),
    );
    expect(new Set(statuses(all))).toEqual(new Set(['To Do']));
    expect(await sweep(all, parts)).toMatchObject({ gone: 25, analyzers: [{ is: 'not-active', alarm: false }] });
    await finishAll(
      all,
      parts,
      numbers(25).map((n) => access(n, OLD)),
    );
    expect(new Set(statuses(all))).toEqual(new Set(['Done']));
    const group = (await recordOf(parts, 3, OLD))?.group ?? '';
    expect(await parts.group(group)).toMatchObject({ issue: { closedBecause: 'unmonitored' } });
    expect(await sweep(all, parts)).toMatchObject({ gone: 0 });
  });

  test('and was the only one of all: AWS is asked whether it knows it', async () => {
    const { all, parts } = await opened(1);
    all.aws.removeAnalyzer(OLD);
    await sweep(all, parts);
    expect(await sweep(all, parts)).toMatchObject({ gone: 1 });
  });

  test('for one sweep only, and is back: nothing changes', async () => {
    const { all, parts } = await opened(2);
    const before = await Promise.all(numbers(2).map((n) => recordOf(parts, n, OLD)));
    for (let times = 0; times < 3; times += 1) {
      all.aws.putAnalyzer(analyzer(OLD, { status: 'DISABLED' }));
      await sweep(all, parts);
      all.aws.putAnalyzer(analyzer(OLD));
      expect(await sweep(all, parts)).toMatchObject({ gone: 0, missing: 0 });
    }
    expect(await Promise.all(numbers(2).map((n) => recordOf(parts, n, OLD)))).toEqual(before);
    expect((await all.site.store.read(ANALYZERS, [OLD]))[0]?.doc).not.toHaveProperty('idleSince');
  });

  test('as far as a refused list tells: that proves nothing', async () => {
    const { all, parts } = await opened(1);
    for (let times = 0; times < 3; times += 1) {
      all.aws.faults.next.push({ on: 'ListAnalyzers', fault: 'AccessDeniedException' });
      all.aws.removeAnalyzer(OLD);
      await sweep(all, parts);
    }
    expect(await recordOf(parts, 0, OLD)).toMatchObject({ finding: { deleted: false }, mapping: { state: 'open' } });
  });

  test('while the service asks for another account keeps what no other analyzer reports', async () => {
    const { all, parts } = await opened(2);
    all.aws.removeAnalyzer(OLD);
    all.aws.follow(access(1, NEW));
    all.aws.putAnalyzer(analyzer(NEW));
    for (let times = 0; times < 3; times += 1) await sweep(all, parts);
    await finishAll(all, parts, [access(0, OLD), access(1, NEW)]);
    expect(all.site.created()).toBe(2);
    expect(named(all)).toEqual([[findingOf(access(0, OLD)).key], [findingOf(access(1, NEW)).key]]);
    expect(await recordOf(parts, 0, OLD)).toMatchObject({ finding: { deleted: false }, mapping: { state: 'open' } });
  });

  test('and whose counterparts have issues of their own: its issue is closed with a link to the other', async () => {
    const { all, parts } = await opened(1);
    all.aws.putAnalyzer(analyzer(NEW, { type: 'ACCOUNT' }));
    all.aws.follow(access(0, NEW));
    await sweep(all, parts);
    await finishAll(all, parts, [access(0, NEW)]);
    expect(all.site.created()).toBe(2);
    all.aws.putAnalyzer(analyzer(OLD, { status: 'DISABLED' }));
    await sweep(all, parts);
    await sweep(all, parts);
    await finishAll(all, parts, [access(0, OLD), access(0, NEW)]);
    expect(statuses(all)).toEqual(['Done', 'To Do']);
    expect(JSON.stringify(all.site.jira.issues()[0]?.comments)).toContain('SEC-2');
  });
});

describe('two analyzers at work that report the same access', () => {
  test('of one account and of the organization: two issues, at once', async () => {
    const { all, parts } = await opened(1);
    all.aws.putAnalyzer(analyzer(NEW, { type: 'ACCOUNT' }));
    await sweep(all, parts);
    await byEvent(parts)(access(0, NEW));
    await passes(parts, [access(0, NEW)]);
    expect(all.site.created()).toBe(2);
  });

  test('of one type: the second issue waits until a sweep has found both', async () => {
    const { all, parts } = await opened(1);
    all.aws.putAnalyzer(analyzer(NEW));
    all.aws.follow(access(0, NEW));
    await byEvent(parts)(access(0, NEW));
    await passes(parts, [access(0, NEW)]);
    expect(all.site.created()).toBe(1);
    const { group = '' } = (await recordOf(parts, 0, NEW)) ?? {};
    expect(await parts.group(group)).toMatchObject({ requeueAt: { because: 'analyzer-in-doubt' } });
    await sweep(all, parts);
    all.site.clock.forward(301_000);
    await passes(parts, [access(0, NEW)]);
    expect(all.site.created()).toBe(2);
  });

  test('of which no sweep tells, because none ends: the second issue waits three sweeps long, and no longer', async () => {
    const { all, parts } = await opened(1);
    await byEvent(parts)(access(0, NEW));
    await finishAll(all, parts, [access(0, NEW)]);
    expect(all.site.created()).toBe(2);
    const without = await all.start({ analyzers: null });
    await byEvent(without)(access(0, BESIDE));
    await passes(without, [access(0, BESIDE)]);
    expect(all.site.created()).toBe(3);
  });

  test('that share an issue by rule: one leaves it to the other, and what is fixed then is fixed', async () => {
    const rules = groupedBy('access');
    const { all, parts } = await opened(1, { rules });
    all.aws.putAnalyzer(analyzer(NEW));
    all.aws.follow(access(0, NEW));
    await byEvent(parts)(access(0, NEW));
    await finishAll(all, parts, [access(0, NEW)]);
    all.aws.putAnalyzer(analyzer(OLD, { status: 'DISABLED' }));
    await sweep(all, parts);
    await sweep(all, parts);
    await parts.accept(findingOf(access(0, NEW, { status: 'RESOLVED', updatedAt: '2026-03-06T10:00:00Z' })));
    await finishAll(all, parts, [access(0, NEW)]);
    expect(all.site.created()).toBe(1);
    expect(await parts.group((await recordOf(parts, 0, NEW))?.group ?? '')).toMatchObject({ issue: { closedBecause: 'resolved' } });
  });
});
