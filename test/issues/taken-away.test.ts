import { describe, expect, test } from 'vitest';
import { newGroup, type GroupRecord } from '../../src/issues/group-record.ts';
import type { OwnIssue } from '../../src/issues/own-issue.ts';
import { isTakenAway, withLink, withoutIssue } from '../../src/issues/taken-away.ts';

const ISSUE: OwnIssue = { id: '1', key: 'SEC-1', projectKey: 'SEC', issueType: 'Task', ruleId: null, lastApplied: 'open', status: null };
const FAILED: Partial<GroupRecord> = {
  issue: ISSUE,
  attempts: 3,
  failure: { code: 'jira-forbidden', message: '', words: null, retry: { when: 'seldom' }, at: 1 },
  transition: { to: 'closed', owner: 'a', sentAt: 1, uncertain: true },
};
const group = (more: Partial<GroupRecord> = {}): GroupRecord => ({ ...newGroup('f-x', ['a|1'], 0), ...more });

describe('an issue that an admin takes away', () => {
  test('leaves a group that waits for an admin, with nothing under way', () => {
    expect(withoutIssue(group(FAILED), '1')).toEqual(group({ issue: null, unlinked: true, takenAway: ['1'] }));
  });

  test('is remembered beside those before it', () => {
    const record = withoutIssue(group({ ...FAILED, takenAway: ['7'] }), '1');
    expect(record.takenAway).toEqual(['7', '1']);
    expect(['1', '7', '2'].map((id) => isTakenAway(record, id))).toEqual([true, true, false]);
  });

  test('no issue was taken from a new group', () => {
    expect(isTakenAway(group(), '1')).toBe(false);
  });
});

describe('an issue that an admin links', () => {
  test('ends what went before, and stays out of those that were taken away', () => {
    const before = group({ ...FAILED, issue: null, unlinked: true, takenAway: ['1', '7'] });
    expect(withLink(before, ISSUE)).toEqual(group({ issue: ISSUE, takenAway: ['7'] }));
  });

  test('the list of those that were taken away goes with the last of them', () => {
    expect(withLink(group({ unlinked: true, takenAway: ['1'] }), ISSUE)).toEqual(group({ issue: ISSUE }));
    expect(withLink(group(), ISSUE)).toEqual(group({ issue: ISSUE }));
  });
});
