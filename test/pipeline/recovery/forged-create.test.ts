import { describe, expect, test } from 'vitest';
import { countRetried, createRetryFailures } from '../../../src/pipeline/admin-actions/retry-failures.ts';
import { PROPERTY_KEY } from '../../../src/issues/marker.ts';
import { numberedEvent } from '../../support/findings/findings-by-number.ts';
import { finish } from '../../support/service/finish.ts';
import { FORGINGS, keyOf } from '../../support/jira/forgings.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';
import { waitsForProof } from '../../support/service/waits-for-proof.ts';

const active = (n: number) => findingOf(numberedEvent(n, 0));
const HOUR_MS = 3_600_000;

/** Finding 0 has SEC-1; the answer to the create of SEC-2, for finding 1, is lost. */
async function uncertain(): Promise<{ site: Site; parts: ServiceParts; groups: readonly [string, string] }> {
  const site = await openSite();
  const parts = await site.start();
  const { group: first } = await parts.accept(active(0));
  await finish(site, parts, first);
  site.jira.faults.next.push({ on: 'POST /issue', fault: 'lost-after-commit' });
  const { group: second } = await parts.accept(active(1));
  await parts.reconcile(second);
  expect((await parts.group(second))?.intent?.phase).toBe('uncertain');
  return { site, parts, groups: [first, second] };
}

async function passHours(site: Site, parts: ServiceParts, group: string): Promise<void> {
  for (let hours = 0; hours < 6; hours += 1) {
    site.clock.forward(HOUR_MS);
    await parts.reconcile(group);
  }
}

describe.each(FORGINGS)('the answer to a create is lost, and a person forges $name', ({ forge }) => {
  test('its issue is adopted, or waits for an admin; no second one is created', async () => {
    const { site, parts, groups } = await uncertain();
    forge(site, 1, 0, groups);
    await passHours(site, parts, groups[1]);
    const record = await parts.group(groups[1]);
    expect([site.created(), record?.issue?.key ?? record?.failure?.message]).toEqual([2, expect.stringContaining(keyOf(1))]);
    expect(record?.failure?.code ?? 'jira-property-unproven').toBe('jira-property-unproven');
    if (record?.issue === null) await parts.link(groups[1], keyOf(1), 'anna');
    expect((await finish(site, parts, groups[1])).issue?.key).toBe(keyOf(1));
    await parts.sweep.run();
    expect(site.jira.issues().map(({ status }) => status)).not.toContain('Done');
  });
});

describe('an admin has to decide about the issue of an uncertain create', () => {
  async function removed(): Promise<Awaited<ReturnType<typeof uncertain>>> {
    const its = await uncertain();
    its.site.jira.person.writeProperty(keyOf(1), PROPERTY_KEY);
    await waitsForProof(its.site, its.parts, its.groups[1]);
    return its;
  }

  test('reconciled: the lookups go on without it, and only their evidence permits another one', async () => {
    const { site, parts, groups } = await removed();
    await parts.reconcileNow(groups[1], 'anna');
    await parts.reconcile(groups[1]);
    expect([site.created(), (await parts.group(groups[1]))?.intent?.phase]).toEqual([2, 'uncertain']);
    expect((await finish(site, parts, groups[1])).issue?.key).toBe('SEC-3');
    await parts.sweep.run();
    expect(site.jira.issues().map(({ status }) => status)).toEqual(['To Do', 'To Do', 'To Do']);
  });

  test('news of the finding decides nothing', async () => {
    const { site, parts, groups } = await removed();
    await parts.accept(findingOf(numberedEvent(1, 5)));
    await parts.reconcile(groups[1]);
    expect([site.created(), (await parts.group(groups[1]))?.failure?.code]).toEqual([2, 'jira-property-unproven']);
  });

  test.each([
    ['all failures', ['failed'], 0],
    ['those of its code', ['failure:jira-property-unproven'], 1],
  ])('a retry of %s', async (_, terms, retried) => {
    const { site, parts, groups } = await removed();
    const retry = createRetryFailures({ store: site.store, reconcileNow: parts.reconcileNow });
    const signal = new AbortController().signal;
    const run = { id: 'one', input: [...terms], cursor: null, done: 0, startedBy: 'anna', signal, progress: async () => undefined };
    expect([await countRetried(site.store, terms), await retry(run)]).toEqual([retried, { retried }]);
    expect((await parts.group(groups[1]))?.takenAway?.length ?? 0).toBe(retried);
  });

  test('a person puts the property back: it is adopted', async () => {
    const { site, parts, groups } = await uncertain();
    const property = site.jira.issues()[1]?.properties[PROPERTY_KEY];
    site.jira.person.writeProperty(keyOf(1), PROPERTY_KEY);
    await waitsForProof(site, parts, groups[1]);
    site.jira.person.writeProperty(keyOf(1), PROPERTY_KEY, property);
    expect((await finish(site, parts, groups[1])).issue?.key).toBe(keyOf(1));
  });
});

describe('searches leave the properties out', () => {
  test('the issue of an uncertain create is adopted all the same', async () => {
    const { site, parts, groups } = await uncertain();
    site.jira.faults.searchOmitsProperties = true;
    const record = await finish(site, parts, groups[1]);
    expect([record.issue?.key, record.failure, site.created()]).toEqual([keyOf(1), null, 2]);
  });

  test('after a lost store all issues are read back, and none is created again', async () => {
    const { site, parts, groups } = await uncertain();
    await finish(site, parts, groups[1]);
    site.jira.faults.searchOmitsProperties = true;
    const again = await site.start({ store: site.emptyStore() });
    for (const n of [0, 1]) await finish(site, again, (await again.accept(active(n))).group);
    expect(site.created()).toBe(2);
    expect(await again.sweep.run()).toMatchObject({ swept: { found: 2, restored: 0, duplicatesClosed: 0 } });
  });
});
