import { describe, expect, test } from 'vitest';
import { MarkerProperty, PROPERTY_KEY } from '../../../src/issues/marker.ts';
import type { SimulatedIssue } from '../../../src/sandbox/jira/simulated-issue.ts';
import { Check } from 'typebox/value';
import { numberedEvent } from '../../support/findings/findings-by-number.ts';
import { finish } from '../../support/service/finish.ts';
import { Killed, killAtCall } from '../../support/service/kill.ts';
import { handMadeIssue, issueOf } from '../../support/jira/hand-made-issues.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';
import { waitsForProof } from '../../support/service/waits-for-proof.ts';
import { until } from '../../support/until.ts';

const active = (n: number, minute = 0) => findingOf(numberedEvent(n, minute));
const resolved = (n: number, minute: number) => findingOf(numberedEvent(n, minute, 'RESOLVED'));

const nameOf = (n: number) => ({ findingId: active(n).findingId, analyzerArn: active(n).analyzerArn });

async function opened(site: Site, parts: ServiceParts, n: number): Promise<string> {
  const { group } = await parts.accept(active(n));
  await finish(site, parts, group);
  return group;
}

const bearsMarker = (one: SimulatedIssue): boolean => Check(MarkerProperty, one.properties[PROPERTY_KEY]);

describe('linking', () => {
  test('an issue that a person made becomes the group’s: it gets our marker, follows the finding, and keeps its texts', async () => {
    const site = await openSite();
    const parts = await site.start();
    const group = await opened(site, parts, 1);
    const hand = handMadeIssue(site);
    expect(await parts.link(group, hand.key, 'anna')).toEqual({ ok: true, issueKey: hand.key });
    await finish(site, parts, group);
    const linked = issueOf(site, hand.key);
    expect(linked).toMatchObject({ summary: hand.summary, description: hand.description });
    expect(linked.labels).toEqual(expect.arrayContaining(['findings-to-jira', expect.stringMatching(/^f2j-/)]));
    expect(linked.properties[PROPERTY_KEY]).toMatchObject({ group, linked: true, findings: [active(1).key] });
    await parts.accept(resolved(1, 1));
    await finish(site, parts, group);
    expect(issueOf(site, hand.key).status).toBe('Done');
    expect((await parts.record(active(1).key))?.history.at(-2)).toMatchObject({ what: 'accepted' });
    expect((await parts.record(active(1).key))?.history).toContainEqual(
      expect.objectContaining({ what: 'linked', because: 'by anna', issueKey: hand.key }),
    );
  });

  test('the issue that the group had is closed as a duplicate by the next sweep, although its id is lower', async () => {
    const site = await openSite();
    const parts = await site.start();
    const group = await opened(site, parts, 1);
    const hand = handMadeIssue(site);
    await parts.link(group, hand.key, 'anna');
    await finish(site, parts, group);
    await parts.sweep.run();
    expect([issueOf(site, 'SEC-1').status, issueOf(site, hand.key).status]).toEqual(['Done', 'To Do']);
    expect((await parts.group(group))?.issue?.key).toBe(hand.key);
  });

  test('after the store was lost, only its property says that it was linked, so the group waits until an admin links it again', async () => {
    const site = await openSite();
    const parts = await site.start();
    const group = await opened(site, parts, 1);
    const hand = handMadeIssue(site);
    await parts.link(group, hand.key, 'anna');
    await finish(site, parts, group);
    const again = await site.start({ store: site.emptyStore() });
    await again.accept(active(1));
    expect((await waitsForProof(site, again, group)).failure?.message).toContain(hand.key);
    expect(await again.link(group, hand.key, 'anna')).toMatchObject({ ok: true });
    const record = await finish(site, again, group);
    expect([record.issue?.key, record.issue?.linked, record.failure, site.created()]).toEqual([hand.key, true, null, 1]);
  });

  test('an issue that was being created meanwhile is the duplicate, although its id is lower', async () => {
    const site = await openSite();
    const parts = await site.start();
    await opened(site, parts, 2);
    let goOn = (): void => undefined;
    const going = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const stopped = await site.start({
      wrapTracker: (tracker) => ({
        ...tracker,
        create: async (ready, marker, sendBy) => {
          const outcome = await tracker.create(ready, marker, sendBy);
          await going;
          return outcome;
        },
      }),
    });
    const { group } = await stopped.accept(active(1));
    const creating = stopped.reconcile(group);
    await until(() => site.jira.issues().length === 2, 'the issue is made');
    const hand = handMadeIssue(site);
    await parts.link(group, hand.key, 'anna');
    goOn();
    await creating;
    expect((await finish(site, parts, group)).issue?.key).toBe(hand.key);
    await parts.sweep.run();
    expect([issueOf(site, 'SEC-2').status, issueOf(site, hand.key).status]).toEqual(['Done', 'To Do']);
  });

  test('an issue of another group is refused, and one of another installation, too', async () => {
    const site = await openSite();
    const parts = await site.start();
    const first = await opened(site, parts, 1);
    const second = await opened(site, parts, 2);
    expect(await parts.link(second, 'SEC-1', 'anna')).toEqual({
      ok: false,
      because: 'serves-another-group',
      group: first,
      finding: nameOf(1),
    });
    const other = await site.start({ store: site.emptyStore(), installation: 'other' });
    const theirs = await opened(site, other, 3);
    expect(await other.link(theirs, 'SEC-1', 'anna')).toEqual({ ok: false, because: 'serves-another-group', group: null, finding: null });
    expect([(await parts.group(first))?.issue?.key, (await parts.group(second))?.issue?.key]).toEqual(['SEC-1', 'SEC-2']);
  });

  test('a missing issue, a linked one, and an unknown group', async () => {
    const site = await openSite();
    const parts = await site.start();
    const group = await opened(site, parts, 1);
    expect(await parts.link(group, 'SEC-99', 'anna')).toMatchObject({
      ok: false,
      because: 'jira-failed',
      failure: { code: 'jira-not-found' },
    });
    expect(await parts.link(group, 'SEC-1', 'anna')).toEqual({ ok: false, because: 'already-linked' });
    expect(await parts.link('f-nobody', 'SEC-1', 'anna')).toEqual({ ok: false, because: 'no-such-group' });
  });

  test('a closed issue stays closed while the finding is open: a person has decided that', async () => {
    const site = await openSite();
    const parts = await site.start();
    const group = await opened(site, parts, 1);
    const hand = handMadeIssue(site);
    site.jira.person.transition(hand.key, 'Done');
    await parts.link(group, hand.key, 'anna');
    await finish(site, parts, group);
    await parts.accept(active(1, 1));
    await finish(site, parts, group);
    expect(issueOf(site, hand.key).status).toBe('Done');
    expect((await parts.record(active(1).key))?.mapping).toMatchObject({ state: 'closed', because: 'closed-by-person' });
  });

  test.each(['before', 'after'] as const)('dies %s the marker is written: the next pass writes it', async (when) => {
    const site = await openSite();
    const parts = await site.start();
    const group = await opened(site, parts, 1);
    const hand = handMadeIssue(site);
    const dying = await site.start({ wrapTracker: killAtCall('add-marker', when) });
    await dying.link(group, hand.key, 'anna');
    await expect(dying.reconcile(group)).rejects.toBeInstanceOf(Killed);
    const record = await finish(site, await site.start({ owner: 'after the restart' }), group);
    expect(record.issue).not.toHaveProperty('marker');
    expect(bearsMarker(issueOf(site, hand.key))).toBe(true);
  });

  test('a label that Jira refuses is a visible failure, and does not keep the issue from being closed', async () => {
    const site = await openSite();
    const parts = await site.start();
    const group = await opened(site, parts, 1);
    const hand = handMadeIssue(site);
    site.jira.faults.next.push({ on: 'PUT /issue/*', fault: 'status', status: 400, body: '{"errorMessages":[],"errors":{"labels":"no"}}' });
    await parts.link(group, hand.key, 'anna');
    await parts.reconcile(group);
    expect((await parts.record(active(1).key))?.mapping).toMatchObject({ state: 'failed', error: { code: 'jira-invalid-request' } });
    await parts.accept(resolved(1, 1));
    await parts.reconcile(group);
    expect(issueOf(site, hand.key).status).toBe('Done');
  });
});

describe('unlinking', () => {
  test('the issue stays as it is, loses our marker, and nothing is done for the group until an admin reconciles it', async () => {
    const site = await openSite();
    const parts = await site.start();
    const group = await opened(site, parts, 1);
    expect(await parts.unlink(group, 'anna')).toEqual({ ok: true, issueKey: 'SEC-1' });
    await finish(site, parts, group);
    expect(issueOf(site, 'SEC-1')).toMatchObject({ status: 'To Do', labels: [], comments: [] });
    expect(bearsMarker(issueOf(site, 'SEC-1'))).toBe(false);
    for (const finding of [active(1, 1), resolved(1, 2), active(1, 3)]) {
      await parts.accept(finding);
      await finish(site, parts, group);
      expect((await parts.record(finding.key))?.mapping).toMatchObject({ state: 'unlinked', because: 'unlinked', issue: null });
    }
    await parts.sweep.run();
    expect([site.created(), (await parts.group(group))?.issue]).toEqual([1, null]);
    expect(await parts.reconcileNow(group, 'anna')).toMatchObject({ group, requeueAt: null, attempts: 0 });
    await finish(site, parts, group);
    expect([site.created(), issueOf(site, 'SEC-1').status, (await parts.group(group))?.issue?.key]).toEqual([2, 'To Do', 'SEC-2']);
    await parts.sweep.run();
    expect(site.jira.issues().map(({ status }) => status)).toEqual(['To Do', 'To Do']);
  });

  test('after the store was lost, the issue is not taken for ours again, and no other one is made before an admin reconciles the group', async () => {
    const site = await openSite();
    const parts = await site.start();
    const group = await opened(site, parts, 1);
    await parts.unlink(group, 'anna');
    await finish(site, parts, group);
    const again = await site.start({ store: site.emptyStore() });
    await again.accept(active(1));
    expect((await waitsForProof(site, again, group)).issue).toBeNull();
    expect(site.created()).toBe(1);
    await again.reconcileNow(group, 'anna');
    const record = await finish(site, again, group);
    expect(record.issue?.key).toBe('SEC-2');
  });

  test('it can be linked again, and so can another one', async () => {
    const site = await openSite();
    const parts = await site.start();
    const group = await opened(site, parts, 1);
    const hand = handMadeIssue(site);
    await parts.unlink(group, 'anna');
    expect(await parts.link(group, hand.key, 'anna')).toMatchObject({ ok: true });
    await finish(site, parts, group);
    expect([bearsMarker(issueOf(site, 'SEC-1')), bearsMarker(issueOf(site, hand.key))]).toEqual([false, true]);
    await parts.unlink(group, 'anna');
    expect(await parts.link(group, 'SEC-1', 'anna')).toMatchObject({ ok: true });
    const record = await finish(site, parts, group);
    expect([bearsMarker(issueOf(site, 'SEC-1')), bearsMarker(issueOf(site, hand.key))]).toEqual([true, false]);
    expect(record).not.toHaveProperty('leaving');
    expect((await parts.record(active(1).key))?.mapping.state).toBe('open');
  });

  test('linked again before our marker was removed: it keeps the marker', async () => {
    const site = await openSite();
    const parts = await site.start();
    const group = await opened(site, parts, 1);
    await parts.unlink(group, 'anna');
    await parts.link(group, 'SEC-1', 'anna');
    const record = await finish(site, parts, group);
    expect(record).not.toHaveProperty('leaving');
    expect(bearsMarker(issueOf(site, 'SEC-1'))).toBe(true);
  });

  test.each(['before', 'after'] as const)('dies %s the marker is removed: it is gone after the next pass', async (when) => {
    const site = await openSite();
    const parts = await site.start();
    const group = await opened(site, parts, 1);
    const dying = await site.start({ wrapTracker: killAtCall('remove-marker', when) });
    await dying.unlink(group, 'anna');
    await expect(dying.reconcile(group)).rejects.toBeInstanceOf(Killed);
    await dying.sweep.run();
    const record = await finish(site, await site.start({ owner: 'after the restart' }), group);
    expect([record.unlinked, record.issue, 'leaving' in record]).toEqual([true, null, false]);
    expect(bearsMarker(issueOf(site, 'SEC-1'))).toBe(false);
  });

  test('an issue that is gone has no marker to remove', async () => {
    const site = await openSite();
    const parts = await site.start();
    const group = await opened(site, parts, 1);
    site.jira.person.delete('SEC-1');
    await parts.unlink(group, 'anna');
    expect(await finish(site, parts, group)).toMatchObject({ unlinked: true, failure: null });
  });

  test('a group without an issue has nothing to unlink', async () => {
    const site = await openSite();
    const parts = await site.start();
    const { group } = await parts.accept(resolved(1, 1));
    await parts.reconcile(group);
    expect(await parts.unlink(group, 'anna')).toEqual({ ok: false, because: 'no-issue' });
    expect(await parts.unlink('f-nobody', 'anna')).toEqual({ ok: false, because: 'no-such-group' });
  });
});

describe('reconciling now', () => {
  test('ends a backoff of hours, and forgets the failed tries', async () => {
    const site = await openSite();
    const parts = await site.start();
    site.jira.faults.next.push({ on: 'POST /issue', fault: 'status', status: 400, body: '{"errorMessages":["no"],"errors":{}}' });
    const { group } = await parts.accept(active(1));
    await parts.reconcile(group);
    expect((await parts.record(active(1).key))?.mapping.state).toBe('failed');
    await parts.reconcile(group);
    expect(site.created()).toBe(0);
    expect(await parts.reconcileNow(group, 'anna')).toMatchObject({ group, requeueAt: null, attempts: 0 });
    expect(await parts.queue.depth()).toBe(1);
    expect((await parts.group(group))?.attempts).toBe(0);
    await parts.reconcile(group);
    expect([site.created(), (await parts.record(active(1).key))?.mapping.state]).toEqual([1, 'open']);
    expect((await parts.record(active(1).key))?.history).toContainEqual(expect.objectContaining({ what: 'asked', because: 'by anna' }));
    expect(await parts.reconcileNow('f-nobody', 'anna')).toBe(null);
  });

  test('leaves alone a create that another process may be sending', async () => {
    const site = await openSite();
    await site.start();
    const first = await site.start({ soleOwner: false, owner: 'a', wrapTracker: killAtCall('create', 'after') });
    const { group } = await first.accept(active(1));
    await expect(first.reconcile(group)).rejects.toBeInstanceOf(Killed);
    const other = await site.start({ soleOwner: false, owner: 'b' });
    await other.reconcile(group);
    await other.reconcileNow(group, 'anna');
    await other.reconcile(group);
    expect(await other.group(group)).toMatchObject({ requeueAt: { because: 'sending-elsewhere' }, intent: { phase: 'sending' } });
  });
});
