import { afterAll, beforeAll, expect, test } from 'vitest';
import { dayOf, DAY_MS } from '../../../src/issues/due-date.ts';
import { newGroup } from '../../../src/issues/group-record.ts';
import type { OwnIssue } from '../../../src/issues/own-issue.ts';
import { put } from '../../../src/pipeline/ports/store.ts';
import { GROUPS } from '../../../src/pipeline/records/group-collections.ts';
import { bearer, startAdmin, TOKENS, type AdminFixture } from '../../support/admin/admin-server.ts';

let admin: AdminFixture;
beforeAll(async () => {
  admin = await startAdmin([]);
});
afterAll(() => admin.close());

test('says whose token it is, and that this machine needs none where no login is configured', async () => {
  for (const role of ['viewer', 'operator', 'admin'] as const) {
    const answer = await admin.app.inject({ url: '/api/v1/me', headers: bearer(TOKENS[role]) });
    expect(answer.json()).toMatchObject({ role, login: true });
  }
  const local = await startAdmin([], { tokens: [] });
  expect((await local.app.inject({ url: '/api/v1/me' })).json()).toEqual({ name: 'local', role: 'admin', login: false });
  await local.close();
});

test('counts issues by the days on which they were opened and closed, whatever became of them', async () => {
  const now = await admin.store.now();
  const daysAgo = (days: number): number => now - days * DAY_MS;
  const issue = (n: number, times: Partial<OwnIssue>): OwnIssue => ({
    id: `${n}`,
    key: `SEC-${n}`,
    projectKey: 'SEC',
    ruleId: 'all',
    lastApplied: times.closedAt === undefined ? 'open' : 'closed',
    issueType: 'Task',
    status: null,
    ...times,
  });
  const issues = [
    issue(1, { openedAt: daysAgo(2) }),
    issue(2, { openedAt: daysAgo(2), closedAt: daysAgo(0) }),
    issue(3, { openedAt: daysAgo(0) }),
    issue(4, { openedAt: daysAgo(40), closedAt: daysAgo(1) }),
    // One that an admin has linked: its times are not known.
    issue(5, {}),
  ];
  await admin.store.commit(
    issues.map((one) => put(GROUPS, `group-${one.id}`, null, { ...newGroup(`group-${one.id}`, [], now), issue: one })),
  );
  const answer = await admin.app.inject({ url: '/api/v1/activity?days=3', headers: bearer(TOKENS.viewer) });
  expect(answer.json()).toEqual({
    items: [
      { day: dayOf(daysAgo(2)), opened: 2, closed: 0 },
      { day: dayOf(daysAgo(1)), opened: 0, closed: 1 },
      { day: dayOf(now), opened: 1, closed: 1 },
    ],
    nextCursor: null,
  });
  expect((await admin.app.inject({ url: '/api/v1/activity', headers: bearer(TOKENS.viewer) })).json()).toMatchObject({
    items: { length: 30 },
  });
});
