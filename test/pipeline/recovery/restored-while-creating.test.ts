import { expect, test } from 'vitest';
import type { Finding } from '../../../src/findings/finding.ts';
import { markerLabel } from '../../../src/issues/marker.ts';
import { FINDINGS } from '../../../src/pipeline/records/finding-collections.ts';
import { GROUPS } from '../../../src/pipeline/records/group-collections.ts';
import type { CreateOutcome } from '../../../src/pipeline/ports/issue-tracker.ts';
import { put, type Store, type Write } from '../../../src/pipeline/ports/store.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { finish } from '../../support/service/finish.ts';
import { Killed, killAtCommit } from '../../support/service/kill.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';
import { putRules } from '../../support/service/put-rules.ts';

const day = (n: number): string => new Date(Date.UTC(2026, 2, n)).toISOString();

function seen(id: string, born: number, at: number, detail: Readonly<Record<string, unknown>> = {}): Finding {
  return findingOf(externalEvent({ time: day(at), detail: { id, createdAt: day(born), updatedAt: day(at), ...detail } }));
}

const match = { source: ['aws.access-analyzer'] };
const rules = rulesOf([
  {
    id: 'everything',
    match,
    action: 'issue',
    issue: { project: 'SEC', issueType: 'Task', labels: ['security'] },
    whenUnrouted: 'close',
  },
]);

async function ignoreAll(site: Site): Promise<void> {
  await putRules(site.store, [{ id: 'nothing', match, action: 'ignore' }, ...rules.ruleSet.rules]);
}

/** The store forgets everything about the group of a finding. */
async function forget(site: Site, group: string, finding: Finding): Promise<void> {
  for (const [collection, id] of [[GROUPS, group] as const, [FINDINGS, finding.key] as const]) {
    const [stored] = await site.store.read<unknown>(collection, [id]);
    await site.store.commit([{ collection: collection.name, id, expected: stored?.version ?? null, becomes: null }]);
  }
}

/** An issue with a predecessor, on a site whose create screen has no labels. @param meanwhile after Jira created it, before its answer arrives */
async function created(
  meanwhile: (site: Site, parts: ServiceParts, group: string) => Promise<void>,
  wrapStore: (store: Store) => Store = (store) => store,
): Promise<{ readonly site: Site; readonly parts: ServiceParts; readonly group: string }> {
  const site = await openSite({ projects: [{ key: 'SEC', offScreen: ['labels'] }] });
  const parts: ServiceParts = await site.start({
    rules,
    store: wrapStore(site.store),
    wrapTracker: (tracker) => ({
      ...tracker,
      async create(ready, marker, sendBy): Promise<CreateOutcome> {
        const outcome = await tracker.create(ready, marker, sendBy);
        if (site.jira.issues().length === 2) await meanwhile(site, parts, marker.property.group);
        return outcome;
      },
    }),
  });
  for (const finding of [seen('old', 1, 1), seen('old', 1, 10, { status: 'RESOLVED' })])
    await finish(site, parts, (await parts.accept(finding)).group);
  const { group } = await parts.accept(seen('new', 10, 10));
  return { site, parts, group };
}

const known = {
  key: 'SEC-2',
  ruleId: 'everything',
  openedAt: expect.any(Number),
  follows: { key: 'SEC-1', link: 'wanted' },
  laterLabels: ['findings-to-jira', 'security'],
};

/** Labels, link and rule of the create are kept. */
async function expectKept(site: Site, parts: ServiceParts, group: string): Promise<void> {
  await finish(site, parts, group);
  const [, issue] = site.jira.issues();
  expect(issue?.labels.toSorted()).toEqual(['findings-to-jira', markerLabel('default', group), 'security'].toSorted());
  expect(issue?.links).toHaveLength(1);
  await ignoreAll(site);
  await finish(site, parts, group);
  expect(site.jira.issues().map(({ status }) => status)).toEqual(['Done', 'Done']);
}

test('a sweep finds the issue before its answer is there: it has the facts that the create knows', async () => {
  const { site, parts, group } = await created(async (_, { sweep }) => {
    expect(await sweep.run()).toMatchObject({ swept: { restored: 1 } });
  });
  await parts.reconcile(group);
  await expectKept(site, parts, group);
});

test('a sweep finds the issue whose answer is lost, before a lookup does: it has the facts that the create knows', async () => {
  const { site, parts, group } = await created(async () => undefined);
  site.jira.faults.next.push({ on: 'POST /issue', fault: 'lost-after-commit' });
  await parts.reconcile(group);
  expect((await parts.group(group))?.intent?.phase).toBe('uncertain');
  expect(await parts.sweep.run()).toMatchObject({ swept: { restored: 1 } });
  expect((await parts.group(group))?.issue).toMatchObject({ ...known, readBackAt: expect.any(Number) });
  await expectKept(site, parts, group);
});

test.each([
  ['just now', async () => undefined],
  [
    'so long ago that a later sweep has agreed',
    async (site: Site, parts: ServiceParts) => {
      site.clock.forward(31_000);
      await parts.sweep.run();
    },
  ],
] as const)(
  'the store forgets the group, and a sweep restores it %s, before the answer is there: the answer is added',
  async (_, agree) => {
    const { site, parts, group } = await created(async (on, restoring, its) => {
      await forget(on, its, seen('new', 10, 10));
      expect(await restoring.sweep.run()).toMatchObject({ swept: { restored: 1 } });
      await agree(on, restoring);
    });
    await parts.reconcile(group);
    expect((await parts.group(group))?.issue).toMatchObject({ key: 'SEC-2', ruleId: 'everything', openedAt: expect.any(Number) });
    await parts.accept(seen('new', 10, 11));
    await expectKept(site, parts, group);
  },
);

/** True for the commit that adds the answer to the restored issue. */
function isAdded(writes: readonly Write[]): boolean {
  return writes.some(({ becomes }) => becomes !== null && /"key":"SEC-2".*"openedAt"/.test(becomes.json));
}

test('changes of the issue since it was restored stay when the answer is added', async () => {
  const { parts, group } = await created(
    async (site, restoring, its) => {
      await forget(site, its, seen('new', 10, 10));
      site.jira.person.transition('SEC-2', 'Done');
      await restoring.sweep.run();
      const [stored] = await site.store.read(GROUPS, [its]);
      if (!stored) throw new Error('it was not restored');
      const move = { to: 'closed', owner: 'another', sentAt: site.clock.now(), uncertain: true } as const;
      await site.store.commit([
        put(GROUPS, its, stored.version, { ...stored.doc, transition: move, observedGeneration: stored.doc.generation }),
      ]);
    },
    (store) => killAtCommit(store, isAdded, 'after'),
  );
  await expect(parts.reconcile(group)).rejects.toBeInstanceOf(Killed);
  const record = await parts.group(group);
  expect(record).toMatchObject({ transition: { to: 'closed', uncertain: true }, issue: { ...known, lastApplied: 'closed' } });
  expect(record?.generation).toBeGreaterThan(record?.observedGeneration ?? 0);
});

test('an admin links the issue before its answer is there: it stays as it was linked', async () => {
  const { site, parts, group } = await created(async (_, { link }, its) => {
    expect(await link(its, 'SEC-2', 'anna')).toMatchObject({ ok: true });
  });
  await parts.reconcile(group);
  const issue = (await parts.group(group))?.issue;
  expect([issue?.key, issue?.linked, issue?.ruleId, issue?.openedAt]).toEqual(['SEC-2', true, null, undefined]);
  expect(site.created()).toBe(2);
});

test('another issue that was restored meanwhile is not taken for the one that was created', async () => {
  const { parts, group } = await created(async (site, restoring, its) => {
    await forget(site, its, seen('new', 10, 10));
    await restoring.sweep.run();
    const [stored] = await site.store.read(GROUPS, [its]);
    if (!stored || stored.doc.issue === null) throw new Error('it was not restored');
    const issue = { ...stored.doc.issue, id: '1', key: 'SEC-0' };
    await site.store.commit([put(GROUPS, its, stored.version, { ...stored.doc, issue })]);
  });
  await parts.reconcile(group);
  const issue = (await parts.group(group))?.issue;
  expect([issue?.key, issue?.ruleId, issue?.openedAt]).toEqual(['SEC-0', null, undefined]);
});

test('another process adopted and labelled the issue before the answer is there: the answer adds nothing', async () => {
  const { site, parts, group } = await created(async (on, _, its) => {
    await finish(on, await on.start({ rules, owner: 'another' }), its);
  });
  await parts.reconcile(group);
  expect(site.jira.history().filter(({ operation }) => operation === 'PUT /issue/*')).toHaveLength(2);
  await expectKept(site, parts, group);
});

test.each([
  ['that names a later attempt', 'SEC-2', { attempt: 2 }],
  ['that an admin had linked and a person made', 'SEC-3', { attempt: 1, linked: true }],
])('an issue of an earlier store %s is not taken for the one that is being created', async (_, key, says) => {
  const { site, parts, group } = await created(async () => undefined);
  site.jira.faults.next.push({ on: 'POST /issue', fault: 'lost-after-commit' });
  await parts.reconcile(group);
  site.jira.person.clone('SEC-2');
  site.jira.person.delete(key === 'SEC-2' ? 'SEC-3' : 'SEC-2');
  site.jira.person.edit(key, { labels: ['findings-to-jira'] });
  await fetch(`${site.jira.url}/rest/api/3/issue/${key}/properties/findings-to-jira`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${site.jira.credentials.bearerToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ installation: 'default', group, findings: [seen('new', 10, 10).key], ...says }),
  });
  await parts.sweep.run();
  const issue = (await parts.group(group))?.issue;
  // Of an issue that a person made, only the store can say that an admin linked it.
  const taken = key === 'SEC-2' ? [key, null] : [undefined, undefined];
  expect([issue?.key, issue?.ruleId, issue?.openedAt, issue?.laterLabels]).toEqual([...taken, undefined, undefined]);
});
