import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { IssueTracker } from '../../../src/pipeline/ports/issue-tracker.ts';
import { openEmbeddedStore } from '../../../src/store/embedded-store.ts';
import { numberedEvent } from '../../support/findings/findings-by-number.ts';
import { finish } from '../../support/service/finish.ts';
import { handMadeIssue, statuses } from '../../support/jira/hand-made-issues.ts';
import { killAtCall } from '../../support/service/kill.ts';
import { saveRules } from '../../support/service/save-rules.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';
import { waitsForProof } from '../../support/service/waits-for-proof.ts';

const active = (n: number, minute = 0) => findingOf(numberedEvent(n, minute));
const resolved = (n: number, minute: number) => findingOf(numberedEvent(n, minute, 'RESOLVED'));

async function opened(site: Site, parts: ServiceParts, n: number): Promise<string> {
  const { group } = await parts.accept(active(n));
  await finish(site, parts, group);
  return group;
}

async function reconciledAnew(site: Site, parts: ServiceParts, group: string): Promise<void> {
  await parts.unlink(group, 'anna');
  await finish(site, parts, group);
  await parts.reconcileNow(group, 'anna');
  await finish(site, parts, group);
}

async function keyOf(parts: ServiceParts, group: string): Promise<string | undefined> {
  return (await parts.group(group))?.issue?.key;
}

describe('an issue that an admin has taken away stays away, although search still shows its old state', () => {
  /** Does something after a sweep has read the issues, before it compares them. */
  const afterReading =
    (then: () => Promise<void>) =>
    (tracker: IssueTracker): IssueTracker => {
      let isFirst = true;
      return {
        ...tracker,
        async ours(...asked) {
          const page = await tracker.ours(...asked);
          if (isFirst) await then();
          isFirst = false;
          return page;
        },
      };
    };

  test('a sweep runs while the admin links another one', async () => {
    const site = await openSite();
    const parts = await site.start();
    const group = await opened(site, parts, 1);
    const hand = handMadeIssue(site);
    const wrapTracker = afterReading(async () => {
      await parts.unlink(group, 'anna');
      await finish(site, parts, group);
      await parts.link(group, hand.key, 'anna');
      await finish(site, parts, group);
    });
    await (await site.start({ wrapTracker })).sweep.run();
    await finish(site, parts, group);
    expect([await keyOf(parts, group), ...statuses(site)]).toEqual([hand.key, 'SEC-1 To Do', 'SEC-2 To Do']);
  });

  test('a sweep runs while the admin reconciles the group', async () => {
    const site = await openSite();
    const parts = await site.start();
    const group = await opened(site, parts, 1);
    await (await site.start({ wrapTracker: afterReading(() => reconciledAnew(site, parts, group)) })).sweep.run();
    await finish(site, parts, group);
    expect([await keyOf(parts, group), ...statuses(site)]).toEqual(['SEC-2', 'SEC-1 To Do', 'SEC-2 To Do']);
  });

  test('a sweep comes right after the marker was removed', async () => {
    const site = await openSite();
    const parts = await site.start();
    const group = await opened(site, parts, 1);
    site.clock.forward(60_000);
    site.jira.faults.indexLagMs = 20_000;
    await reconciledAnew(site, parts, group);
    await parts.sweep.run();
    await finish(site, parts, group);
    expect([await keyOf(parts, group), ...statuses(site)]).toEqual(['SEC-2', 'SEC-1 To Do', 'SEC-2 To Do']);
  });

  test('a sweep comes when its finding has moved to another group, which has an issue', async () => {
    const site = await openSite();
    const ruleBy = (groupBy: string): object => ({
      id: 'all',
      match: { source: ['aws.access-analyzer'] },
      action: 'issue',
      groupBy,
      issue: { project: 'SEC', issueType: 'Task' },
    });
    const parts = await site.start({ rules: rulesOf([ruleBy('resource')]) });
    const group = await opened(site, parts, 1);
    site.clock.forward(60_000);
    site.jira.faults.indexLagMs = 50_000;
    await parts.unlink(group, 'anna');
    await finish(site, parts, group);
    await saveRules(parts, [ruleBy('finding')]);
    await parts.reconcileNow(group, 'anna');
    await finish(site, parts, (await parts.accept(active(1, 1))).group);
    await parts.sweep.run();
    expect(statuses(site)).toEqual(['SEC-1 To Do', 'SEC-2 To Do']);
  });

  test('an uncertain create is looked up', async () => {
    const site = await openSite();
    const parts = await site.start();
    const group = await opened(site, parts, 1);
    site.clock.forward(600_000);
    site.jira.faults.indexLagMs = 300_000;
    site.jira.faults.next.push({ on: 'POST /issue', fault: 'lost-after-commit' });
    await reconciledAnew(site, parts, group);
    expect([await keyOf(parts, group), ...statuses(site)]).toEqual(['SEC-2', 'SEC-1 To Do', 'SEC-2 To Do']);
  });

  test('its marker is removed before another issue is made, which does not wait where Jira refuses the removal', async () => {
    const site = await openSite();
    const parts = await site.start();
    const group = await opened(site, parts, 1);
    await parts.unlink(group, 'anna');
    await parts.reconcileNow(group, 'anna');
    const dying = await site.start({ wrapTracker: killAtCall('create', 'before') });
    await expect(dying.reconcile(group)).rejects.toThrow('before create');
    expect(site.jira.issues()[0]?.labels).toEqual([]);

    const second = await opened(site, parts, 2);
    await parts.unlink(second, 'anna');
    await parts.reconcileNow(second, 'anna');
    for (let tries = 0; tries < 2; tries += 1)
      site.jira.faults.next.push({ on: 'PUT /issue/*/properties/*', fault: 'status', status: 403 });
    await finish(site, parts, second);
    expect(site.created()).toBe(3);
  });

  test('linked again, and another one instead of it: then it is a duplicate like any other', async () => {
    const site = await openSite();
    const parts = await site.start();
    const group = await opened(site, parts, 1);
    const hand = handMadeIssue(site);
    await parts.unlink(group, 'anna');
    await finish(site, parts, group);
    for (const key of ['SEC-1', hand.key]) {
      await parts.link(group, key, 'anna');
      await finish(site, parts, group);
    }
    await parts.sweep.run();
    expect(statuses(site)).toEqual(['SEC-1 Done', 'SEC-2 To Do']);
  });
});

describe('an old copy of the store has an issue that was taken away since', () => {
  /** @param since done after the copy was made */
  async function putBack(since: (site: Site, parts: ServiceParts, group: string) => Promise<void>) {
    const site = await openSite();
    const folder = mkdtempSync(join(tmpdir(), 'f2j-test-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const [live, copy] = [join(folder, 'live'), join(folder, 'copy')];
    const before = openEmbeddedStore(live, site.clock);
    const group = await opened(site, await site.start({ store: before }), 1);
    await before.close();
    cpSync(live, copy, { recursive: true });
    const store = openEmbeddedStore(live, site.clock);
    await since(site, await site.start({ store }), group);
    await store.close();
    const old = openEmbeddedStore(copy, site.clock);
    onTestFinished(() => old.close());
    const parts = await site.start({ store: old });
    await waitsForProof(site, parts, group);
    await parts.sweep.run();
    await parts.accept(resolved(1, 1));
    await waitsForProof(site, parts, group);
    return { site, parts, group };
  }

  test('neither it nor the issue that was made since is touched before an admin decides; linked, the latter is the group’s', async () => {
    const { site, parts, group } = await putBack(reconciledAnew);
    expect([await keyOf(parts, group), ...statuses(site)]).toEqual(['SEC-1', 'SEC-1 To Do', 'SEC-2 To Do']);
    expect(await parts.link(group, 'SEC-2', 'anna')).toMatchObject({ ok: true });
    await finish(site, parts, group);
    await parts.sweep.run();
    expect([await keyOf(parts, group), ...statuses(site)]).toEqual(['SEC-2', 'SEC-1 To Do', 'SEC-2 Done']);
  });

  const unlinked = async (site: Site, parts: ServiceParts, group: string): Promise<void> => {
    await parts.unlink(group, 'anna');
    await finish(site, parts, group);
  };

  test('none was made since: unlinked once more, it stays as it is', async () => {
    const { site, parts, group } = await putBack(unlinked);
    await parts.unlink(group, 'anna');
    await finish(site, parts, group);
    expect((await parts.record(active(1).key))?.mapping).toMatchObject({ state: 'unlinked', issue: null });
    expect(statuses(site)).toEqual(['SEC-1 To Do']);
  });

  test('none was made since: reconciled, the issue is the group’s, as the store says', async () => {
    const { site, parts, group } = await putBack(unlinked);
    await parts.reconcileNow(group, 'anna');
    await finish(site, parts, group);
    expect([await keyOf(parts, group), ...statuses(site)]).toEqual(['SEC-1', 'SEC-1 Done']);
  });

  test.each(['not marked again yet', 'marked again, which search does not show yet'])(
    'linked again, %s: it is no old copy',
    async (how) => {
      const site = await openSite();
      const parts = await site.start();
      const group = await opened(site, parts, 1);
      await reconciledAnew(site, parts, group);
      site.clock.forward(60_000);
      site.jira.faults.indexLagMs = 50_000;
      await parts.link(group, 'SEC-1', 'anna');
      if (how.startsWith('marked')) await finish(site, parts, group);
      await parts.sweep.run();
      expect([await keyOf(parts, group), ...statuses(site)]).toEqual(['SEC-1', 'SEC-1 To Do', 'SEC-2 Done']);
    },
  );
});
