import { describe, expect, test } from 'vitest';
import { ANALYZERS, LISTED } from '../../../src/pipeline/records/analyzer-collections.ts';
import { FINDINGS } from '../../../src/pipeline/records/finding-collections.ts';
import type { AnalyzerFault } from '../../../src/sandbox/access-analyzer/analyzer-faults.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { ANALYZER_ARN, unusedEvent } from '../../support/findings/finding-events.ts';
import { bucket, finishAll, openSwept, resolved, sweep, type SweptSite } from './swept-site.ts';

const recordOf = (parts: ServiceParts, n: number) => parts.record(findingOf(bucket(n)).key);
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n);

/** Findings that AWS has and whose events came in. */
async function known({ aws, site }: SweptSite, parts: ServiceParts, count: number): Promise<void> {
  for (const n of numbers(count)) {
    aws.follow(bucket(n));
    await parts.accept(findingOf(bucket(n)));
  }
  // A sweep that begins in the same millisecond would take them for new ones.
  site.clock.forward(1);
}

describe('an event that AWS contradicts', () => {
  test.each([
    ['RESOLVED', 'ACTIVE', { changed: 1, ended: 0 }, 'To Do'],
    ['ACTIVE', 'RESOLVED', { changed: 0, ended: 1 }, 'Done'],
  ] as const)('%s, where AWS still says %s: the issue follows AWS an hour later', async (told, really, counts, status) => {
    const all = await openSwept();
    const parts = await all.start();
    await known(all, parts, 1);
    if (really === 'RESOLVED') {
      all.aws.follow(resolved(0));
      await parts.accept(findingOf(resolved(0)));
    }
    await sweep(all, parts);
    await finishAll(all, parts, [bucket(0)]);
    const now = new Date(all.site.clock.now()).toISOString();
    const forged = bucket(0, { status: told, updatedAt: now });
    await parts.accept(findingOf({ ...forged, time: now }));
    await finishAll(all, parts, [bucket(0)]);
    expect(await recordOf(parts, 0)).toMatchObject({ finding: { status: told } });
    expect(await sweep(all, parts)).toMatchObject(counts);
    await finishAll(all, parts, [bucket(0)]);
    expect(await recordOf(parts, 0)).toMatchObject({ finding: { status: really } });
    expect(all.site.jira.issues()).toMatchObject([{ status }]);
  });
});

describe('a lost event', () => {
  test('is made up for: an ACTIVE finding gets its issue, a RESOLVED one has it closed', async () => {
    const all = await openSwept();
    const parts = await all.start();
    await known(all, parts, 2);
    await sweep(all, parts);
    await finishAll(all, parts, [bucket(0), bucket(1)]);
    all.aws.follow(resolved(1));
    all.aws.follow(bucket(2));
    const swept = await sweep(all, parts);
    expect(swept).toMatchObject({ listed: 2, added: 1, changed: 0, missing: 1, ended: 1, gone: 0, complete: 1, of: 1 });
    expect(swept.calls).toEqual({ ListAnalyzers: 1, ListFindings: 1, GetFindingV2: 1 });
    await finishAll(all, parts, [bucket(1), bucket(2)]);
    expect(all.site.jira.issues().map(({ summary, status }) => [/bucket-\d/.exec(summary)?.[0], status])).toEqual([
      ['bucket-0', 'To Do'],
      ['bucket-1', 'Done'],
      ['bucket-2', 'To Do'],
    ]);
    expect(await recordOf(parts, 2)).toMatchObject({ firstSeenBy: 'sweep', finding: { isPublic: true, principals: [{ value: '*' }] } });
    expect(await recordOf(parts, 1)).toMatchObject({ firstSeenBy: 'event', finding: { status: 'RESOLVED' } });
  });

  test('of another status is found by the list of the others, once a day', async () => {
    const all = await openSwept();
    const parts = await all.start();
    all.aws.follow(bucket(1, { status: 'ARCHIVED' }));
    expect(await sweep(all, parts)).toMatchObject({ added: 1, calls: { ListFindings: 2 } });
    expect(await recordOf(parts, 1)).toMatchObject({ finding: { status: 'ARCHIVED' } });
    expect(await sweep(all, parts)).toMatchObject({ added: 0, calls: { ListFindings: 1 } });
    all.site.clock.forward(23 * 3_600_000);
    expect(await sweep(all, parts)).toMatchObject({ calls: { ListFindings: 2 } });
  });

  test('costs nothing where nothing was lost: a finding that is listed again is not written again', async () => {
    const all = await openSwept();
    const parts = await all.start();
    await known(all, parts, 3);
    expect(await sweep(all, parts)).toMatchObject({ listed: 3, changed: 0 });
    const before = await all.site.store.read(
      FINDINGS,
      numbers(3).map((n) => findingOf(bucket(n)).key),
    );
    expect(await sweep(all, parts)).toMatchObject({ listed: 3, added: 0, changed: 0, missing: 0 });
    expect(
      await all.site.store.read(
        FINDINGS,
        numbers(3).map((n) => findingOf(bucket(n)).key),
      ),
    ).toEqual(before);
    expect(await all.site.store.counts(LISTED, [''])).toEqual([0]);
  });

  test('of unused access is listed without what its event says, which stays', async () => {
    const all = await openSwept();
    const parts = await all.start();
    const event = unusedEvent();
    all.aws.follow(event);
    await parts.accept(findingOf(event));
    all.aws.follow(unusedEvent({ detail: { updatedAt: '2026-03-02T10:00:00Z', status: 'ARCHIVED' } }));
    expect(await sweep(all, parts)).toMatchObject({ changed: 1, calls: { ListFindingsV2: 2 } });
    const { finding } = (await parts.record(findingOf(event).key)) ?? {};
    expect(finding).toMatchObject({ status: 'ARCHIVED', unusedActions: findingOf(event).unusedActions });
  });
});

describe('a finding that a complete list lacks', () => {
  test('and that AWS does not have is ended at the second list, as no longer monitored', async () => {
    const all = await openSwept();
    const parts = await all.start();
    await known(all, parts, 2);
    await finishAll(all, parts, [bucket(0), bucket(1)]);
    await sweep(all, parts);
    all.aws.remove(ANALYZER_ARN, 'finding-1');
    expect(await sweep(all, parts)).toMatchObject({ missing: 1, gone: 0 });
    expect(await recordOf(parts, 1)).toMatchObject({ finding: { deleted: false } });
    expect(await sweep(all, parts)).toMatchObject({ missing: 1, gone: 1 });
    await finishAll(all, parts, [bucket(1)]);
    expect(await recordOf(parts, 1)).toMatchObject({ finding: { status: 'ACTIVE', deleted: true }, mapping: { state: 'closed' } });
    const comments = JSON.stringify(all.site.jira.issues()[1]?.comments ?? []);
    expect(comments).toMatch(/no longer monitor/i);
    // Listed again, it is opened again.
    all.aws.follow(bucket(1));
    await sweep(all, parts);
    await finishAll(all, parts, [bucket(1)]);
    expect(all.site.jira.issues().map(({ status }) => status)).toEqual(['To Do', 'To Do']);
  });

  test('in between was listed again: the count begins anew', async () => {
    const all = await openSwept();
    const parts = await all.start();
    await known(all, parts, 2);
    for (let times = 0; times < 3; times += 1) {
      all.aws.remove(ANALYZER_ARN, 'finding-1');
      expect(await sweep(all, parts)).toMatchObject({ missing: 1, gone: 0 });
      all.aws.follow(bucket(1));
      expect(await sweep(all, parts)).toMatchObject({ missing: 0, gone: 0 });
    }
  });

  test('and became known while the sweep ran is not asked about', async () => {
    const all = await openSwept();
    const parts = await all.start();
    await sweep(all, parts);
    all.site.clock.forward(3_600_000);
    let accepted = false;
    const wrapped = await all.start({
      listingsPerSecond: 10_000,
      analyzers: {
        arns: null,
        regions: ['us-west-2'],
        source: {
          ...all.source,
          async listFindings(question, slot) {
            const answer = await all.source.listFindings(question, slot);
            if (!accepted) await parts.accept(findingOf(bucket(9)));
            accepted = true;
            return answer;
          },
        },
      },
    });
    all.aws.follow(bucket(1));
    await wrapped.findingsSweep?.advance(new AbortController().signal);
    expect(await recordOf(parts, 9)).not.toBeNull();
    expect(await all.site.store.read(ANALYZERS, [ANALYZER_ARN])).toMatchObject([{ doc: { missing: '', alarm: null } }]);
  });

  test('with many others at once is not ended, and an alarm is raised', async () => {
    const all = await openSwept();
    const parts = await all.start();
    await known(all, parts, 40);
    await sweep(all, parts);
    for (const n of numbers(25)) all.aws.remove(ANALYZER_ARN, `finding-${n}`);
    for (let times = 0; times < 3; times += 1) {
      expect(await sweep(all, parts)).toMatchObject({ missing: 25, gone: 0, analyzers: [{ alarm: true }] });
      expect(parts.serviceEvents.filter(({ what }) => what === 'findings-vanished')).toHaveLength(times + 1);
    }
    expect(await recordOf(parts, 1)).toMatchObject({ finding: { deleted: false } });
    for (const n of numbers(25)) all.aws.follow(bucket(n));
    expect(await sweep(all, parts)).toMatchObject({ missing: 0, analyzers: [{ alarm: false }] });
  });

  test.each([
    ['the list ends early', (all: SweptSite) => void (all.aws.faults.listsEndAfter = 1)],
    ['lists are late', (all: SweptSite) => void (all.aws.faults.listsAreLate = true)],
  ])('because %s is still known to AWS, and stays', async (_name, strike) => {
    const all = await openSwept();
    const parts = await all.start();
    await known(all, parts, 30);
    strike(all);
    for (let times = 0; times < 3; times += 1) {
      const swept = await sweep(all, parts);
      expect(swept.missing).toBeGreaterThan(0);
      expect(swept).toMatchObject({ ended: 0, gone: 0 });
    }
    expect(await recordOf(parts, 29)).toMatchObject({ finding: { status: 'ACTIVE', deleted: false } });
  });
});

describe('a list that is not complete proves nothing', () => {
  const fault = (fault: AnalyzerFault['fault']) => (all: SweptSite) => {
    for (let tries = 0; tries < 4; tries += 1) all.aws.faults.next.push({ on: 'ListFindings', fault });
  };
  test.each([
    ['denied', 'denied', (all: SweptSite) => void (all.aws.faults.denied = [ANALYZER_ARN])],
    ['in a circle', 'bad-answer', (all: SweptSite) => void (all.aws.faults.endlessPages = true)],
    ['cut', 'unavailable', fault('cut')],
    ['a page of another server', 'bad-answer', fault('garbage')],
    ['an error', 'unavailable', fault('InternalServerException')],
  ])('%s', async (_name, code, strike) => {
    const all = await openSwept();
    const parts = await all.start({ analyzers: { arns: [ANALYZER_ARN], regions: [], source: all.source } });
    await known(all, parts, 3);
    await sweep(all, parts);
    all.aws.remove(ANALYZER_ARN, 'finding-1');
    await sweep(all, parts);
    strike(all);
    expect(await sweep(all, parts)).toMatchObject({ complete: 0, of: 1, gone: 0, analyzers: [{ is: 'incomplete', problem: { code } }] });
    expect(await all.site.store.read(ANALYZERS, [ANALYZER_ARN])).toMatchObject([{ doc: { problem: { code } } }]);
    expect(parts.serviceEvents).toContainEqual(expect.objectContaining({ what: 'analyzer-not-listed', analyzerArn: ANALYZER_ARN, code }));
    expect(await recordOf(parts, 1)).toMatchObject({ finding: { deleted: false } });
  });

  test('an analyzer that is being created is not listed, and nothing of it is ended', async () => {
    const all = await openSwept();
    const parts = await all.start();
    await known(all, parts, 2);
    await sweep(all, parts);
    all.aws.putAnalyzer({ arn: ANALYZER_ARN, type: 'ORGANIZATION', status: 'CREATING', managedBy: null, archiveRules: [] });
    all.aws.remove(ANALYZER_ARN, 'finding-1');
    for (let times = 0; times < 2; times += 1)
      expect(await sweep(all, parts)).toMatchObject({ complete: 0, analyzers: [{ is: 'not-active' }], gone: 0 });
    expect(await recordOf(parts, 1)).toMatchObject({ finding: { deleted: false } });
  });
});
