import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Finding } from '../../../src/findings/finding.ts';
import { FINDINGS } from '../../../src/pipeline/records/finding-collections.ts';
import { GROUPS } from '../../../src/pipeline/records/group-collections.ts';
import type { IssueTracker } from '../../../src/pipeline/ports/issue-tracker.ts';
import type { Write } from '../../../src/pipeline/ports/store.ts';
import { openEmbeddedStore } from '../../../src/store/embedded-store.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { finish } from '../../support/service/finish.ts';
import { readBack } from '../../support/service/read-back.ts';
import { handMadeIssue } from '../../support/jira/hand-made-issues.ts';
import { Killed, killAtCommit, mortal } from '../../support/service/kill.ts';
import { findingOf, groupedBy, rulesOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';
import { waitsForProof } from '../../support/service/waits-for-proof.ts';

const numbered = (n: number, detail: object = {}): Finding =>
  findingOf(externalEvent({ detail: { id: `finding-${n}`, resource: `arn:aws:s3:::bucket-${n}`, ...detail } }));

async function open(site: Site, parts: ServiceParts, findings: readonly Finding[]): Promise<void> {
  for (const finding of findings) await finish(site, parts, (await parts.accept(finding)).group);
}

const TEN = Array.from({ length: 10 }, (_, n) => numbered(n));

/** Jira creates the issue, and the store forgets everything about the group before the answer comes. */
function forgetting(site: Site): (tracker: IssueTracker) => IssueTracker {
  return (tracker) => ({
    ...tracker,
    async create(draft, marker, sendBy) {
      const outcome = await tracker.create(draft, marker, sendBy);
      const { group, findings } = marker.property;
      for (const [collection, id] of [[GROUPS, group] as const, ...findings.map((finding) => [FINDINGS, finding] as const)]) {
        const [stored] = await site.store.read<unknown>(collection, [id]);
        await site.store.commit([{ collection: collection.name, id, expected: stored?.version ?? null, becomes: null }]);
      }
      return outcome;
    },
  });
}

/** An admin has linked another issue than the one that was created, which the sweep has closed as a duplicate. */
async function withLinked(site: Site): Promise<{ parts: ServiceParts; group: string; linked: string }> {
  const parts = await site.start();
  await open(site, parts, [numbered(1)]);
  const group = (await parts.record(numbered(1).key))?.group ?? '';
  const { key: linked } = handMadeIssue(site);
  await parts.link(group, linked, 'anna');
  await finish(site, parts, group);
  await parts.sweep.run();
  expect(site.jira.issues().map(({ status }) => status)).toEqual(['Done', 'To Do']);
  return { parts, group, linked };
}

function expectKilled(error: unknown): void {
  expect(error).toBeInstanceOf(Killed);
}

describe('a create is under way when the store forgets the group', () => {
  test.each([
    ['confirmed', null],
    ['its answer is lost', 'lost-after-commit'],
  ] as const)('%s: no second issue is created when the finding is observed again', async (_, fault) => {
    const site = await openSite();
    if (fault !== null) site.jira.faults.next.push({ on: 'POST /issue', fault });
    const parts = await site.start({ wrapTracker: forgetting(site) });
    const { group } = await parts.accept(numbered(1));
    await parts.reconcile(group);
    await open(site, parts, [numbered(1)]);
    expect([site.created(), (await parts.group(group))?.issue?.key]).toEqual([1, 'SEC-1']);
  });

  test('its answer is lost, and the finding is observed again before that is known: no second issue is created', async () => {
    const site = await openSite();
    site.jira.faults.next.push({ on: 'POST /issue', fault: 'lost-after-commit' });
    const parts: ServiceParts = await site.start({
      wrapTracker: (tracker) => {
        const forgets = forgetting(site)(tracker);
        return {
          ...forgets,
          async create(...input) {
            const outcome = await forgets.create(...input);
            await parts.accept(numbered(1));
            return outcome;
          },
        };
      },
    });
    const { group } = await parts.accept(numbered(1));
    await parts.reconcile(group);
    await finish(site, parts, group);
    expect([site.created(), (await parts.group(group))?.issue?.key]).toEqual([1, 'SEC-1']);
  });
});

describe('a store that has lost data', () => {
  test('an issue is not updated before all have been read back: its group may hold findings that belong to another one', async () => {
    const site = await openSite();
    await open(site, await site.start(), [numbered(1)]);
    const parts = await site.start({ store: site.emptyStore() });
    const changed = numbered(1, { isPublic: false, principal: { AWS: '999988887777' }, updatedAt: '2026-03-01T10:02:00Z' });
    const { group } = await parts.accept(changed);
    await parts.reconcile(group);
    const updates = (): number => site.jira.history().filter(({ operation }) => operation === 'PUT /issue/*').length;
    expect(await parts.group(group)).toMatchObject({ issue: { key: 'SEC-1' }, requeueAt: { because: 'store-suspect' } });
    expect(updates()).toBe(0);
    await finish(site, parts, group);
    expect([updates(), site.created()]).toEqual([1, 1]);
  });

  test('an empty store in front of a Jira that has our issues: all are read back, none is created again', async () => {
    const site = await openSite();
    await open(site, await site.start(), TEN);
    const parts = await site.start({ store: site.emptyStore() });
    await open(site, parts, TEN);
    expect(site.created()).toBe(10);
    expect((await parts.record(numbered(3).key))?.mapping.state).toBe('open');
  });

  test('nothing is created before the second pass, which waits as long as the index may lag', async () => {
    const site = await openSite();
    await open(site, await site.start(), TEN.slice(0, 5));
    site.clock.forward(60_000);
    // Where bulk fetch reads the index, too, only time helps.
    Object.assign(site.jira.faults, { indexLagMs: 20_000, bulkFetchLagMs: 20_000 });
    await open(site, await site.start({ owner: 'again' }), TEN.slice(5));
    const parts = await site.start({ store: site.emptyStore() });
    const { group } = await parts.accept(numbered(9));
    await parts.reconcile(group);
    expect(await parts.group(group)).toMatchObject({ issue: null, requeueAt: { because: 'store-suspect' } });
    await open(site, parts, TEN);
    expect(site.created()).toBe(10);
  });

  test('a process dies while reading back: the second pass is made all the same', async () => {
    const site = await openSite();
    await open(site, await site.start(), TEN.slice(0, 5));
    site.clock.forward(60_000);
    Object.assign(site.jira.faults, { indexLagMs: 20_000, bulkFetchLagMs: 20_000 });
    await open(site, await site.start({ owner: 'again' }), TEN.slice(5));
    const store = site.emptyStore();
    let restored = 0;
    const isFifth = (writes: readonly Write[]): boolean => writes.some(({ collection }) => collection === 'groups') && ++restored === 5;
    await expect(site.start({ store: killAtCommit(store, isFifth, 'after') })).rejects.toBeInstanceOf(Killed);
    await open(site, await site.start({ store }), TEN);
    expect(site.created()).toBe(10);
  });

  test('a store of several processes is emptied when all issues are younger than the index: none is created again', async () => {
    const site = await openSite();
    site.jira.faults.indexLagMs = 20_000;
    await open(site, await site.start(), TEN);
    const parts = await site.start({ store: site.emptyStore(), soleOwner: false, owner: 'just started' });
    await open(site, parts, TEN);
    expect(site.created()).toBe(10);
  });

  test.each([1, 10, 101])(
    'a store of one process is removed when all of its %d issues are younger than the index: none is created again',
    async (count) => {
      const site = await openSite();
      site.jira.faults.indexLagMs = 20_000;
      const all = Array.from({ length: count }, (_, n) => numbered(n));
      await open(site, await site.start(), all);
      const parts = await site.start({ store: site.emptyStore() });
      await open(site, parts, all);
      expect(site.created()).toBe(count);
    },
  );

  test('a project that the service cannot see keeps no issue from being read back', async () => {
    const site = await openSite();
    const rules = rulesOf([
      { id: 'gone', match: { account: ['000000000000'] }, action: 'issue', issue: { project: 'GONE', issueType: 'Task' } },
      { id: 'all', match: { source: ['aws.access-analyzer'] }, action: 'issue', issue: { project: 'SEC', issueType: 'Task' } },
    ]);
    await open(site, await site.start({ rules }), TEN);
    await open(site, await site.start({ rules, store: site.emptyStore() }), TEN);
    expect(site.created()).toBe(10);
  });

  test('an issue whose label a person removed is read back by its creator', async () => {
    const site = await openSite();
    await open(site, await site.start(), TEN);
    site.jira.person.edit('SEC-4', { labels: [] });
    await open(site, await site.start({ store: site.emptyStore() }), TEN);
    expect(site.created()).toBe(10);
  });

  test('an anonymous, empty answer does not make the store trusted', async () => {
    const site = await openSite();
    await open(site, await site.start(), TEN);
    site.jira.faults.anonymous = true;
    const parts = await site.start({ store: site.emptyStore() });
    const { group } = await parts.accept(numbered(1));
    for (let minutes = 0; minutes < 10; minutes += 1) {
      site.clock.forward(60_000);
      await parts.trust.advance();
      await parts.reconcile(group);
    }
    expect([await parts.trust.isTrusted(), site.created()]).toEqual([false, 10]);
    expect(parts.serviceEvents).toContainEqual(expect.objectContaining({ what: 'store-read-back-failed', code: 'jira-auth' }));
    site.jira.faults.anonymous = false;
    await open(site, parts, TEN);
    expect(site.created()).toBe(10);
  });

  test.each([
    ['60 s, and is not asked before', '60', 60_000],
    ['a second, and is asked after five', '1', 5_000],
  ])('a Jira that is down while issues are read back says %s', async (_, input, waitMs) => {
    const site = await openSite();
    await open(site, await site.start(), [numbered(1)]);
    const asked = (): number => site.jira.history().filter(({ operation }) => operation === 'GET /myself').length;
    const before = asked();
    const down = { on: 'GET /myself', fault: 'status', status: 503, headers: { 'retry-after': input } } as const;
    for (let tries = 0; tries < 8; tries += 1) site.jira.faults.next.push(down);
    const parts = await site.start({ store: site.emptyStore() });
    const first = asked();
    expect(first).toBeGreaterThan(before);
    site.clock.forward(waitMs - 1_000);
    await parts.trust.advance();
    expect(asked()).toBe(first);
    site.jira.faults.next.length = 0;
    site.clock.forward(2_000);
    await parts.trust.advance();
    expect(asked()).toBeGreaterThan(first);
    await readBack(site, parts);
    await open(site, parts, [numbered(1)]);
    expect(site.created()).toBe(1);
  });

  test('a closed issue is read back as closed, and is reopened by a newer ACTIVE only', async () => {
    const site = await openSite();
    const first = await site.start();
    const resolved = numbered(1, { status: 'RESOLVED', updatedAt: '2026-03-02T10:00:00Z' });
    await open(site, first, [numbered(1), resolved]);
    const parts = await site.start({ store: site.emptyStore() });
    await open(site, parts, [resolved]);
    expect(site.jira.issues().map(({ status }) => status)).toEqual(['Done']);
    await open(site, parts, [numbered(1, { updatedAt: '2026-03-03T10:00:00Z' })]);
    expect(site.jira.issues().map(({ status }) => status)).toEqual(['To Do']);
  });

  test.each([
    ['closed', ['ACTIVE'], 'RESOLVED', 'ACTIVE', 'To Do'],
    ['opened again', ['ACTIVE', 'RESOLVED'], 'ACTIVE', 'RESOLVED', 'Done'],
  ] as const)(
    'an issue that was %s a moment before, which search does not show yet, is read before it is left alone',
    async (_, known, last, next, status) => {
      const site = await openSite();
      const first = await site.start();
      const on = (day: number, as: string): Finding => numbered(1, { status: as, updatedAt: `2026-03-0${day}T12:00:00Z` });
      await open(
        site,
        first,
        known.map((as, n) => on(2 + n, as)),
      );
      site.clock.forward(60_000);
      site.jira.faults.indexLagMs = 20_000;
      await open(site, first, [on(5, last)]);
      const parts = await site.start({ store: site.emptyStore() });
      const { group } = await parts.accept(on(6, next));
      await parts.reconcile(group);
      await open(site, parts, [numbered(2)]);
      await finish(site, parts, group);
      const [issue] = site.jira.issues();
      expect(issue?.status).toBe(status);
      // One for each transition, and no other.
      expect(issue?.comments).toHaveLength(issue?.changelog.filter(({ field }) => field === 'status').length ?? 0);
    },
  );

  test('the same when two processes read back at once: the second has seen no more than the first', async () => {
    const site = await openSite();
    const first = await site.start();
    const on = (day: number, status: string): Finding => numbered(1, { status, updatedAt: `2026-03-0${day}T12:00:00Z` });
    await open(site, first, [on(2, 'ACTIVE')]);
    site.clock.forward(60_000);
    site.jira.faults.indexLagMs = 20_000;
    await open(site, first, [on(3, 'RESOLVED')]);
    const shared = { store: site.emptyStore(), soleOwner: false };
    const other = Promise.withResolvers<ServiceParts>();
    const hasRead = Promise.withResolvers<void>();
    const slow = site.start({
      ...shared,
      owner: 'slow',
      wrapTracker: (tracker) => ({
        ...tracker,
        async ours(...asked) {
          const page = await tracker.ours(...asked);
          hasRead.resolve();
          await other.promise;
          return page;
        },
      }),
    });
    await hasRead.promise;
    other.resolve(await site.start({ ...shared, owner: 'quick' }));
    await slow;
    const parts = await other.promise;
    const { group } = await parts.accept(on(4, 'ACTIVE'));
    await open(site, parts, [numbered(2)]);
    await finish(site, parts, group);
    expect(site.jira.issues()[0]?.status).toBe('To Do');
  });

  test('an issue with a transition of ours since it was read back is not read just because search does not show that yet', async () => {
    const site = await openSite();
    await open(site, await site.start(), [numbered(1)]);
    site.clock.forward(60_000);
    const parts = await site.start({ store: site.emptyStore() });
    site.jira.faults.indexLagMs = 40_000;
    const { group } = await parts.accept(numbered(1, { status: 'RESOLVED', updatedAt: '2026-03-02T10:00:00Z' }));
    await parts.reconcile(group);
    expect(site.jira.issues()[0]?.status).toBe('Done');
    const before = site.jira.history().length;
    await readBack(site, parts);
    await finish(site, parts, group);
    const since = site.jira.history().slice(before);
    expect(since.filter(({ operation }) => operation.includes('/issue/*'))).toEqual([]);
    expect((await parts.group(group))?.issue).toMatchObject({ lastApplied: 'closed' });
  });

  test('a page that fails is retried, without starting over: many pages would never come through', async () => {
    const site = await openSite();
    await open(site, await site.start(), [...TEN, numbered(10)]);
    const before = site.jira.history().length;
    const hiccup = { fault: 'status', status: 503 } as const;
    for (const on of ['GET /myself', 'POST /search/jql', 'GET /myself', 'POST /search/jql']) site.jira.faults.next.push({ on, ...hiccup });
    const parts = await site.start({ store: site.emptyStore() });
    expect(parts.serviceEvents).toContainEqual({ what: 'store-read-back', found: 11, restored: 11 });
    expect(parts.serviceEvents.map(({ what }) => what)).not.toContain('store-read-back-failed');
    const searches = site.jira
      .history()
      .slice(before)
      .filter(({ operation }) => operation === 'POST /search/jql');
    // One for issues younger than the index, one for all.
    expect(searches.map(({ status }) => status)).toEqual([503, 503, 200, 200]);
  });

  test('a process that stops does not wait for all pages', async () => {
    const site = await openSite();
    await open(site, await site.start(), TEN);
    const stop = new AbortController();
    site.jira.faults.down = true;
    const parts = await site.start({ store: site.emptyStore() });
    const asked = site.jira.history().length;
    stop.abort();
    site.clock.forward(60_000);
    await parts.trust.advance(stop.signal);
    expect(site.jira.history()).toHaveLength(asked);
    expect(await parts.trust.isTrusted()).toBe(false);
  });

  test('an issue is not closed for want of findings that have not been observed again', async () => {
    const site = await openSite();
    await open(site, await site.start(), TEN);
    const parts = await site.start({ store: site.emptyStore() });
    await parts.trust.advance();
    site.clock.forward(60_000);
    await parts.trust.advance();
    const restored = parts.serviceEvents.flatMap((one) => (one.what === 'issue-restored' ? [one.group] : []));
    expect(restored).toHaveLength(10);
    for (const group of restored) await parts.reconcile(group);
    expect(new Set(site.jira.issues().map(({ status }) => status))).toEqual(new Set(['To Do']));
  });

  test('an old copy of the store is put back: what came after it is read back', async () => {
    const site = await openSite();
    const folder = mkdtempSync(join(tmpdir(), 'f2j-restore-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const [live, copy] = [join(folder, 'live'), join(folder, 'copy')];
    let store = openEmbeddedStore(live, site.clock);
    await open(site, await site.start({ store }), TEN.slice(0, 4));
    await store.close();
    cpSync(live, copy, { recursive: true });
    store = openEmbeddedStore(live, site.clock);
    await open(site, await site.start({ store }), TEN);
    await store.close();
    cpSync(join(copy, 'store.sqlite'), join(live, 'store.sqlite'));
    for (const rest of ['store.sqlite-wal', 'store.sqlite-shm']) rmSync(join(live, rest), { force: true });
    store = openEmbeddedStore(live, site.clock);
    const parts = await site.start({ store });
    await open(site, parts, TEN);
    await parts.stop();
    await store.close();
    expect(site.created()).toBe(10);
  });

  test('a foreign installation on the same project is left alone: read back, closed and swept, nothing touches its issues', async () => {
    const site = await openSite();
    await open(site, await site.start({ installation: 'theirs', store: site.emptyStore() }), TEN);
    const theirs = site.jira.issues();
    const parts = await site.start({ installation: 'ours' });
    await open(site, parts, TEN);
    expect(site.created()).toBe(20);
    expect(parts.serviceEvents.filter(({ what }) => what === 'issue-restored')).toEqual([]);
    await open(
      site,
      parts,
      TEN.map((_, n) => numbered(n, { status: 'RESOLVED', updatedAt: '2026-03-02T10:00:00Z' })),
    );
    expect(await parts.sweep.run()).toMatchObject({ swept: { restored: 0, duplicatesClosed: 0 } });
    const after = site.jira.issues();
    expect(after.filter(({ key }) => theirs.some((one) => one.key === key))).toEqual(theirs);
    expect(after.filter(({ key }) => !theirs.some((one) => one.key === key)).map(({ status }) => status)).toEqual(TEN.map(() => 'Done'));
  });

  test('the group of an issue that was read back stays, although the rules group differently now', async () => {
    const site = await openSite();
    await open(site, await site.start({ rules: groupedBy('resource') }), [numbered(1)]);
    const parts = await site.start({ rules: groupedBy('finding'), store: site.emptyStore() });
    await parts.trust.advance();
    await open(site, parts, [numbered(1)]);
    expect(site.created()).toBe(1);
    expect((await parts.record(numbered(1).key))?.group).toMatch(/^r-/);
  });

  test.each([
    ['was placed', false],
    ['has had a create refused', true],
  ] as const)(
    'a finding that %s while its issue was being read back goes there before another one is created',
    async (_what, isRefused) => {
      const site = await openSite();
      await open(site, await site.start({ rules: groupedBy('resource') }), [numbered(1)]);
      const empty = site.emptyStore();
      let readsBefore = false;
      const parts = await site.start({
        rules: groupedBy('finding'),
        store: {
          ...empty,
          // As if it had read a moment earlier.
          page: (from, query) =>
            readsBefore && query.terms.some((term) => term.startsWith('member:'))
              ? Promise.resolve({ items: [], nextCursor: null })
              : empty.page(from, query),
        },
      });
      await readBack(site, parts);
      readsBefore = true;
      const { group } = await parts.accept(numbered(1));
      if (isRefused) {
        site.jira.faults.next.push({ on: 'POST /issue', fault: 'status', status: 400, body: { errorMessages: ['no'] } });
        await parts.reconcile(group);
      }
      expect((await parts.group(group))?.intent?.phase).toBe(isRefused ? 'reserved' : undefined);
      readsBefore = false;
      expect(group).toMatch(/^f-/);
      await finish(site, parts, group);
      await finish(site, parts, (await parts.record(numbered(1).key))?.group ?? '');
      expect([site.created(), (await parts.record(numbered(1).key))?.mapping.issue?.key]).toEqual([1, 'SEC-1']);
    },
  );

  test.each(['ACTIVE', 'RESOLVED'] as const)(
    'a finding that is observed as %s before its issue is read back goes to that issue, although the rules group differently now',
    async (status) => {
      const site = await openSite();
      const two = [numbered(1), numbered(2, { resource: 'arn:aws:s3:::bucket-1' })];
      await open(site, await site.start({ rules: groupedBy('resource') }), two);
      expect(site.created()).toBe(1);
      // Nothing can be read back yet.
      site.jira.faults.down = true;
      const parts = await site.start({ rules: groupedBy('finding'), store: site.emptyStore() });
      const input = [1, 2].map((n) => numbered(n, { resource: 'arn:aws:s3:::bucket-1', status, updatedAt: '2026-03-02T10:00:00Z' }));
      const groups: string[] = [];
      for (const finding of input) groups.push((await parts.accept(finding)).group);
      expect(new Set(groups).size).toBe(2);
      site.jira.faults.down = false;
      await readBack(site, parts);
      for (const group of groups) await finish(site, parts, group);
      for (const { group } of await Promise.all(input.map((seen) => parts.accept(seen)))) await finish(site, parts, group);
      expect(site.created()).toBe(1);
      expect(site.jira.issues()[0]?.status).toBe(status === 'ACTIVE' ? 'To Do' : 'Done');
      for (const finding of input) expect((await parts.record(finding.key))?.mapping.issue?.key).toBe('SEC-1');
    },
  );

  test.each(['ACTIVE', 'RESOLVED'] as const)(
    'a finding that leaves its group as %s while another process reads the issue of that group back goes with the issue',
    async (status) => {
      const site = await openSite();
      const rules = groupedBy('access');
      await open(site, await site.start({ rules }), [numbered(1)]);
      const store = site.emptyStore();
      site.jira.faults.down = true;
      const reading = await site.start({ rules, store, soleOwner: false, owner: 'reads back' });
      const { group } = await reading.accept(numbered(1));
      site.jira.faults.down = false;
      let reads = 0;
      const taking = await site.start({
        rules,
        soleOwner: false,
        owner: 'takes in',
        wrapTrust: (trust) => ({ ...trust, advance: () => Promise.resolve() }),
        store: {
          ...store,
          async read(from, ids) {
            const read = await store.read(from, ids);
            reads += from.name === GROUPS.name && ids.includes(group) ? 1 : 0;
            // It has just seen the group without an issue.
            if (reads === 1) await readBack(site, reading);
            return read;
          },
        },
      });
      const elsewhere = numbered(1, { action: ['s3:GetObject', 's3:PutObject'], status, updatedAt: '2026-03-02T10:00:00Z' });
      await finish(site, reading, (await taking.accept(elsewhere)).group);
      await finish(site, reading, group);
      expect(site.jira.issues().map((issue) => issue.status)).toEqual([status === 'ACTIVE' ? 'To Do' : 'Done']);
    },
  );

  test('an issue that an admin has linked waits for an admin, and so does the one that was closed in its favour', async () => {
    const site = await openSite();
    const { parts, group, linked } = await withLinked(site);
    await finish(site, parts, (await parts.accept(numbered(1, { status: 'RESOLVED', updatedAt: '2026-03-02T10:00:00Z' }))).group);
    const again = await site.start({ store: site.emptyStore() });
    await again.accept(numbered(1, { updatedAt: '2026-03-03T10:00:00Z' }));
    const { failure } = await waitsForProof(site, again, group);
    expect(failure?.message).toContain(`${linked} says that an admin linked it`);
    expect(again.serviceEvents).toContainEqual({ what: 'property-unproven', issueKey: linked, says: 'linked' });
    expect(site.jira.issues().map(({ status }) => status)).toEqual(['Done', 'Done']);
    expect(await again.link(group, linked, 'anna')).toMatchObject({ ok: true });
    await again.accept(numbered(1, { status: 'RESOLVED', updatedAt: '2026-03-04T10:00:00Z' }));
    await finish(site, again, group);
    await again.accept(numbered(1, { updatedAt: '2026-03-05T10:00:00Z' }));
    await finish(site, again, group);
    await again.sweep.run();
    expect((await again.group(group))?.issue?.key).toBe(linked);
    expect(site.jira.issues().map(({ status }) => status)).toEqual(['Done', 'To Do']);
  });

  test('one that search shows late waits for an admin, too, although both are closed', async () => {
    const site = await openSite();
    const { parts, group, linked } = await withLinked(site);
    await finish(site, parts, (await parts.accept(numbered(1, { status: 'RESOLVED', updatedAt: '2026-03-02T10:00:00Z' }))).group);
    const hides = (tracker: IssueTracker): IssueTracker => {
      let pages = 0;
      return {
        ...tracker,
        async ours(...asked) {
          const page = await tracker.ours(...asked);
          pages += 1;
          return page.ok && pages === 1 ? { ...page, found: page.found.filter(({ issue }) => issue.key !== linked) } : page;
        },
      };
    };
    const again = await site.start({ store: site.emptyStore(), wrapTracker: hides });
    await readBack(site, again);
    await again.accept(numbered(1, { updatedAt: '2026-03-03T10:00:00Z' }));
    await waitsForProof(site, again, group);
    expect(site.jira.issues().map(({ status }) => status)).toEqual(['Done', 'Done']);
  });

  test.each([
    [1, 'after', 'ACTIVE'],
    [1, 'after', 'RESOLVED'],
    [2, 'before', 'RESOLVED'],
    [2, 'after', 'RESOLVED'],
    [3, 'after', 'RESOLVED'],
  ] as const)(
    'twelve processes that read back die at commit %d, %s it is written: a finding observed as %s comes to its issue all the same',
    async (commits, when, status) => {
      const site = await openSite();
      const on = (n: number, detail: object = {}): Finding => numbered(n, { resource: 'arn:aws:s3:::bucket-1', ...detail });
      await open(site, await site.start({ rules: groupedBy('resource') }), [on(1), on(2)]);
      const store = site.emptyStore();
      site.jira.faults.down = true;
      const told = await site.start({ rules: groupedBy('finding'), store });
      const input = [1, 2].map((n) => on(n, { status, updatedAt: '2026-03-02T10:00:00Z' }));
      for (const finding of input) await told.accept(finding);
      site.jira.faults.down = false;
      let deaths = 0;
      for (let processes = 0; !(await told.trust.isTrusted()); processes += 1) {
        if (processes > 50) throw new Error('the store is never trusted');
        site.clock.forward(31_000);
        const process = mortal(store);
        if (processes < 12) process.dieAt(commits, when);
        await site.start({ rules: groupedBy('finding'), store: process.store }).catch(expectKilled);
        if (process.isDead()) deaths += 1;
      }
      const parts = await site.start({ rules: groupedBy('finding'), store });
      const { items } = await store.page(GROUPS, { terms: [], limit: 10 });
      for (const { id } of items) await finish(site, parts, id);
      expect(deaths).toBeGreaterThan(0);
      expect(site.created()).toBe(1);
      expect(site.jira.issues()[0]?.status).toBe(status === 'ACTIVE' ? 'To Do' : 'Done');
      for (const finding of input) expect((await parts.record(finding.key))?.mapping.issue?.key).toBe('SEC-1');
    },
  );
});
