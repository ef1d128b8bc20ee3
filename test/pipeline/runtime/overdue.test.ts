import { expect, test } from 'vitest';
import type { Finding } from '../../../src/findings/finding.ts';
import { parseFinding } from '../../../src/findings/parse-finding.ts';
import { DAY_MS } from '../../../src/issues/due-date.ts';
import { countOverdue, oldestAgeInDays } from '../../../src/pipeline/records/count-overdue.ts';
import { countFindings, pageOfFindings } from '../../../src/pipeline/records/find-findings.ts';
import { markOverdue } from '../../../src/pipeline/runtime/mark-overdue.ts';
import type { Store } from '../../../src/pipeline/ports/store.ts';
import { changeRules } from '../../support/service/save-rules.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { onBothStores } from '../../support/service/on-both-stores.ts';
import { rulesOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';
import { until } from '../../support/until.ts';

const rulesDue = (dueInDays: unknown) => [
  { id: 'all', match: { source: ['aws.access-analyzer'] }, action: 'issue', issue: { project: 'SEC', issueType: 'Task', dueInDays } },
];

function seen(site: Site, n: number, status: 'ACTIVE' | 'RESOLVED', isPublic = true): Finding {
  const at = new Date(site.clock.now()).toISOString();
  const own = { id: `f-${n}`, resource: `arn:aws:s3:::bucket-${n}`, status, isPublic, createdAt: at, updatedAt: at };
  const parsed = parseFinding(externalEvent({ time: at, detail: own }), site.clock.now());
  if (!parsed.ok) throw new Error(`${parsed.path}: ${parsed.message}`);
  return parsed.finding;
}

async function report(parts: ServiceParts, ...findings: readonly Finding[]): Promise<void> {
  for (const finding of findings) await parts.reconcile((await parts.accept(finding)).group);
}

async function overdueIds(store: Store): Promise<readonly string[]> {
  const { items } = await pageOfFindings(store, { terms: ['overdue:true'], limit: 10 });
  return items.map(({ doc }) => doc.finding.findingId).toSorted();
}

onBothStores('issues that become overdue', (storeOf) => {
  test('from the opening over the due date to the fix, with nothing but time passing', async () => {
    const site = await openSite();
    const store = await storeOf(site);
    const parts = await site.start({ store, indexLagMs: 0, rules: rulesOf(rulesDue({ high: 3, critical: 3 })) });
    await until(async () => (await parts.trust.advance(), parts.trust.isTrusted()), 'the store is trusted');
    const passed = async (): Promise<void> => markOverdue(store, await store.now());
    const one = seen(site, 1, 'ACTIVE');
    await report(parts, one, seen(site, 2, 'ACTIVE', false));
    const opened = (await parts.record(one.key))?.mapping.issue?.openedAt ?? 0;
    const dueDate = new Date(opened + 3 * DAY_MS).toISOString().slice(0, 10);
    expect(site.jira.issues().map(({ dueDate }) => dueDate)).toEqual([dueDate, null]);
    expect((await parts.record(one.key))?.mapping.due).toEqual({ date: dueDate, passed: false });

    site.clock.forward(Date.parse(dueDate) + DAY_MS - 60_000 - (await store.now()));
    await passed();
    expect([await overdueIds(store), await countFindings(store, ['overdue:false'])]).toEqual([[], 2]);

    site.clock.forward(61_000);
    await passed();
    expect([await overdueIds(store), await countFindings(store, ['overdue:false'])]).toEqual([['f-1'], 1]);
    expect(await countOverdue(store)).toEqual({ critical: 0, high: 1, medium: 0, low: 0 });
    expect(await oldestAgeInDays(store)).toBe(4);
    const marked = await parts.record(one.key);
    await passed();
    await report(parts, one);
    expect(await parts.record(one.key)).toEqual(marked);

    await report(parts, seen(site, 1, 'RESOLVED'));
    const fixed = await parts.record(one.key);
    expect(fixed?.mapping).toMatchObject({ state: 'closed', issue: { closedAt: expect.any(Number) } });
    expect([fixed?.mapping.due, await overdueIds(store)]).toEqual([undefined, []]);
    expect(await oldestAgeInDays(store)).toBe(4);
    await report(parts, seen(site, 2, 'RESOLVED'));
    expect(await oldestAgeInDays(store)).toBe(0);

    // Once it is open again, it is overdue at once: its due date counts from the first opening.
    site.clock.forward(60_000);
    await report(parts, seen(site, 1, 'ACTIVE'));
    expect(await overdueIds(store)).toEqual(['f-1']);
  });

  test('a due date that a rule moves into the past is over at the next pass, and one that it moves ahead is open again', async () => {
    const site = await openSite();
    const store = await storeOf(site);
    const parts = await site.start({ store, indexLagMs: 0, rules: rulesOf(rulesDue(30)) });
    await until(async () => (await parts.trust.advance(), parts.trust.isTrusted()), 'the store is trusted');
    const one = seen(site, 1, 'ACTIVE');
    await report(parts, one);
    site.clock.forward(5 * DAY_MS);
    await changeRules(parts, rulesDue(2));
    await report(parts, one);
    expect(await overdueIds(store)).toEqual(['f-1']);
    await changeRules(parts, rulesDue(30));
    await report(parts, one);
    expect(await overdueIds(store)).toEqual([]);
  });
});
