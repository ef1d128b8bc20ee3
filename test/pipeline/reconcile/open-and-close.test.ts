import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/findings/json.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { openSite } from '../../support/service/site.ts';

const day = (n: number): string => `2026-03-0${n}T10:00:00Z`;
const at = (n: number, detail: object = {}): JsonObject => externalEvent({ time: day(n), detail: { updatedAt: day(n), ...detail } });

async function emit(parts: ServiceParts, ...events: readonly JsonObject[]): Promise<string> {
  let group = '';
  for (const event of events) {
    ({ group } = await parts.accept(findingOf(event)));
    await parts.reconcile(group);
  }
  return group;
}

describe('a finding and its issue', () => {
  test('opens once, with label, property and rule', async () => {
    const site = await openSite();
    const parts = await site.start();
    const group = await emit(parts, at(1));
    const [issue] = site.jira.issues();
    expect(site.jira.issues()).toHaveLength(1);
    expect(issue?.labels).toEqual(expect.arrayContaining(['findings-to-jira', expect.stringMatching(/^f2j-[a-z2-7]{26}$/)]));
    expect(issue?.properties['findings-to-jira']).toMatchObject({
      installation: 'default',
      group,
      attempt: 1,
      findings: [findingOf(at(1)).key],
    });
    expect(issue?.summary).toBe('S3 bucket billing-export is public (read)');
    expect(await parts.record(findingOf(at(1)).key)).toMatchObject({
      mapping: { state: 'open', issue: { key: issue?.key }, projectKey: 'SEC' },
      decision: { ruleId: 'everything' },
    });
  });

  test('the same event again and again makes no call', async () => {
    const site = await openSite();
    const parts = await site.start();
    await emit(parts, at(1));
    const before = site.jira.history().length;
    await emit(parts, at(1), at(1), at(1));
    expect(site.jira.history()).toHaveLength(before);
  });

  test('a new issue is one call, a second close is one call', async () => {
    const site = await openSite();
    const parts = await site.start();
    const other = { id: 'another', resource: 'arn:aws:s3:::other' };
    await emit(parts, at(1), at(2, { status: 'RESOLVED' }), at(1, other));
    expect(callsFor(site.jira.history(), 'POST /issue')).toBe(2);
    const before = site.jira.history().length;
    await emit(parts, at(2, { ...other, status: 'RESOLVED' }));
    // The workflow has no screens, so the comment is a call of its own; nothing is read.
    expect(
      site.jira
        .history()
        .slice(before)
        .map(({ operation }) => operation),
    ).toEqual(['POST /issue/*/transitions', 'POST /issue/*/comment']);
  });

  test('closes when resolved and says so once', async () => {
    const site = await openSite();
    const parts = await site.start();
    await emit(parts, at(1), at(2, { status: 'RESOLVED' }), at(2, { status: 'RESOLVED' }));
    expect(site.jira.issues().map(({ status, comments }) => [status, comments.length])).toEqual([['Done', 1]]);
  });

  test.each([
    ['archived', { status: 'ARCHIVED' }, 'counts as intended'],
    ['ended, as Security Hub says without a reason', { status: 'ARCHIVED', RecordState: 'ARCHIVED' }, 'does not say'],
    ['no longer monitored', { isDeleted: true }, 'not a fix'],
  ])('closes when %s, and does not call it fixed', async (_, change, words) => {
    const site = await openSite();
    const parts = await site.start();
    await emit(parts, at(1), at(2, change));
    expect(site.jira.issues()[0]?.status).toBe('Done');
    expect(JSON.stringify(site.jira.issues()[0]?.comments)).toContain(words);
  });

  test('an older ACTIVE that comes late reopens nothing; a newer one reopens', async () => {
    const site = await openSite();
    const parts = await site.start();
    await emit(parts, at(2), at(4, { status: 'RESOLVED' }), at(3));
    expect(site.jira.issues()[0]?.status).toBe('Done');
    await emit(parts, at(5));
    expect(site.jira.issues().map(({ status }) => status)).toEqual(['To Do']);
  });

  test('resolved before it was seen active: recorded, never opened', async () => {
    const site = await openSite();
    const parts = await site.start();
    await emit(parts, at(3, { status: 'RESOLVED' }), at(1));
    expect(site.jira.issues()).toEqual([]);
    expect((await parts.record(findingOf(at(1)).key))?.mapping).toMatchObject({ state: 'closed', because: 'never-opened', issue: null });
  });

  test('deleted ninety days after it was resolved: nothing more happens', async () => {
    const site = await openSite();
    const parts = await site.start();
    await emit(parts, at(1), at(2, { status: 'RESOLVED' }));
    const before = site.jira.history().length;
    await emit(parts, at(3, { status: 'RESOLVED', isDeleted: true }));
    expect(site.jira.history()).toHaveLength(before);
  });

  test('an issue that a person closed is not closed again, nor commented', async () => {
    const site = await openSite();
    const parts = await site.start();
    await emit(parts, at(1));
    site.jira.person.transition('SEC-1', 'Done');
    await emit(parts, at(2, { status: 'RESOLVED' }));
    expect(site.jira.issues()[0]).toMatchObject({ status: 'Done', comments: [] });
    expect((await parts.record(findingOf(at(1)).key))?.mapping.state).toBe('closed');
  });

  test('observe mode decides and records, and writes nothing', async () => {
    const site = await openSite();
    const parts = await site.start({ mode: 'observe' });
    await emit(parts, at(1));
    expect(site.created()).toBe(0);
    expect((await parts.record(findingOf(at(1)).key))?.mapping.state).toBe('observed');
  });
});

function callsFor(history: readonly { readonly operation: string }[], operation: string): number {
  return history.filter((entry) => entry.operation === operation).length;
}
