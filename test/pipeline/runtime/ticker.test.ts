import { expect, test } from 'vitest';
import { createAcceptFinding } from '../../../src/pipeline/accept/accept-finding.ts';
import { UNREADABLE } from '../../../src/pipeline/records/unreadable-collections.ts';
import { createKeepUnreadable } from '../../../src/pipeline/accept/keep-unreadable.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { killAtAsk } from '../../support/service/kill.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import { openSite } from '../../support/service/site.ts';
import { until } from '../../support/until.ts';

const active = findingOf(externalEvent());

test('a group that a dead process left behind gets a pass as soon as another process starts', async () => {
  const site = await openSite();
  const first = await site.start();
  const dying = createAcceptFinding({
    store: site.store,
    queue: killAtAsk(first.queue),
    rules: first.rules,
    clock: site.clock,
    emit: () => undefined,
  });
  await expect(dying(active)).rejects.toThrow('before the ask');
  await site.start({ working: true });
  await until(() => site.created() === 1, 'the issue is opened');
});

test('a group that a queue forgot while the process goes on gets a pass when it has waited long enough', async () => {
  const site = await openSite();
  const parts = await site.start({ working: true });
  const dying = createAcceptFinding({
    store: site.store,
    queue: killAtAsk(parts.queue),
    rules: parts.rules,
    clock: site.clock,
    emit: () => undefined,
  });
  await expect(dying(active)).rejects.toThrow('before the ask');
  site.clock.forward(31_000);
  await until(() => site.created() === 1, 'the issue is opened');
});

test('a wait that is over is followed by a pass, without any event', async () => {
  const site = await openSite();
  site.jira.faults.next.push({ on: 'POST /issue', fault: 'status', status: 429, headers: { 'retry-after': '3600' } });
  const parts = await site.start({ working: true });
  const { group } = await parts.accept(active);
  await until(async () => (await parts.group(group))?.requeueAt?.because === 'rate-limited', 'it waits');
  site.clock.forward(3_601_000);
  await until(() => site.created() === 1, 'the issue is opened');
});

test('an unreadable message is forgotten after fourteen days without a delivery', async () => {
  const site = await openSite();
  await site.start({ working: true });
  const keep = createKeepUnreadable({ store: site.store, emit: () => undefined });
  const message = { hash: 'abc', body: 'not json', because: 'not-json', path: '', message: 'expected JSON', queueUrl: 'q', onlyCopy: true };
  await keep(message);
  await keep(message);
  const kept = async () => (await site.store.read(UNREADABLE, ['abc']))[0]?.doc.times ?? null;
  expect(await kept()).toBe(2);
  site.clock.forward(13 * 86_400_000);
  await keep(message);
  site.clock.forward(13 * 86_400_000);
  expect(await kept()).toBe(3);
  site.clock.forward(2 * 86_400_000);
  await until(async () => (await kept()) === null, 'it is forgotten');
});

test('an issue is overdue once its due date is over, without any event', async () => {
  const site = await openSite();
  const issue = { project: 'SEC', issueType: 'Task', dueInDays: 3 };
  const rules = rulesOf([{ id: 'all', match: { source: ['aws.access-analyzer'] }, action: 'issue', issue }]);
  const parts = await site.start({ working: true, rules });
  await parts.accept(active);
  await until(async () => (await parts.record(active.key))?.mapping.due?.passed === false, 'it has a due date');
  site.clock.forward(4 * 86_400_000);
  await until(async () => (await parts.record(active.key))?.mapping.due?.passed === true, 'it is overdue');
});
