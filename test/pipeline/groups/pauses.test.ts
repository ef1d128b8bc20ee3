import { describe, expect, test } from 'vitest';
import type { PauseScope } from '../../../src/issues/pause.ts';
import { resumeGroups } from '../../../src/pipeline/admin-actions/resume-groups.ts';
import { numberedEvent } from '../../support/findings/findings-by-number.ts';
import { finish } from '../../support/service/finish.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import { openSite } from '../../support/service/site.ts';

const active = (n: number, minute = 0) => findingOf(numberedEvent(n, minute));
const resolved = (n: number, minute: number) => findingOf(numberedEvent(n, minute, 'RESOLVED'));

describe('a pause', () => {
  test.each<PauseScope>(['all', 'project:SEC', 'rule:everything'])(
    'of %s holds all work, and releases it when it is lifted',
    async (scope) => {
      const site = await openSite();
      const parts = await site.start();
      const open = await parts.accept(active(1));
      await finish(site, parts, open.group);
      const pause = await parts.pauses.set(scope, 'anna', 'a deploy');
      expect(await parts.pauses.list()).toEqual([pause]);
      const { group } = await parts.accept(active(2));
      await parts.accept(resolved(1, 1));
      const calls = site.jira.history().length;
      for (const one of [open.group, group]) await finish(site, parts, one);
      expect(site.jira.history()).toHaveLength(calls);
      for (const n of [1, 2]) expect((await parts.record(active(n).key))?.mapping).toMatchObject({ state: 'held', because: 'paused' });
      expect(await parts.pauses.lift(scope)).toBe(true);
      expect(await resumeGroups({ store: site.store, queue: parts.queue }, 'held')).toBe(2);
      expect(await parts.queue.depth()).toBe(2);
      for (const one of [open.group, group]) await finish(site, parts, one);
      expect(site.jira.issues().map(({ status }) => status)).toEqual(['Done', 'To Do']);
      expect(await parts.pauses.lift(scope)).toBe(false);
    },
  );

  test('of something else changes nothing', async () => {
    const site = await openSite();
    const parts = await site.start();
    for (const scope of ['project:PLAT', 'rule:others'] as const) await parts.pauses.set(scope, 'anna', 'a deploy');
    const { group } = await parts.accept(active(1));
    await finish(site, parts, group);
    expect(site.created()).toBe(1);
  });

  test('an open issue with nothing to do is open, not held', async () => {
    const site = await openSite();
    const parts = await site.start();
    const { group } = await parts.accept(active(1));
    await finish(site, parts, group);
    await parts.pauses.set('all', 'anna', 'a deploy');
    await parts.accept(active(1, 1));
    await finish(site, parts, group);
    expect((await parts.record(active(1).key))?.mapping).toMatchObject({ state: 'open', because: 'already-open' });
  });

  test('set again by another admin keeps its start time', async () => {
    const site = await openSite();
    const parts = await site.start();
    const first = await parts.pauses.set('all', 'anna', 'a deploy');
    site.clock.forward(60_000);
    expect(await parts.pauses.set('all', 'bert', 'longer')).toEqual({ ...first, by: 'bert', reason: 'longer' });
  });

  test('a failure stays visible behind it, and is retried when it is lifted', async () => {
    const site = await openSite();
    const parts = await site.start();
    site.jira.faults.next.push({ on: 'POST /issue', fault: 'status', status: 400, body: '{"errorMessages":["no"],"errors":{}}' });
    const { group } = await parts.accept(active(1));
    await parts.reconcile(group);
    await parts.pauses.set('all', 'anna', 'a deploy');
    await parts.accept(active(1, 1));
    await parts.reconcile(group);
    expect((await parts.record(active(1).key))?.mapping).toMatchObject({ state: 'held', error: { code: 'jira-invalid-request' } });
    await parts.pauses.lift('all');
    await parts.reconcile(group);
    expect((await parts.record(active(1).key))?.mapping).toMatchObject({ state: 'open', error: null });
  });
});
