import { describe, expect, test } from 'vitest';
import type { GroupRecord } from '../../../src/issues/group-record.ts';
import type { Write } from '../../../src/pipeline/ports/store.ts';
import { createAcceptFinding } from '../../../src/pipeline/accept/accept-finding.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { finish } from '../../support/service/finish.ts';
import { Killed, killAtAsk, killAtCall, killAtCommit } from '../../support/service/kill.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';
import { until } from '../../support/until.ts';

const active = findingOf(externalEvent());
const resolved = findingOf(externalEvent({ detail: { status: 'RESOLVED', updatedAt: '2026-03-02T10:00:00Z' } }));

/** The group's record in a commit; null: the commit has none. */
function groupIn(writes: readonly Write[]): GroupRecord | null {
  const write = writes.find(({ collection }) => collection === 'groups');
  return write?.becomes ? JSON.parse(write.becomes.json) : null;
}

async function dies(work: Promise<unknown>): Promise<void> {
  await expect(work).rejects.toBeInstanceOf(Killed);
}

/** A new process, with another owner. */
function restart(site: Site): Promise<ServiceParts> {
  return site.start({ owner: 'after the restart' });
}

describe('opening: a process that dies leaves exactly one issue', () => {
  test('before the claim', async () => {
    const site = await openSite();
    const first = await site.start({ store: killAtCommit(site.store, (writes) => groupIn(writes)?.intent?.phase === 'sending', 'before') });
    const { group } = await first.accept(active);
    await dies(first.reconcile(group));
    const record = await finish(site, await restart(site), group);
    expect([site.created(), record.issue?.lastApplied]).toEqual([1, 'open']);
  });

  test('after the claim, before the POST: nothing is sent before the evidence is in', async () => {
    const site = await openSite();
    const first = await site.start({ wrapTracker: killAtCall('create', 'before') });
    const { group } = await first.accept(active);
    await dies(first.reconcile(group));
    expect((await first.group(group))?.intent).toMatchObject({ phase: 'sending', attempt: 1 });
    const second = await restart(site);
    await second.reconcile(group);
    expect([site.created(), (await second.group(group))?.intent?.phase]).toEqual([0, 'uncertain']);
    const record = await finish(site, second, group);
    expect([site.created(), record.issue?.lastApplied]).toEqual([1, 'open']);
    const looks = second.serviceEvents.flatMap((one) => (one.what === 'lookup-made' && one.valid ? [one] : []));
    expect(looks.length).toBeGreaterThanOrEqual(2);
    expect(site.jira.issues()[0]?.properties['findings-to-jira']).toMatchObject({ attempt: 2 });
  });

  test('after the POST, before the answer was kept: adopted, not made again', async () => {
    const site = await openSite();
    const first = await site.start({ wrapTracker: killAtCall('create', 'after') });
    const { group } = await first.accept(active);
    await dies(first.reconcile(group));
    const second = await restart(site);
    const record = await finish(site, second, group);
    expect([site.created(), record.issue?.key]).toEqual([1, 'SEC-1']);
    expect(second.serviceEvents.map(({ what }) => what)).toContain('issue-adopted');
  });

  test('after the answer, before and after the record', async () => {
    for (const when of ['before', 'after'] as const) {
      const site = await openSite();
      const first = await site.start({ store: killAtCommit(site.store, (writes) => (groupIn(writes)?.issue ?? null) !== null, when) });
      const { group } = await first.accept(active);
      await dies(first.reconcile(group));
      const record = await finish(site, await restart(site), group);
      expect([when, site.created(), record.issue?.key]).toEqual([when, 1, 'SEC-1']);
    }
  });

  test('the index lags behind the crash: the issue is adopted when it shows up, and none is made meanwhile', async () => {
    const site = await openSite();
    site.jira.faults.indexLagMs = 120_000;
    const first = await site.start({ wrapTracker: killAtCall('create', 'after') });
    const { group } = await first.accept(active);
    await dies(first.reconcile(group));
    const record = await finish(site, await restart(site), group);
    expect([site.created(), record.issue?.key]).toEqual([1, 'SEC-1']);
  });

  test('it is resolved while the create is uncertain: found first, then closed', async () => {
    const site = await openSite();
    site.jira.faults.indexLagMs = 60_000;
    const first = await site.start({ wrapTracker: killAtCall('create', 'after') });
    const { group } = await first.accept(active);
    await dies(first.reconcile(group));
    const second = await restart(site);
    await second.accept(resolved);
    const record = await finish(site, second, group);
    expect([site.created(), record.issue?.lastApplied, site.jira.issues()[0]?.status]).toEqual([1, 'closed', 'Done']);
  });

  test('another replica leaves a claim alone until its POST cannot be on its way any more', async () => {
    const site = await openSite();
    await site.start(); // makes the store trusted
    const first = await site.start({ soleOwner: false, owner: 'a', wrapTracker: killAtCall('create', 'after') });
    const { group } = await first.accept(active);
    await dies(first.reconcile(group));
    const other = await site.start({ soleOwner: false, owner: 'b' });
    const calls = site.jira.history().length;
    await other.reconcile(group);
    expect(await other.group(group)).toMatchObject({
      requeueAt: { because: 'sending-elsewhere' },
      intent: { phase: 'sending', owner: 'a' },
    });
    expect(site.jira.history()).toHaveLength(calls);
    const record = await finish(site, other, group);
    expect([site.created(), record.issue?.key]).toEqual([1, 'SEC-1']);
  });

  test('a replica that is stopped after its claim until the window is over sends nothing when it continues', async () => {
    const site = await openSite();
    await site.start(); // makes the store trusted
    let goOn = (): void => undefined;
    const stopped = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const sleeper = await site.start({
      owner: 'stopped',
      soleOwner: false,
      wrapTracker: (tracker) => ({
        ...tracker,
        create: async (draft, marker, sendBy) => {
          await stopped;
          return tracker.create(draft, marker, sendBy);
        },
      }),
    });
    const { group } = await sleeper.accept(active);
    const held = sleeper.reconcile(group);
    await until(async () => (await sleeper.group(group))?.intent?.phase === 'sending', 'it has claimed');
    const other = await site.start({ owner: 'awake', soleOwner: false });
    const record = await finish(site, other, group);
    expect([site.created(), record.issue?.lastApplied]).toEqual([1, 'open']);
    goOn();
    await held;
    expect(site.created()).toBe(1);
    expect((await other.group(group))?.issue?.key).toBe('SEC-1');
    expect(site.jira.issues()[0]?.properties['findings-to-jira']).toMatchObject({ attempt: 2 });
  });

  test('a claim that has become too old sends nothing and is given back', async () => {
    const site = await openSite();
    const parts = await site.start({
      wrapTracker: (tracker) => ({
        ...tracker,
        create: (draft, marker, sendBy) => (site.clock.forward(5_000), tracker.create(draft, marker, sendBy)),
      }),
    });
    const { group } = await parts.accept(active);
    // The clock jumps before every POST, so that none is ever sent; the passes are bounded.
    await parts.reconcile(group);
    expect(site.jira.history().filter(({ operation }) => operation === 'POST /issue')).toEqual([]);
    const record = await finish(site, await restart(site), group);
    expect([site.created(), record.issue?.lastApplied]).toEqual([1, 'open']);
    expect(site.jira.issues()[0]?.properties['findings-to-jira']).toMatchObject({ attempt: 1 });
  });
});

describe('accepting: a pass that is lost between the store and the queue is asked for again', () => {
  test('the ticker finds the group, and a redelivery asks although nothing changed', async () => {
    const site = await openSite();
    const parts = await site.start();
    const dying = createAcceptFinding({
      store: site.store,
      queue: killAtAsk(parts.queue),
      rules: parts.rules,
      clock: site.clock,
      emit: () => undefined,
    });
    await dies(dying(active));
    expect(await parts.queue.depth()).toBe(0);
    const { group, because } = await parts.accept(active);
    expect(because).toBe('same');
    expect(await parts.queue.depth()).toBe(1);
    expect((await parts.group(group))?.generation).toBe(1);
  });
});

describe('closing and reopening: a transition that happened is not made twice', () => {
  test.each(['before', 'after'] as const)('dies %s the transition', async (when) => {
    const site = await openSite();
    const first = await site.start({ wrapTracker: killAtCall('close', when) });
    const { group } = await first.accept(active);
    await first.reconcile(group);
    await first.accept(resolved);
    await dies(first.reconcile(group));
    const record = await finish(site, await restart(site), group);
    expect(record.issue?.lastApplied).toBe('closed');
    const [issue] = site.jira.issues();
    expect(issue?.changelog.filter(({ field }) => field === 'status')).toHaveLength(1);
    expect(issue?.comments).toHaveLength(1);
  });

  const again = findingOf(externalEvent({ detail: { updatedAt: '2026-03-03T10:00:00Z' } }));
  const TRANSITION = 'POST /issue/*/transitions';

  test.each(['lost-after-commit', 'reset-before'] as const)(
    'the answer to a close is lost (%s), and the finding is active again: the issue is open in the end',
    async (fault) => {
      const site = await openSite();
      const parts = await site.start();
      const { group } = await parts.accept(active);
      await parts.reconcile(group);
      site.jira.faults.next.push({ on: TRANSITION, fault });
      await parts.accept(resolved);
      await parts.reconcile(group);
      await parts.accept(again);
      await finish(site, parts, group);
      expect(site.jira.issues()[0]?.status).toBe('To Do');
    },
  );

  test('the answers to a close and to the reopening after it are lost: the issue is open in the end', async () => {
    const site = await openSite();
    const parts = await site.start();
    const { group } = await parts.accept(active);
    await parts.reconcile(group);
    site.jira.faults.next.push({ on: TRANSITION, fault: 'lost-after-commit' }, { on: TRANSITION, fault: 'reset-before' });
    await parts.accept(resolved);
    await parts.reconcile(group);
    await parts.accept(again);
    const record = await finish(site, parts, group);
    expect([site.jira.issues()[0]?.status, record.issue?.lastApplied]).toEqual(['To Do', 'open']);
  });

  test('a lost answer to the transition: read, found done, not sent again', async () => {
    const site = await openSite();
    const parts = await site.start();
    const { group } = await parts.accept(active);
    await parts.reconcile(group);
    site.jira.faults.next.push({ on: 'POST /issue/*/transitions', fault: 'lost-after-commit' });
    await parts.accept(resolved);
    const record = await finish(site, parts, group);
    expect(record.issue?.lastApplied).toBe('closed');
    expect(site.jira.issues()[0]?.changelog.filter(({ field }) => field === 'status')).toHaveLength(1);
  });
});
