import { expect, test } from 'vitest';
import type { ScriptedFault } from '../../../src/sandbox/jira/faults.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { numberedEvent } from '../../support/findings/findings-by-number.ts';
import { finish } from '../../support/service/finish.ts';
import { handMadeIssue } from '../../support/jira/hand-made-issues.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';

const active = findingOf(externalEvent());
const state = async (parts: ServiceParts): Promise<string | undefined> => (await parts.record(active.key))?.mapping.state;

/** An issue of another finding, and a hand-made one to link. */
async function openWithHand(): Promise<{ readonly site: Site; readonly parts: ServiceParts; readonly hand: string }> {
  const site = await openSite();
  const parts = await site.start();
  await finish(site, parts, (await parts.accept(findingOf(numberedEvent(2, 0)))).group);
  return { site, parts, hand: handMadeIssue(site).key };
}

/** A create that is answered after an admin has linked another issue. */
async function linkedMeanwhile(
  fault: Omit<ScriptedFault, 'on'> | null,
): Promise<{ site: Site; parts: ServiceParts; group: string; hand: string }> {
  const { site, parts, hand } = await openWithHand();
  const { group } = await parts.accept(active);
  const opening = await site.start({
    wrapTracker: (tracker) => ({
      ...tracker,
      async create(...asked) {
        const outcome = await tracker.create(...asked);
        await parts.link(group, hand, 'anna');
        return outcome;
      },
    }),
  });
  if (fault !== null) site.jira.faults.next.push({ on: 'POST /issue', ...fault });
  await opening.reconcile(group);
  return { site, parts, group, hand };
}

test('an uncertain create is not sent again when the link that overtook it is removed: its issue is looked up', async () => {
  const { site, parts, hand } = await openWithHand();
  site.jira.faults.next.push({ on: 'POST /issue', fault: 'lost-after-commit' });
  const { group } = await parts.accept(active);
  await parts.reconcile(group);
  expect(await state(parts)).toBe('uncertain');
  await parts.link(group, hand, 'anna');
  const looks = () => parts.serviceEvents.filter(({ what }) => what === 'lookup-made').length;
  await finish(site, parts, group);
  expect([await state(parts), looks()]).toEqual(['open', 0]);
  const evaluated = await parts.evaluate({ finding: active, rules: await parts.rules.current(), preflight: false });
  expect(evaluated.outcome).toMatchObject({ step: 'nothing', because: 'already-open' });
  await parts.unlink(group, 'anna');
  await finish(site, parts, group);
  expect([await state(parts), looks()]).toEqual(['unlinked', 0]);
  await parts.reconcileNow(group, 'anna');
  const record = await finish(site, parts, group);
  expect([site.created(), record.issue?.key, record.intent]).toEqual([2, 'SEC-3', null]);
});

test('nor is one that is not answered yet when the link comes', async () => {
  const { site, parts, group, hand } = await linkedMeanwhile({ fault: 'lost-after-commit' });
  expect(await parts.group(group)).toMatchObject({ issue: { key: hand }, requeueAt: null, failure: null, intent: { phase: 'uncertain' } });
  await parts.unlink(group, 'anna');
  await parts.reconcileNow(group, 'anna');
  const record = await finish(site, parts, group);
  expect([site.created(), record.issue?.key]).toEqual([2, 'SEC-3']);
});

test('nor one that went well meanwhile', async () => {
  const { site, parts, group, hand } = await linkedMeanwhile(null);
  expect((await parts.group(group))?.issue?.key).toBe(hand);
  await parts.unlink(group, 'anna');
  await parts.reconcileNow(group, 'anna');
  const record = await finish(site, parts, group);
  expect([site.created(), record.issue?.key]).toEqual([2, 'SEC-3']);
});

test('a create that was refused meanwhile is no failure of the group, which has an issue', async () => {
  const { site, parts, group, hand } = await linkedMeanwhile({
    fault: 'status',
    status: 400,
    body: '{"errorMessages":["no"],"errors":{}}',
  });
  expect(await parts.group(group)).toMatchObject({ issue: { key: hand }, failure: null, requeueAt: null, intent: null });
  await parts.unlink(group, 'anna');
  await parts.reconcileNow(group, 'anna');
  await finish(site, parts, group);
  expect(site.created()).toBe(2);
});
