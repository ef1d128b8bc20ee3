import { expect, test } from 'vitest';
import { put } from '../../../src/pipeline/ports/store.ts';
import { FINDINGS } from '../../../src/pipeline/records/finding-collections.ts';
import { GROUPS } from '../../../src/pipeline/records/group-collections.ts';
import { readReport } from '../../../src/pipeline/reports/read-report.ts';
import { createYielder } from '../../../src/pipeline/rulebook/yielder.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';

const seen = (id: string, status: 'ACTIVE' | 'RESOLVED', minute: number) =>
  findingOf(externalEvent({ detail: { id, resource: `arn:aws:s3:::${id}`, status, updatedAt: `2025-04-08T03:${10 + minute}:00Z` } }));

/** As an earlier version wrote it. */
async function forgetTimes({ store }: Site, parts: ServiceParts, key: string): Promise<void> {
  const [finding] = await store.read(FINDINGS, [key]);
  const [group] = await store.read(GROUPS, [finding?.doc.group ?? '']);
  if (!finding || !group?.doc.issue) throw new Error('it has no issue');
  const { derived: _g, ...record } = group.doc;
  const { derived: _f, ...accepted } = finding.doc;
  const { dueDate: _d, closedAt: _c, ...issue } = group.doc.issue;
  const { due: _, issue: mapped, ...mapping } = finding.doc.mapping;
  const { openedAt: _o, closedAt: _a, ...was } = mapped ?? { id: '', key: '', status: null };
  const result = await store.commit([
    put(GROUPS, group.id, group.version, { ...record, issue }),
    put(FINDINGS, key, finding.version, { ...accepted, mapping: { ...mapping, issue: was } }),
  ]);
  expect(result.ok).toBe(true);
  expect((await parts.group(group.id))?.issue).not.toHaveProperty('dueDate');
}

/** Writes it as a version does that knows no times and no terms for them, and leaves alone what it does not know. */
async function rewriteAsEarlier({ store }: Site, key: string): Promise<void> {
  const [finding] = await store.read(FINDINGS, [key]);
  const [group] = await store.read(GROUPS, [finding?.doc.group ?? '']);
  if (!finding || !group) throw new Error('it is not known');
  const { due: _, ...mapping } = finding.doc.mapping;
  const now = await store.now();
  const [groups, findings] = [
    { ...GROUPS, terms: withoutTimes(GROUPS.terms) },
    { ...FINDINGS, due: () => null, terms: withoutTimes(FINDINGS.terms) },
  ];
  const result = await store.commit([
    put(groups, group.id, group.version, { ...group.doc, updatedAt: now }),
    put(findings, key, finding.version, { ...finding.doc, mapping, updatedAt: now }),
  ]);
  expect(result.ok).toBe(true);
}

function withoutTimes<T>(terms: (doc: T) => readonly string[]): (doc: T) => readonly string[] {
  return (doc) => terms(doc).filter((term) => !/^(?:opened|fixed|openedOn|closedOn|overdue|overdueSeverity):/.test(term));
}

test('a sweep makes good what an earlier version left out when it wrote over this one, in an upgrade or after a rollback', async () => {
  const site = await openSite();
  const issue = { project: 'SEC', issueType: 'Task', dueInDays: 3 };
  const parts = await site.start({ rules: rulesOf([{ id: 'all', match: { source: ['aws.access-analyzer'] }, action: 'issue', issue }]) });
  for (const finding of [seen('open', 'ACTIVE', 0), seen('fixed', 'ACTIVE', 0), seen('fixed', 'RESOLVED', 1)])
    await parts.reconcile((await parts.accept(finding)).group);
  const keys = [seen('open', 'ACTIVE', 0).key, seen('fixed', 'ACTIVE', 0).key];
  const before = await site.store.read(FINDINGS, keys);
  const report = async () => {
    const to = (await site.store.now()) + 1;
    return (await readReport(site.store, createYielder(site.clock), { from: 0, to })).total;
  };
  const figures = await report();
  expect(figures).toMatchObject({ fixed: 1, open: 1, age: { of: 1 } });
  site.clock.forward(1_000);
  for (const key of keys) await rewriteAsEarlier(site, key);
  expect(await report()).toMatchObject({ fixed: 0 });
  await parts.sweep.run();
  expect(await report()).toMatchObject({ fixed: 1, open: 1, timeToFix: { of: 1 }, age: { of: 1 } });
  const after = await site.store.read(FINDINGS, keys);
  expect(after.map((stored) => stored?.doc.mapping)).toEqual(before.map((stored) => stored?.doc.mapping));
  const due = await site.store.due(FINDINGS, site.clock.now() + 10 * 86_400_000, 10);
  expect(due).toEqual([keys[0]]);
  await parts.sweep.run();
  expect((await site.store.read(FINDINGS, keys)).map((stored) => stored?.version)).toEqual(after.map((stored) => stored?.version));
});

test('a sweep notes the times of issues that an earlier version opened and closed, once', async () => {
  const site = await openSite();
  const issue = { project: 'SEC', issueType: 'Task', dueInDays: 3 };
  const rules = rulesOf([{ id: 'all', match: { source: ['aws.access-analyzer'] }, action: 'issue', issue }]);
  const parts = await site.start({ rules });
  for (const finding of [seen('open', 'ACTIVE', 0), seen('fixed', 'ACTIVE', 0), seen('fixed', 'RESOLVED', 1)])
    await parts.reconcile((await parts.accept(finding)).group);
  const [open, fixed] = [seen('open', 'ACTIVE', 0).key, seen('fixed', 'ACTIVE', 0).key];
  const before = await site.store.read(FINDINGS, [open, fixed]);
  const report = async () => {
    const to = (await site.store.now()) + 1;
    return (await readReport(site.store, createYielder(site.clock), { from: 0, to })).total;
  };
  const figures = await report();
  expect(figures).toMatchObject({ fixed: 1, timeToFix: { of: 1 }, open: 1, age: { of: 1 } });

  for (const key of [open, fixed]) await forgetTimes(site, parts, key);
  expect(await report()).toMatchObject({ fixed: 0 });
  await parts.sweep.run({ dryRun: true });
  expect(await report()).toMatchObject({ fixed: 0 });
  await parts.sweep.run();
  expect(await report()).toEqual(figures);
  const after = await site.store.read(FINDINGS, [open, fixed]);
  expect(after.map((stored) => stored?.doc.mapping)).toEqual(before.map((stored) => stored?.doc.mapping));
  await parts.sweep.run();
  expect((await site.store.read(FINDINGS, [open, fixed])).map((stored) => stored?.version)).toEqual(after.map((stored) => stored?.version));
});
