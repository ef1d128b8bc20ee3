import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/findings/finding.ts';
import { closingComment, correctionComment } from '../../../src/issues/text/comments.ts';
import type { SimulatedIssue } from '../../../src/sandbox/jira/simulated-issue.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { finish } from '../../support/service/finish.ts';
import { Killed, killAtCall, killAtCommit } from '../../support/service/kill.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';

const LINK = 'POST /issueLink';
const day = (n: number): string => new Date(Date.UTC(2026, 2, n)).toISOString();

function seen(id: string, born: number, at: number, detail: Readonly<Record<string, unknown>> = {}): Finding {
  return findingOf(externalEvent({ time: day(at), detail: { id, createdAt: day(born), updatedAt: day(at), ...detail } }));
}

/** A policy edit on the tenth: the old finding ends, a new one reports the access that is left. */
const old = seen('old', 1, 1);
const oldEnded = seen('old', 1, 10, { status: 'RESOLVED' });
const fresh = seen('new', 10, 10, { isPublic: false, principal: { AWS: '999988887777' } });
/** The analysis broke on the tenth. */
const error = seen('error', 10, 10, { error: 'ACCESS_DENIED', principal: undefined, action: undefined, isPublic: undefined });

const grouped = (groupBy: 'finding' | 'resource') =>
  rulesOf([
    { id: 'all', match: { source: ['aws.access-analyzer'] }, action: 'issue', groupBy, issue: { project: 'SEC', issueType: 'Task' } },
  ]);

/** Reconciles the other groups, too, since a finding may ask for a pass over them; its own group first, as mostly. */
async function emit(site: Site, parts: ServiceParts, ...findings: readonly Finding[]): Promise<void> {
  for (const finding of findings) {
    const groups = new Set([(await parts.accept(finding)).group]);
    for (const { key } of [old, fresh, error]) {
      const record = await parts.record(key);
      if (record !== null) groups.add(record.group);
    }
    for (const group of groups) await finish(site, parts, group);
  }
}

function issue(site: Site, key: string): SimulatedIssue {
  const found = site.jira.issues().find((one) => one.key === key);
  if (found === undefined) throw new Error(`There is no ${key}`);
  return found;
}

const bodies = ({ comments }: SimulatedIssue): unknown[] => comments.map(({ body }) => body);
const links = (site: Site): number => site.jira.history().filter(({ operation, done }) => operation === LINK && done).length;
const named = (parts: ServiceParts, key: string) => ({ successor: parts.tracker.mention(key) });
const says = (one: SimulatedIssue, word: string): boolean => JSON.stringify(one.description).includes(word);

function isLinked(site: Site, one: string, other: string): boolean {
  return issue(site, one).links.some(({ type, issueId }) => type === 'Relates' && issueId === issue(site, other).id);
}

describe('a policy edit', () => {
  test('the old finding ends, then the new one comes: the new issue names and links the old one', async () => {
    const site = await openSite();
    const parts = await site.start();
    await emit(site, parts, old, oldEnded, fresh);
    expect(site.jira.issues().map(({ status }) => status)).toEqual(['Done', 'To Do']);
    expect([isLinked(site, 'SEC-2', 'SEC-1'), links(site)]).toEqual([true, 1]);
    // Closed before anything was known of the other one.
    expect(bodies(issue(site, 'SEC-1'))).toEqual([closingComment('resolved')]);
  });

  test('the new one comes first: closing names it, and the new issue names and links the old one all the same', async () => {
    const site = await openSite();
    const parts = await site.start();
    await emit(site, parts, old, fresh, oldEnded);
    expect(site.jira.issues().map(({ status }) => status)).toEqual(['Done', 'To Do']);
    expect(bodies(issue(site, 'SEC-1'))).toEqual([closingComment('resolved', named(parts, 'SEC-2'))]);
    expect([isLinked(site, 'SEC-2', 'SEC-1'), links(site)]).toEqual([true, 1]);
    expect(bodies(issue(site, 'SEC-2'))).toEqual([]);
  });

  test.each([
    ['resolved first', [old, oldEnded, fresh]],
    ['new first', [old, fresh, oldEnded]],
  ] as const)('findings of a resource that share an issue: it is the same one, updated (%s)', async (_, findings) => {
    const site = await openSite();
    const parts = await site.start({ rules: grouped('resource') });
    await emit(site, parts, ...findings);
    expect(site.jira.issues().map(({ status, summary }) => [status, summary])).toEqual([
      ['To Do', expect.stringContaining('999988887777')],
    ]);
    expect([says(issue(site, 'SEC-1'), 'old'), says(issue(site, 'SEC-1'), 'new'), links(site)]).toEqual([true, true, 0]);
  });

  test('findings that are delivered again and again are linked once', async () => {
    const site = await openSite();
    const parts = await site.start();
    await emit(site, parts, old, oldEnded, fresh);
    const before = site.jira.history().length;
    await emit(site, parts, oldEnded, fresh, oldEnded, fresh);
    expect(site.jira.history()).toHaveLength(before);
  });

  test('a fix is a fix: a finding that existed beside it is no successor', async () => {
    const site = await openSite();
    const parts = await site.start();
    await emit(site, parts, old, seen('new', 2, 2), oldEnded);
    expect(bodies(issue(site, 'SEC-1'))).toEqual([closingComment('resolved')]);
    expect(links(site)).toBe(0);
  });

  test.each(['before', 'after'] as const)('the process dies %s the link: in the end it exists once', async (when) => {
    const site = await openSite();
    const first = await site.start({ wrapTracker: killAtCall('link', when) });
    await emit(site, first, old, oldEnded);
    const { group } = await first.accept(fresh);
    await expect(first.reconcile(group)).rejects.toBeInstanceOf(Killed);
    const record = await finish(site, await site.start({ owner: 'after the restart' }), group);
    expect(record.issue?.follows).toMatchObject({ key: 'SEC-1', link: 'linked' });
    expect(issue(site, 'SEC-2').links).toHaveLength(1);
  });

  test('the process dies between the link and its record: nothing is linked twice', async () => {
    const site = await openSite();
    const isLink = (json: string): boolean => JSON.parse(json).issue?.follows?.link === 'linked';
    const store = killAtCommit(site.store, (writes) => writes.some(({ becomes }) => becomes !== null && isLink(becomes.json)), 'before');
    const first = await site.start({ store });
    await emit(site, first, old, oldEnded);
    const { group } = await first.accept(fresh);
    await expect(first.reconcile(group)).rejects.toBeInstanceOf(Killed);
    await finish(site, await site.start({ owner: 'after the restart' }), group);
    expect(issue(site, 'SEC-2').links).toHaveLength(1);
  });

  test('an issue whose create lost its answer is adopted and linked with its predecessor', async () => {
    const site = await openSite();
    const parts = await site.start();
    await emit(site, parts, old, oldEnded);
    site.jira.faults.next.push({ on: 'POST /issue', fault: 'lost-after-commit' });
    await emit(site, parts, fresh);
    expect([site.created(), isLinked(site, 'SEC-2', 'SEC-1')]).toEqual([2, true]);
  });

  test('a site that has no links: the texts have to do, and nothing fails', async () => {
    const site = await openSite();
    const parts = await site.start();
    await emit(site, parts, old, oldEnded);
    site.jira.faults.next.push({
      on: LINK,
      fault: 'status',
      status: 404,
      body: { errorMessages: ['Issue linking is disabled'], errors: {} },
    });
    await emit(site, parts, fresh);
    expect((await parts.record(fresh.key))?.mapping).toMatchObject({ state: 'open', error: null });
    const before = site.jira.history().length;
    await emit(site, parts, fresh);
    expect([site.jira.history().length, links(site)]).toEqual([before, 0]);
  });

  test('a Jira that is busy is asked again', async () => {
    const site = await openSite();
    const parts = await site.start();
    await emit(site, parts, old, oldEnded);
    site.jira.faults.next.push({ on: LINK, fault: 'status', status: 503 });
    await emit(site, parts, fresh);
    expect(isLinked(site, 'SEC-2', 'SEC-1')).toBe(true);
  });
});

describe('a broken analysis', () => {
  test('the error finding comes first: closed, and not called fixed', async () => {
    const site = await openSite();
    const parts = await site.start();
    await emit(site, parts, old, error, oldEnded);
    expect(bodies(issue(site, 'SEC-1'))).toEqual([closingComment('unanalysed', named(parts, 'SEC-2'))]);
    expect(site.jira.issues().map(({ status }) => status)).toEqual(['Done', 'To Do']);
    expect((await parts.group((await parts.record(old.key))?.group ?? ''))?.issue?.closedBecause).toBe('unanalysed');
    expect((await parts.record(old.key))?.history).toContainEqual(expect.objectContaining({ what: 'closed', because: 'unanalysed' }));
  });

  test('it comes after the close: corrected once, with the issue of the error', async () => {
    const site = await openSite();
    const parts = await site.start();
    await emit(site, parts, old, oldEnded, error, error, oldEnded);
    expect(bodies(issue(site, 'SEC-1'))).toEqual([closingComment('resolved'), correctionComment(named(parts, 'SEC-2'))]);
    expect((await parts.record(old.key))?.history).toContainEqual(expect.objectContaining({ what: 'corrected', because: 'unanalysed' }));
    expect((await parts.record(old.key))?.mapping).toMatchObject({ state: 'closed', because: 'already-closed' });
  });

  test('the error’s issue is not there yet: it is waited for', async () => {
    const site = await openSite();
    const parts = await site.start();
    await emit(site, parts, old, oldEnded);
    const closed = (await parts.record(old.key))?.group ?? '';
    const { group } = await parts.accept(error);
    await parts.reconcile(closed);
    expect(await parts.group(closed)).toMatchObject({ requeueAt: { because: 'error-issue-awaited' } });
    expect(issue(site, 'SEC-1').comments).toHaveLength(1);
    await finish(site, parts, group);
    await finish(site, parts, closed);
    expect(bodies(issue(site, 'SEC-1')).at(-1)).toEqual(correctionComment(named(parts, 'SEC-2')));
  });

  test('it never comes: said without it after five minutes', async () => {
    const site = await openSite();
    const parts = await site.start();
    await emit(site, parts, old, oldEnded);
    await parts.accept(error);
    await finish(site, parts, (await parts.record(old.key))?.group ?? '');
    expect(bodies(issue(site, 'SEC-1')).at(-1)).toEqual(correctionComment());
  });

  test('the rules ignore errors: said at once, without an issue', async () => {
    const site = await openSite();
    const match = { source: ['aws.access-analyzer'] };
    const parts = await site.start({
      rules: rulesOf([
        { id: 'errors', match: { ...match, detail: { error: [{ exists: true }] } }, action: 'ignore' },
        { id: 'all', match, action: 'issue', issue: { project: 'SEC', issueType: 'Task' } },
      ]),
    });
    await emit(site, parts, old, oldEnded, error);
    expect(site.jira.issues().map(bodies)).toEqual([[closingComment('resolved'), correctionComment()]]);
  });

  test('an error that came days after a fix corrects nothing', async () => {
    const site = await openSite();
    const parts = await site.start();
    await emit(site, parts, old, oldEnded, seen('error', 20, 20, { error: 'ACCESS_DENIED' }));
    expect(bodies(issue(site, 'SEC-1'))).toEqual([closingComment('resolved')]);
  });

  test('the error is fixed: its own issue is closed as fixed', async () => {
    const site = await openSite();
    const parts = await site.start();
    await emit(site, parts, old, error, oldEnded, seen('error', 10, 12, { error: 'ACCESS_DENIED', status: 'RESOLVED' }));
    expect(bodies(issue(site, 'SEC-2'))).toEqual([closingComment('resolved')]);
  });

  test('active again, fixed, and broken once more: corrected once each time', async () => {
    const site = await openSite();
    const parts = await site.start();
    await emit(site, parts, old, oldEnded, error);
    await emit(site, parts, seen('error', 10, 12, { error: 'ACCESS_DENIED', status: 'RESOLVED' }));
    site.clock.forward(3_600_000);
    await emit(site, parts, seen('old', 1, 13), seen('old', 1, 15, { status: 'RESOLVED' }));
    await emit(site, parts, seen('error', 10, 15, { error: 'ACCESS_DENIED' }));
    expect(bodies(issue(site, 'SEC-1')).filter((body) => JSON.stringify(body).includes('Correction'))).toHaveLength(2);
  });

  test.each(['before', 'after'] as const)('the process dies %s the correction: said once', async (when) => {
    const site = await openSite();
    const first = await site.start({ wrapTracker: killAtCall('sayOnce', when) });
    await emit(site, first, old, oldEnded);
    await finish(site, first, (await first.accept(error)).group);
    const closed = (await first.record(old.key))?.group ?? '';
    site.clock.forward(10_000);
    await expect(first.reconcile(closed)).rejects.toBeInstanceOf(Killed);
    await finish(site, await site.start({ owner: 'after the restart' }), closed);
    expect(bodies(issue(site, 'SEC-1'))).toEqual([closingComment('resolved'), correctionComment(named(first, 'SEC-2'))]);
  });

  test.each(['lost-after-commit', 'reset-before'] as const)('the answer to the correction is gone (%s): said once', async (fault) => {
    const site = await openSite();
    const parts = await site.start();
    await emit(site, parts, old, oldEnded);
    site.jira.faults.next.push({ on: 'POST /issue/*/comment', fault });
    await emit(site, parts, error);
    expect(bodies(issue(site, 'SEC-1'))).toEqual([closingComment('resolved'), correctionComment(named(parts, 'SEC-2'))]);
  });

  test('a closed issue that is gone is not asked about for ever', async () => {
    const site = await openSite();
    const parts = await site.start();
    await emit(site, parts, old, oldEnded);
    site.jira.person.delete('SEC-1');
    await emit(site, parts, error);
    expect((await parts.record(old.key))?.mapping).toMatchObject({ state: 'closed', error: null });
  });
});

test('a redelivery makes up for an accept that died before it asked for a pass', async () => {
  const site = await openSite();
  const parts = await site.start();
  await emit(site, parts, old, fresh);
  const { group } = await parts.accept(fresh);
  const before = (await parts.group(group))?.generation ?? 0;
  await parts.accept(oldEnded);
  await parts.accept(oldEnded);
  expect((await parts.group(group))?.generation).toBe(before + 2);
});
