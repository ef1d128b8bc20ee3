import { describe, expect, test } from 'vitest';
import { newGroup, type GroupRecord } from '../../src/issues/group-record.ts';
import type { OwnIssue } from '../../src/issues/own-issue.ts';
import { CONFIRMED_AFTER_MS, differs, followed, isDeleted, withReplacement, type IssueNow } from '../../src/issues/missing-issue.ts';

const NEW = { name: 'To Do', category: 'new' } as const;
const DONE = { name: 'Done', category: 'done' } as const;
const ISSUE: OwnIssue = { id: '1', key: 'SEC-1', projectKey: 'SEC', issueType: 'Task', ruleId: null, lastApplied: 'open', status: NEW };
const SEEN: IssueNow = { issue: { id: '1', key: 'SEC-1' }, projectKey: 'SEC', issueType: 'Task', status: NEW };
const MISSED: OwnIssue = { ...ISSUE, missing: { since: 5 } };
const GONE: OwnIssue = { ...ISSUE, missing: { since: 5, confirmedAt: 9 } };
const NOW = 100;
const UNSURE = { to: 'open', owner: '', sentAt: NOW, uncertain: true } as const;
const group = (issue: OwnIssue | null, more: Partial<GroupRecord> = {}): GroupRecord => ({
  ...newGroup('f-x', ['a|1'], 0),
  issue,
  ...more,
});

test('an issue is taken for deleted once a second sweep has confirmed it', () => {
  expect([null, ISSUE, MISSED, GONE].map(isDeleted)).toEqual([false, false, false, true]);
  expect(CONFIRMED_AFTER_MS).toBe(600_000);
});

describe('another issue in place of a deleted one', () => {
  test('is noted in the record', () => {
    expect(withReplacement(group(GONE))).toEqual(group({ ...GONE, missing: { since: 5, confirmedAt: 9, replace: true } }));
  });

  test.each([
    ['no issue', null],
    ['an issue that Jira shows', ISSUE],
    ['an issue that one sweep has missed', MISSED],
  ])('is not wanted where there is %s', (_, issue) => {
    const record = group(issue);
    expect(withReplacement(record)).toBe(record);
  });
});

describe('an issue that Jira shows', () => {
  test.each([
    ['as the record has it', group(ISSUE), SEEN],
    ['that was not read since its create, and is new', group({ ...ISSUE, status: null }), SEEN],
    ['that is not the one of the group', group({ ...ISSUE, id: '2' }), { ...SEEN, status: DONE }],
    ['while the group has none', group(null), SEEN],
  ])('%s: nothing is written', (_, record, seen) => {
    expect(followed(record, seen, NOW)).toBeNull();
  });

  test('under another key, in another project, of another type: that is followed', () => {
    const moved = { ...SEEN, issue: { id: '1', key: 'OPS-7' }, projectKey: 'OPS', issueType: 'Bug' };
    const own: OwnIssue = { ...ISSUE, key: 'OPS-7', projectKey: 'OPS', issueType: 'Bug', movedFrom: 'SEC' };
    expect(followed(group(ISSUE), moved, NOW)).toEqual(group(own));
    const further = { ...moved, issue: { id: '1', key: 'WEB-3' }, projectKey: 'WEB' };
    expect(followed(group(own), further, NOW)).toEqual(group({ ...own, key: 'WEB-3', projectKey: 'WEB' }));
    expect(followed(group(own), SEEN, NOW)).toEqual(group(ISSUE));
  });

  test('in another status: that is followed', () => {
    const status = { name: 'In Progress', category: 'indeterminate' } as const;
    expect(followed(group(ISSUE), { ...SEEN, status }, NOW)).toEqual(group({ ...ISSUE, status }));
  });

  test('that one sweep had missed: it is missing no longer', () => {
    expect(followed(group(MISSED), SEEN, NOW)).toEqual(group(ISSUE));
  });

  test('that was taken for deleted: it is read before the record is relied on', () => {
    expect(followed(group(GONE), SEEN, NOW)).toEqual(group(ISSUE, { transition: UNSURE, generation: 2 }));
  });

  test('that is done while the record has it as open: it is read', () => {
    const done = { ...SEEN, status: DONE };
    expect(followed(group(ISSUE), done, NOW)).toEqual(group({ ...ISSUE, status: DONE }, { transition: UNSURE, generation: 2 }));
    const read: OwnIssue = { ...ISSUE, status: DONE };
    expect(followed(group(read), done, NOW)).toEqual(group(read, { transition: UNSURE, generation: 2 }));
  });

  test('that is done as the record has it', () => {
    const closed: OwnIssue = { ...ISSUE, lastApplied: 'closed', status: DONE };
    expect(followed(group(closed), { ...SEEN, status: DONE }, NOW)).toBeNull();
    expect(followed(group({ ...closed, status: NEW }), { ...SEEN, status: DONE }, NOW)).toEqual(group(closed));
  });

  test('while a transition is under way: that one tells its side', () => {
    const transition = { to: 'closed', owner: 'a', sentAt: 1, uncertain: false } as const;
    const done = { ...SEEN, status: DONE };
    expect(followed(group(ISSUE, { transition }), done, NOW)).toEqual(group({ ...ISSUE, status: DONE }, { transition }));
    expect(followed(group(GONE, { transition }), SEEN, NOW)).toEqual(group(ISSUE, { transition, generation: 2 }));
  });
});

test.each<readonly [string, OwnIssue, Partial<IssueNow>, boolean]>([
  ['nothing', ISSUE, {}, false],
  ['the key', ISSUE, { issue: { id: '1', key: 'SEC-2' } }, true],
  ['the project', ISSUE, { projectKey: 'OPS' }, true],
  ['the type', ISSUE, { issueType: 'Bug' }, true],
  ['the name of the status', ISSUE, { status: { ...NEW, name: 'Backlog' } }, true],
  ['the category of the status', ISSUE, { status: { ...NEW, category: 'indeterminate' } }, true],
  ['an unread status, which is new', { ...ISSUE, status: null }, {}, false],
  ['an unread status, which is not new', { ...ISSUE, status: null }, { status: DONE }, true],
])('the record differs by %s', (_, issue, seen, is) => {
  expect(differs(issue, { ...SEEN, ...seen })).toBe(is);
});
