import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { newGroup } from '../../../src/issues/group-record.ts';
import type { OwnIssue } from '../../../src/issues/own-issue.ts';
import { put } from '../../../src/pipeline/ports/store.ts';
import { GROUPS } from '../../../src/pipeline/records/group-collections.ts';
import { bearer, startAdmin, TOKENS, type AdminFixture } from '../../support/admin/admin-server.ts';
import { findingRecord } from '../../support/findings/finding-records.ts';

const DAY_MS = 86_400_000;
const CLOSED_AT = Date.parse('2025-03-10T12:00:00Z');
const OPENED_AT = Date.parse('2025-03-01T00:00:00Z');
const BASE = { issueType: 'Task', ruleId: 'all', status: null, openedAt: OPENED_AT } as const;
const FIXED: OwnIssue = {
  ...BASE,
  id: '1',
  key: 'SEC-1',
  projectKey: 'SEC',
  lastApplied: 'closed',
  closedBecause: 'resolved',
  closedAt: CLOSED_AT,
};
const LATE: OwnIssue = { ...BASE, id: '2', key: 'PLAT-2', projectKey: 'PLAT', lastApplied: 'open', dueDate: '2025-03-08' };

let admin: AdminFixture;
beforeAll(async () => {
  const records = ['one', 'two'].map((id) => findingRecord({ detail: { id, accountId: '222233334444' } }));
  admin = await startAdmin(records);
  const groups = [FIXED, LATE].map((issue, at) => ({ ...newGroup(`g-${at}`, [records[at]?.finding.key ?? ''], 1), issue }));
  await admin.store.commit(groups.map((group) => put(GROUPS, group.group, null, group)));
});
afterAll(() => admin.close());

function get(query: string) {
  return admin.app.inject({ url: `/api/v1/reports${query}`, headers: bearer(TOKENS.viewer) });
}

test('says how long fixes took, and what is overdue', async () => {
  const answer = await get('?from=2025-03-01&to=2025-03-31');
  expect(answer.statusCode).toBe(200);
  const { total, by, computedAt, ...range } = answer.json<{ total: object; by: Record<string, { items: object[] }>; computedAt: string }>();
  expect(range).toEqual({ from: '2025-03-01T00:00:00.000Z', to: '2025-04-01T00:00:00.000Z' });
  const age = Math.round((Date.parse(computedAt) - OPENED_AT) / DAY_MS);
  const timeToFix = { of: 1, median: 9.5, p90: 9.5, longest: 9.5 };
  expect(total).toMatchObject({ fixed: 1, timeToFix, open: 1, overdue: 1, age: { of: 1, median: age, p90: age, longest: age } });
  expect(by).toMatchObject({
    severity: { items: [{ value: 'high', fixed: 1, open: 1, overdue: 1 }], others: null },
    accountId: { items: [{ value: '222233334444', fixed: 1, open: 1 }], others: null },
    owner: { items: [{ value: null, fixed: 1, open: 1 }], others: null },
    projectKey: {
      items: [
        { value: 'PLAT', fixed: 0, timeToFix: null, open: 1, overdue: 1 },
        { value: 'SEC', fixed: 1, timeToFix, open: 0, overdue: 0, age: null },
      ],
      others: null,
    },
  });
});

test.each([
  ['from=2025-03-10&to=2025-03-10', 1],
  ['from=2025-03-11&to=2025-03-31', 0],
  ['from=2025-03-01&to=2025-03-09', 0],
  ['from=2025-03-10T12:00:00Z&to=2025-03-10T12:00:00.001Z', 1],
  ['from=2025-03-01&to=2025-03-10T12:00:00Z', 0],
  ['to=2025-05-01', 1],
  ['to=2026-05-01', 0],
])('counts the fixes of %s: %i', async (query, fixed) => {
  const answer = await get(`?${query}`);
  expect(answer.json()).toMatchObject({ total: { fixed, open: 1 } });
});

test('is about the last 90 days by itself', async () => {
  const { from, to, computedAt }: Record<'from' | 'to' | 'computedAt', string> = (await get('')).json();
  expect(Date.parse(to) - Date.parse(from)).toBe(90 * DAY_MS);
  expect(Date.parse(computedAt)).toBeGreaterThanOrEqual(Date.parse(to));
});

test.each([
  ['from=2025-02-30', 'from'],
  ['from=yesterday-', 'from'],
  ['from=', 'from'],
  ['to=2025-03-01T25:00:00Z', 'to'],
  ['from=2025-03-02&to=2025-03-01', 'to'],
  ['from=2025-03-02T00:00:00Z&to=2025-03-02T00:00:00Z', 'to'],
  ['severity=high', 'severity'],
])('refuses %s', async (query, path) => {
  const answer = await get(`?${query}`);
  expect([answer.statusCode, answer.json()]).toMatchObject([400, { code: 'invalid-request', errors: [{ path }] }]);
});

test('asks to come back while many other reports are being read', async () => {
  const busy = await startAdmin([], { reports: { read: () => null } });
  const answer = await busy.app.inject({ url: '/api/v1/reports', headers: bearer(TOKENS.viewer) });
  await busy.close();
  expect([answer.statusCode, answer.headers['retry-after'], answer.json()]).toMatchObject([503, '10', { code: 'report-not-ready' }]);
});

test('asks to come back for a report that takes long', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const slow = await startAdmin([], { reports: { read: () => new Promise(() => {}) } });
  const asked = slow.app.inject({ url: '/api/v1/reports', headers: bearer(TOKENS.viewer) });
  const answered = asked.then((answer) => [answer.statusCode, answer.headers['retry-after'], answer.json()]);
  await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(1));
  await vi.advanceTimersByTimeAsync(20_000);
  expect(await answered).toMatchObject([503, '10', { code: 'report-not-ready' }]);
  vi.useRealTimers();
  await slow.close();
});
