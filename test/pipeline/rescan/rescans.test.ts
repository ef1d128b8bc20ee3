import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/findings/json.ts';
import { put, type Store } from '../../../src/pipeline/ports/store.ts';
import { RESCAN_REFUSALS, RESCANS, type RescanRecord } from '../../../src/pipeline/records/rescan-collections.ts';
import { RESCANS_PER_HOUR } from '../../../src/pipeline/rescan/create-rescans.ts';
import { createDiagnoseAnalyzer } from '../../../src/pipeline/runtime/diagnose-analyzer.ts';
import type { AnalyzerFault } from '../../../src/sandbox/access-analyzer/analyzer-faults.ts';
import type { AccessAnalyzerSimulator } from '../../../src/sandbox/access-analyzer/access-analyzer-simulator.ts';
import { externalEvent, unusedEvent } from '../../support/findings/finding-events.ts';
import { detailsSource, openAnalyzer } from '../../support/servers/access-analyzer.ts';
import { finish } from '../../support/service/finish.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import type { ServiceParts, ServicePartsOptions } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';

const HOUR_MS = 3_600_000;
const EVERYTHING = { id: 'all', match: { source: ['aws.access-analyzer'] }, action: 'issue', issue: { project: 'SEC', issueType: 'Task' } };

interface Opened {
  readonly site: Site;
  readonly aws: AccessAnalyzerSimulator;
  readonly parts: ServiceParts;
  readonly group: string;
  readonly options: Partial<ServicePartsOptions>;
}

/** A site with the issue of one finding, which AWS knows. */
async function opened(event: JsonObject = externalEvent(), more: Partial<ServicePartsOptions> = {}): Promise<Opened> {
  const [site, aws] = [await openSite(), await openAnalyzer()];
  const options = { scans: detailsSource(aws), ...more };
  const parts = await site.start(options);
  aws.follow(event);
  const { group } = await parts.accept(findingOf(event));
  await finish(site, parts, group);
  return { site, aws, parts, group, options };
}

/** A person closes the issue, and a sweep notices it. */
async function closed(at: Opened, key = 'SEC-1'): Promise<void> {
  at.site.jira.person.transition(key, 'Done');
  await at.parts.sweep.run();
  await finish(at.site, at.parts, at.group);
}

const advance = async ({ rescans }: ServiceParts): Promise<void> => rescans?.advance(new AbortController().signal);
const scansAt = ({ aws }: Opened): number => aws.history().filter(({ operation }) => operation === 'StartResourceScan').length;
const historyOf = async ({ parts }: Opened, event: JsonObject = externalEvent()): Promise<readonly string[]> =>
  ((await parts.record(findingOf(event).key))?.history ?? []).map(({ what, because }) => `${what}: ${because}`);
const waiting = async (store: Store): Promise<readonly string[]> => store.due(RESCANS, Number.MAX_SAFE_INTEGER, 100);

describe('a person closes the issue of an active finding', () => {
  test('AWS is asked once to scan the resource again, and the history says so; the outcome is an event like any other', async () => {
    const at = await opened();
    await closed(at);
    expect(await historyOf(at)).toEqual(expect.arrayContaining(['closed: closed-by-person', 'rescan: closed-by-person']));
    for (let times = 0; times < 3; times += 1) await advance(at.parts);
    expect(scansAt(at)).toBe(1);
    const { resource, analyzerArn } = findingOf(externalEvent());
    expect(at.parts.serviceEvents).toContainEqual({ what: 'rescan-started', group: at.group, analyzerArn, resource });
    await at.parts.sweep.run();
    await at.parts.accept(findingOf(externalEvent({ time: '2026-03-02T09:00:00Z', detail: { updatedAt: '2026-03-02T09:00:00Z' } })));
    await finish(at.site, at.parts, at.group);
    await advance(at.parts);
    expect([scansAt(at), at.site.jira.issues()[0]?.status]).toEqual([1, 'Done']);
    at.site.clock.forward(HOUR_MS + 1);
    await advance(at.parts);
    expect([scansAt(at), await waiting(at.site.store)]).toEqual([1, []]);
  });

  test('again within the hour: it is asked once more, an hour after the first time', async () => {
    const at = await opened();
    await closed(at);
    await advance(at.parts);
    for (const [minute, status] of ['RESOLVED', 'ACTIVE'].entries()) {
      const updatedAt = `2026-03-02T09:0${minute}:00Z`;
      await at.parts.accept(findingOf(externalEvent({ time: updatedAt, detail: { status, updatedAt } })));
      await finish(at.site, at.parts, at.group);
    }
    await closed(at);
    await advance(at.parts);
    expect(scansAt(at)).toBe(1);
    at.site.clock.forward(HOUR_MS);
    await advance(at.parts);
    await advance(at.parts);
    expect(scansAt(at)).toBe(2);
  });

  test.each<readonly [string, JsonObject, Partial<ServicePartsOptions>]>([
    ['rescan: off', externalEvent(), { rules: rulesOf([EVERYTHING], { limits: 'off', rescan: 'off' }) }],
    ['unused access', unusedEvent(), {}],
    ['an error finding', externalEvent({ detail: { error: 'ACCESS_DENIED' } }), {}],
  ])('nothing is asked: %s', async (_name, event, more) => {
    const at = await opened(event, more);
    await closed(at);
    await advance(at.parts);
    expect([await historyOf(at, event), scansAt(at)]).toEqual([expect.not.arrayContaining(['rescan: closed-by-person']), 0]);
    expect(await historyOf(at, event)).toContain('closed: closed-by-person');
  });

  test('nothing is asked while it only observes; a pause holds the question back, and one that has become needless is dropped', async () => {
    const at = await opened();
    const observing = await at.site.start({ ...at.options, mode: 'observe' });
    at.site.jira.person.transition('SEC-1', 'Done');
    await observing.sweep.run();
    await finish(at.site, observing, at.group);
    expect([observing.rescans, await waiting(at.site.store)]).toEqual([null, []]);
    await at.parts.reconcileNow(at.group, 'anna');
    await finish(at.site, at.parts, at.group);
    await at.parts.pauses.set('all', 'anna', 'a freeze');
    await advance(at.parts);
    expect([scansAt(at), (await waiting(at.site.store)).length]).toEqual([0, 1]);
    await at.parts.pauses.lift('all');
    await at.parts.accept(findingOf(externalEvent({ detail: { status: 'RESOLVED', updatedAt: '2026-03-02T10:00:00Z' } })));
    await finish(at.site, at.parts, at.group);
    at.site.clock.forward(HOUR_MS);
    await advance(at.parts);
    expect([scansAt(at), await waiting(at.site.store)]).toEqual([0, []]);
  });
});

describe('the process dies', () => {
  test('between the note and the call: the next one asks', async () => {
    const at = await opened();
    await closed(at);
    const parts = await at.site.start({ ...at.options, owner: 'after the restart' });
    await advance(parts);
    expect(scansAt(at)).toBe(1);
  });

  test.each(['before', 'after'] as const)('%s the call, with its claim: the next one asks once more, and no third time', async (when) => {
    const at = await opened();
    await closed(at);
    const source = detailsSource(at.aws);
    const died = new Error('the process died');
    const dying = await at.site.start({
      scans: {
        async startScan(question, acquireSlot) {
          if (when === 'after') await source.startScan(question, acquireSlot);
          throw died;
        },
      },
    });
    await expect(advance(dying)).rejects.toBe(died);
    await advance(at.parts);
    expect(scansAt(at)).toBe(when === 'after' ? 1 : 0);
    for (let times = 0; times < 3; times += 1) {
      at.site.clock.forward(4 * 60_000);
      await advance(at.parts);
    }
    expect(scansAt(at)).toBe(when === 'after' ? 2 : 1);
  });
});

describe('AWS', () => {
  test('denies it: remembered, said once, and named by the doctor; what a person closes later is not asked about', async () => {
    const at = await opened();
    const other = externalEvent({ detail: { id: 'finding-2', resource: 'arn:aws:s3:::other' } });
    const { group } = await at.parts.accept(findingOf(other));
    await finish(at.site, at.parts, group);
    at.aws.faults.denied = 'all';
    await closed(at);
    await advance(at.parts);
    const refused = at.parts.serviceEvents.filter(({ what }) => what === 'rescan-refused');
    expect(refused).toMatchObject([{ code: 'denied', message: expect.stringContaining('access-analyzer:StartResourceScan') }]);
    await closed({ ...at, group }, 'SEC-2');
    await advance(at.parts);
    expect([scansAt(at), await historyOf(at, other)]).toEqual([1, expect.not.arrayContaining(['rescan: closed-by-person'])]);
    const checks = await createDiagnoseAnalyzer({ store: at.site.store, source: detailsSource(at.aws) })({ version: 1, rules: [] });
    expect(checks).toContainEqual({
      check: 'resources-scanned-again',
      ok: false,
      message: expect.stringContaining('access-analyzer:StartResourceScan'),
      advice: expect.stringContaining('rescan: off'),
    });
    at.site.clock.forward(8 * 24 * HOUR_MS);
    await advance(at.parts);
    expect(await at.site.store.read(RESCAN_REFUSALS, [findingOf(externalEvent()).analyzerArn])).toEqual([null]);
  });

  test.each<readonly [AnalyzerFault['fault'], number]>([
    ['ThrottlingException', 2],
    ['InternalServerException', 2],
    ['cut', 2],
    ['ValidationException', 1],
    ['ResourceNotFoundException', 1],
  ])('answers %s once: %d calls in all', async (fault, calls) => {
    const at = await opened();
    await closed(at);
    at.aws.faults.next.push({ on: 'StartResourceScan', fault });
    await advance(at.parts);
    at.site.clock.forward(15 * 60_000);
    await advance(at.parts);
    expect(scansAt(at)).toBe(calls);
    expect((await waiting(at.site.store)).length).toBe(calls - 1);
  });

  test('is not asked about more resources than an hour allows; the rest follows', async () => {
    const at = await opened();
    await closed(at);
    const now = at.site.clock.now();
    for (let count = 0; count < RESCANS_PER_HOUR; count += 1) {
      const asked: RescanRecord = {
        analyzerArn: 'arn:a',
        resourceArn: `arn:${count}`,
        resourceAccount: '',
        group: at.group,
        state: 'done',
        dueAt: now + HOUR_MS,
        attempts: 0,
        again: false,
      };
      await at.site.store.commit([put(RESCANS, `arn:a|arn:${count}`, null, asked)]);
    }
    await advance(at.parts);
    expect(scansAt(at)).toBe(0);
    at.site.clock.forward(HOUR_MS + 1);
    // Twenty at a time; what is held is looked at every five minutes.
    for (let times = 0; times < 5; times += 1) await advance(at.parts);
    at.site.clock.forward(5 * 60_000 + 1);
    await advance(at.parts);
    expect([scansAt(at), (await waiting(at.site.store)).length]).toEqual([1, 1]);
  });
});
