import { expect, test } from 'vitest';
import { markerLabel } from '../../../src/issues/marker.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { finish } from '../../support/service/finish.ts';
import { Killed, killAtCall, killAtCommit } from '../../support/service/kill.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import type { ServiceParts, ServicePartsOptions } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';

/** Jira's create screen has no labels here, and bulk fetch knows no more than search: a new issue is only found by its creator. */
const PROJECT = { projects: [{ key: 'SEC', offScreen: ['labels'] }] };
const active = findingOf(externalEvent());
const resolved = findingOf(externalEvent({ detail: { status: 'RESOLVED', updatedAt: '2026-03-02T10:00:00Z' } }));
const rules = rulesOf([
  {
    id: 'everything',
    match: { source: ['aws.access-analyzer'] },
    action: 'issue',
    issue: { project: 'SEC', issueType: 'Task', labels: ['security'] },
  },
]);

async function start(site: Site, options: Partial<ServicePartsOptions> = {}): Promise<ServiceParts> {
  return site.start({ rules, ...options });
}

function labelsOf(site: Site): readonly (readonly string[])[] {
  return site.jira.issues().map(({ labels }) => labels.toSorted());
}

const wanted = (group: string): readonly string[] => ['findings-to-jira', markerLabel('default', group), 'security'].toSorted();

test('created without them, and labelled by an edit; nothing is refused', async () => {
  const site = await openSite(PROJECT);
  const parts = await start(site);
  const { group } = await parts.accept(active);
  await finish(site, parts, group);
  expect(labelsOf(site)).toEqual([wanted(group)]);
  expect(site.jira.history().filter(({ status }) => status === 400)).toEqual([]);
  const edits = (): number => site.jira.history().filter(({ operation }) => operation === 'PUT /issue/*').length;
  expect(edits()).toBe(1);
  await finish(site, parts, (await parts.accept(active)).group);
  expect(edits()).toBe(1);
});

test.each(['before', 'after'] as const)('dies %s the labels are added: a restart adds them, and there is one issue', async (when) => {
  const site = await openSite(PROJECT);
  const first = await start(site, { wrapTracker: killAtCall('label', when) });
  const { group } = await first.accept(active);
  await expect(first.reconcile(group)).rejects.toBeInstanceOf(Killed);
  await finish(site, await start(site, { owner: 'after the restart' }), group);
  expect([site.created(), labelsOf(site)]).toEqual([1, [wanted(group)]]);
});

test.each(['before', 'after'] as const)('dies %s the issue is recorded: it is found by its creator, and labelled', async (when) => {
  const site = await openSite(PROJECT);
  Object.assign(site.jira.faults, { indexLagMs: 60_000, bulkFetchLagMs: 86_400_000 });
  const store = killAtCommit(site.store, (writes) => writes.some(({ becomes }) => becomes?.json.includes('"key":"SEC-1"')), when);
  const first = await start(site, { store });
  const { group } = await first.accept(active);
  await expect(first.reconcile(group)).rejects.toBeInstanceOf(Killed);
  await finish(site, await start(site, { owner: 'after the restart' }), group);
  expect([site.created(), labelsOf(site)]).toEqual([1, [wanted(group)]]);
});

test('its answer is lost among more issues of ours than a page holds: adopted, not created again', async () => {
  const site = await openSite(PROJECT);
  Object.assign(site.jira.faults, { bulkFetchLagMs: 86_400_000 });
  const parts = await start(site);
  const others = Array.from({ length: 120 }, (_, n) =>
    findingOf(externalEvent({ detail: { id: `other-${n}`, resource: `arn:aws:s3:::other-${n}` } })),
  );
  for (const other of others) await parts.reconcile((await parts.accept(other)).group);
  site.jira.faults.next.push({ on: 'POST /issue', fault: 'lost-after-commit' });
  const { group } = await parts.accept(active);
  await finish(site, parts, group);
  expect([site.created(), labelsOf(site).at(-1)]).toEqual([121, wanted(group)]);
});

test('nothing was created: sent again when valid lookups have spanned the window, and not before', async () => {
  const site = await openSite(PROJECT);
  site.jira.faults.next.push({ on: 'POST /issue', fault: 'reset-before' });
  const parts = await start(site);
  const begun = site.clock.now();
  const { group } = await parts.accept(active);
  await finish(site, parts, group);
  expect(site.created()).toBe(1);
  expect(site.clock.now() - begun).toBeGreaterThanOrEqual(900_000);
});

test('labels that Jira does not take delay nothing: the issue is closed when its finding is resolved', async () => {
  const site = await openSite(PROJECT);
  const parts = await start(site);
  for (let n = 0; n < 5; n += 1)
    site.jira.faults.next.push({ on: 'PUT /issue/*', fault: 'status', status: 400, body: { errors: { labels: 'no' } } });
  const { group } = await parts.accept(active);
  await parts.reconcile(group);
  expect((await parts.group(group))?.failure).toMatchObject({ code: 'jira-invalid-request', words: 'labels: no' });
  await parts.accept(resolved);
  await parts.reconcile(group);
  expect(site.jira.issues().map(({ status }) => status)).toEqual(['Done']);
});
