import { describe, expect, test } from 'vitest';
import { parseRules, type CompiledRules } from '../../../src/rules/parse-rules.ts';
import { killAtCall, Killed } from '../../support/service/kill.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { finish } from '../../support/service/finish.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';

/** How an issue is filed: what rules and account map say, and what happens when Jira does not take it. */

const finding = findingOf(externalEvent());
const POST = 'POST /issue';
const TYPES = 'GET /issue/createmeta/*/issuetypes';
const LEAD = { accountId: '712020:lead', displayName: 'Lee Ad', email: 'lead@example.com' };
const TEAM = { id: 'customfield_7', name: 'Team', kind: 'select', options: ['Red', 'Blue'], required: true } as const;

function filing(issue: object, maps: object = {}): CompiledRules {
  const rule = {
    id: 'all',
    match: { source: ['aws.access-analyzer'] },
    action: 'issue',
    issue: { project: 'SEC', issueType: 'Task', ...issue },
  };
  const parsed = parseRules({ version: 1, rules: [rule], ...maps });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.rules;
}

async function accepted(parts: ServiceParts): Promise<string> {
  const { group } = await parts.accept(finding);
  await parts.reconcile(group);
  return group;
}

const posts = ({ jira }: Site): number => jira.history().filter(({ operation }) => operation === POST).length;

const historyOf = async (parts: ServiceParts): Promise<string[]> =>
  ((await parts.record(finding.key))?.history ?? []).map(({ what, because }) => `${what} ${because}`).slice(1);

test('the account map decides the project, and the history says that Jira does not know its assignee', async () => {
  const maps = {
    accounts: { [finding.accountId]: { organizationalUnit: 'ou' } },
    organizationalUnits: { ou: { project: 'DATA', components: ['Storage'], assignee: 'gone@example.com' } },
  };
  const site = await openSite({ projects: [{ key: 'SEC' }, { key: 'DATA', components: ['Storage'] }], people: [LEAD] });
  const parts = await site.start({
    rules: filing({ useAccountMap: true, assignee: 'lead@example.com', dueInDays: { high: 7, critical: 3 } }, maps),
  });
  const group = await accepted(parts);
  expect(site.jira.issues()).toMatchObject([{ key: 'DATA-1', assignee: LEAD.accountId, otherFields: { components: [{}] } }]);
  expect(site.jira.issues()[0]?.dueDate).toMatch(/^\d{4}-\d\d-\d\d$/);
  expect(await historyOf(parts)).toEqual(['created not-opened-yet', 'noted assignee-unknown: gone@example.com']);
  expect((await parts.group(group))?.intent).toBeNull();
});

test('the create screen is read before the claim, so that the claim is young', async () => {
  const site = await openSite();
  const parts = await site.start();
  const order: string[] = [];
  const watched = await site.start({
    store: {
      ...site.store,
      commit: (writes) => {
        if (writes.some(({ becomes }) => becomes?.json.includes('"phase":"sending"') === true)) order.push('claim');
        return site.store.commit(writes);
      },
    },
    wrapTracker: (tracker) => ({
      ...tracker,
      permit: (kind, about) => (order.push('permit'), tracker.permit(kind, about)),
      prepare: (draft, how) => (order.push('prepare'), tracker.prepare(draft, how)),
      create: (ready, marker, sendBy) => (order.push('create'), tracker.create(ready, marker, sendBy)),
    }),
  });
  await parts.stop();
  await accepted(watched);
  expect(order.slice(0, 4)).toEqual(['permit', 'prepare', 'claim', 'create']);
});

describe('a required field without a value', () => {
  test('is a failure that names the field and the fix; nothing is sent, no number is used up', async () => {
    const site = await openSite({ projects: [{ key: 'SEC', customFields: [TEAM] }] });
    const parts = await site.start();
    const group = await accepted(parts);
    expect(posts(site)).toBe(0);
    const record = await parts.record(finding.key);
    expect(record?.mapping).toMatchObject({
      state: 'failed',
      because: 'backoff',
      projectKey: 'SEC',
      error: {
        code: 'jira-field-required',
        message: expect.stringMatching(
          /customfield_7 "Team"; give it a value in the rule's issue\.fields\.customfield_7 \(one of Red, Blue\)/,
        ),
      },
    });
    expect((await parts.group(group))?.intent).toBeNull();
    expect(parts.serviceEvents).toContainEqual(
      expect.objectContaining({ what: 'jira-failed', call: 'create', code: 'jira-field-required' }),
    );
  });

  test('is tried again by itself, and the issue is created when the rule has been fixed', async () => {
    const site = await openSite({ projects: [{ key: 'SEC', customFields: [TEAM] }] });
    const first = await site.start();
    const group = await accepted(first);
    for (let hours = 0; hours < 12; hours += 1) {
      site.clock.forward(3_600_000);
      await first.reconcile(group);
    }
    expect(posts(site)).toBe(0);
    expect((await first.group(group))?.attempts).toBeGreaterThan(3);
    await first.stop();
    const mended = await site.start({ store: site.emptyStore(), rules: filing({ fields: { Team: 'Blue' } }) });
    await accepted(mended);
    expect(site.jira.issues()).toMatchObject([{ key: 'SEC-1', otherFields: { customfield_7: {} } }]);
    expect((await mended.record(finding.key))?.mapping).toMatchObject({ state: 'open', error: null });
  });
});

test('a screen that cannot be read delays nothing and duplicates nothing', async () => {
  const site = await openSite();
  const parts = await site.start();
  for (const on of [TYPES, TYPES, POST]) site.jira.faults.next.push({ on, fault: 'lost-after-commit' });
  const group = await accepted(parts);
  const record = await finish(site, parts, group);
  expect([site.created(), record.issue?.key]).toEqual([1, 'SEC-1']);
  // The note from before the answer was lost is in the history when the issue is found.
  expect(await historyOf(parts)).toEqual([
    'uncertain jira-unreachable',
    'adopted found-by-label',
    'noted screen-not-read: jira-unreachable',
  ]);
});

test('a process that dies while it reads the create screen has claimed nothing', async () => {
  const site = await openSite();
  const first = await site.start({ wrapTracker: killAtCall('prepare', 'after') });
  const { group } = await first.accept(finding);
  await expect(first.reconcile(group)).rejects.toBeInstanceOf(Killed);
  expect((await first.group(group))?.intent).toBeNull();
  const record = await finish(site, await site.start({ owner: 'after the restart' }), group);
  expect([site.created(), record.issue?.key]).toEqual([1, 'SEC-1']);
});

test('a store that becomes suspect while the create screen is read: nothing is claimed', async () => {
  const site = await openSite();
  let trusted = true;
  const parts = await site.start();
  const dubious = await site.start({
    wrapTracker: (tracker) => ({
      ...tracker,
      prepare: async (draft, how) => {
        const prepared = await tracker.prepare(draft, how);
        trusted = false;
        return prepared;
      },
    }),
    wrapTrust: (trust) => ({ ...trust, isTrusted: async () => trusted && (await trust.isTrusted()) }),
  });
  await parts.stop();
  const group = await accepted(dubious);
  expect([posts(site), (await dubious.group(group))?.requeueAt?.because, (await dubious.group(group))?.intent]).toEqual([
    0,
    'store-suspect',
    null,
  ]);
});

test('a create that Jira refuses again and again uses up one number per try: the screen is read again before, and not after', async () => {
  const site = await openSite();
  const body = { errorMessages: ['A validator of the workflow says no.'], errors: {} };
  for (let tries = 0; tries < 10; tries += 1) site.jira.faults.next.push({ on: POST, fault: 'status', status: 400, body });
  const parts = await site.start();
  const group = await accepted(parts);
  for (const tries of [1, 2, 3]) {
    expect(posts(site)).toBe(tries);
    const wait = (await parts.group(group))?.requeueAt;
    expect((wait?.time ?? 0) - site.clock.now()).toBeGreaterThan(30 * 60_000);
    site.clock.forward((wait?.time ?? 0) - site.clock.now() + 1);
    await parts.reconcile(group);
  }
});

test('a create that is refused because of an old screen is tried again after a second, with a new one', async () => {
  const site = await openSite();
  const parts = await site.start();
  await accepted(parts);
  site.clock.forward(3_600_000);
  const body = {
    errorMessages: [],
    errors: { priority: "Field 'priority' cannot be set. It is not on the appropriate screen, or unknown." },
  };
  site.jira.faults.next.push({ on: POST, fault: 'status', status: 400, body });
  const other = findingOf(externalEvent({ detail: { id: '22222222-dcba-4444-dcba-000000000002', resource: 'arn:aws:s3:::other' } }));
  const { group } = await parts.accept(other);
  await parts.reconcile(group);
  expect([posts(site), (await parts.group(group))?.requeueAt?.because]).toEqual([2, 'backoff']);
  site.clock.forward(1_500);
  await parts.reconcile(group);
  expect((await parts.group(group))?.issue?.key).toBe('SEC-2');
  expect(site.jira.history().filter(({ operation }) => operation === TYPES)).toHaveLength(2);
});
