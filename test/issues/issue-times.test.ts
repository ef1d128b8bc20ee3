import { describe, expect, test } from 'vitest';
import { DAY_MS, dueDateOf, overdueFrom, wholeDays } from '../../src/issues/due-date.ts';
import type { OwnIssue } from '../../src/issues/own-issue.ts';
import { fixedAt, withTimes } from '../../src/issues/issue-times.ts';
import { issueRoute } from '../support/findings/issue-route.ts';

const OPENED = Date.parse('2026-03-02T22:30:00Z');
const NOW = OPENED + 10 * DAY_MS;
const OPEN: OwnIssue = {
  id: '10001',
  key: 'SEC-1',
  projectKey: 'SEC',
  issueType: 'Task',
  ruleId: 'all',
  lastApplied: 'open',
  status: null,
  openedAt: OPENED,
};
const CLOSED: OwnIssue = { ...OPEN, lastApplied: 'closed', closedBecause: 'resolved' };
const ROUTE = issueRoute({ projectKey: 'SEC', dueInDays: 3 });

describe('a due date', () => {
  test('counts from the opening, and is in time until its day is over in UTC', () => {
    expect(dueDateOf(OPENED, 0)).toBe('2026-03-02');
    expect(dueDateOf(OPENED, 3)).toBe('2026-03-05');
    expect(dueDateOf(OPENED, null)).toBeNull();
    expect(new Date(overdueFrom('2026-03-05')).toISOString()).toBe('2026-03-06T00:00:00.000Z');
    expect(new Date(overdueFrom('2024-02-28')).toISOString()).toBe('2024-02-29T00:00:00.000Z');
  });

  test('whole days are never negative', () => {
    expect([wholeDays(0, DAY_MS - 1), wholeDays(0, DAY_MS), wholeDays(5, 0)]).toEqual([0, 1, 0]);
  });
});

describe('the times of an issue', () => {
  test.each([
    ['has a due date by its rule', OPEN, ROUTE, '2026-03-05'],
    ['follows a changed rule', { ...OPEN, dueDate: '2026-03-05' }, { ...ROUTE, dueInDays: 14 }, '2026-03-16'],
    ['has none any more where the rule names none', { ...OPEN, dueDate: '2026-03-05' }, { ...ROUTE, dueInDays: null }, null],
    ['keeps it where the rule now names another project', { ...OPEN, dueDate: '2026-03-05' }, { ...ROUTE, projectKey: 'B' }, '2026-03-05'],
    ['keeps it where no finding goes to Jira', { ...OPEN, dueDate: '2026-03-05' }, undefined, '2026-03-05'],
    ['follows the rule of the project that it was opened in', { ...OPEN, projectKey: 'B', movedFrom: 'SEC' }, ROUTE, '2026-03-05'],
    ['keeps it when it is closed', { ...CLOSED, dueDate: '2026-03-05' }, { ...ROUTE, dueInDays: 14 }, '2026-03-05'],
    ['has no known one when it was read back', { ...OPEN, openedAt: undefined }, ROUTE, undefined],
  ])('%s', (_case, { openedAt, ...issue }, route, dueDate) => {
    const given: OwnIssue = openedAt === undefined ? issue : { ...issue, openedAt };
    expect(withTimes(given, given, route, NOW).dueDate).toBe(dueDate);
  });

  test.each<[string, OwnIssue | null, OwnIssue, number | undefined]>([
    ['begins with the close', OPEN, CLOSED, NOW],
    ['stays as it was', { ...CLOSED, closedAt: 5 }, { ...CLOSED, closedAt: 5 }, 5],
    ['begins again after a reopening', { ...CLOSED, lastApplied: 'open', transitionedAt: 7 }, CLOSED, NOW],
    ['begins again with another reason', { ...CLOSED, closedBecause: 'by-person', closedAt: 5 }, CLOSED, NOW],
    ['is that of the transition where an earlier version closed it', { ...CLOSED, transitionedAt: 7 }, CLOSED, 7],
    ['is that of a later transition', { ...CLOSED, closedAt: 5, transitionedAt: 7 }, CLOSED, 7],
    ['is not that of an earlier transition', { ...CLOSED, closedAt: 5, transitionedAt: 4 }, CLOSED, 5],
    ['is unknown where nothing says it', CLOSED, CLOSED, undefined],
    ['ends with a reopening', { ...CLOSED, closedAt: 5 }, { ...OPEN, closedAt: 5 }, undefined],
    ['is that of its own close, not of another issue', { ...CLOSED, id: '9', closedAt: 5 }, CLOSED, NOW],
  ])('the time of a close %s', (_case, before, issue, closedAt) => {
    expect(withTimes(before, issue, ROUTE, NOW).closedAt).toBe(closedAt);
    expect(withTimes(before, issue, ROUTE, NOW)).toEqual(withTimes(before, withTimes(before, issue, ROUTE, NOW), ROUTE, NOW));
  });

  test.each(['archived', 'ended', 'unmonitored', 'unanalysed', 'unrouted', 'by-person'] as const)('a close as %s is no fix', (because) => {
    expect(fixedAt({ ...CLOSED, closedBecause: because, closedAt: NOW })).toBeNull();
    expect(fixedAt({ ...CLOSED, closedAt: NOW })).toBe(NOW);
    expect(fixedAt({ ...CLOSED, lastApplied: 'open', closedAt: NOW })).toBeNull();
    expect(fixedAt({ ...CLOSED, closedAt: NOW, missing: { since: 1, confirmedAt: 2 } })).toBeNull();
  });
});
