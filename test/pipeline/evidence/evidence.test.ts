import { describe, expect, test } from 'vitest';
import { decidedAt, isOfPeriod, revisionAt } from '../../../src/pipeline/evidence/evidence.ts';
import { issueTimes } from '../../../src/pipeline/evidence/issue-times.ts';
import { personsActs } from '../../../src/pipeline/evidence/persons-acts.ts';
import type { AuditRecord } from '../../../src/pipeline/records/admin-collections.ts';
import type { FindingRecord, HistoryEntry } from '../../../src/pipeline/records/finding-record.ts';
import { newGroup } from '../../../src/issues/group-record.ts';
import type { OwnIssue } from '../../../src/issues/own-issue.ts';
import { findingRecord } from '../../support/findings/finding-records.ts';

const history = (...entries: readonly [at: number, what: HistoryEntry['what'], because: string, issueKey?: string][]): HistoryEntry[] =>
  entries.map(([at, what, because, issueKey = null]) => ({ at, what, because, issueKey }));

describe('a finding of a period', () => {
  const PERIOD = { from: 100, to: 200 };
  test.each<[string, Partial<FindingRecord>, boolean, boolean]>([
    ['came within it', { firstSeenAt: 150, updatedAt: 150 }, true, true],
    ['came at its first moment and ended', { firstSeenAt: 100, updatedAt: 100 }, true, true],
    ['came at its end', { firstSeenAt: 200, updatedAt: 200 }, false, false],
    ['was active all the time', { firstSeenAt: 1, updatedAt: 1 }, false, true],
    ['ended before it', { firstSeenAt: 1, updatedAt: 99 }, true, false],
    ['ended within it', { firstSeenAt: 1, updatedAt: 100 }, true, true],
    ['ended after it', { firstSeenAt: 1, updatedAt: 300 }, true, true],
  ])('%s', (_what, times, isOver, belongs) => {
    const { mapping, ...record } = findingRecord();
    expect(isOfPeriod({ ...record, ...times, mapping: { ...mapping, state: 'closed' } }, isOver, PERIOD)).toBe(belongs);
  });

  test('one that has ended belongs to it as long as its issue is not closed', () => {
    const { mapping, ...rest } = findingRecord();
    const record = { ...rest, firstSeenAt: 1, updatedAt: 2 };
    const states = ['open', 'failed', 'pending', 'sending', 'uncertain', 'held', 'closed', 'ignored', 'observed', 'unlinked'] as const;
    const belongs = states.filter((state) => isOfPeriod({ ...record, mapping: { ...mapping, state } }, true, PERIOD));
    expect(belongs).toEqual(['open', 'failed', 'pending', 'sending', 'uncertain', 'held']);
  });
});

test('the revision of a decision is the one that was in force at that time', () => {
  const marks = [1, 2, 3].map((n) => ({ revision: n, savedAt: n * 10, savedBy: `by-${n}` }));
  expect([9, 10, 29, 99].map((at) => revisionAt(marks, at)?.revision ?? null)).toEqual([null, 1, 2, 3]);
  const record = (entries: HistoryEntry[]): FindingRecord => findingRecord({}, { history: entries });
  expect(
    decidedAt(record(history([1, 'accepted', 'ACTIVE: new'], [5, 'decided', 'revision 2: a'], [9, 'created', 'not-opened-yet']))),
  ).toBe(5);
  expect(decidedAt(record(history([9, 'shrunk', 'ended-long-ago'])))).toBeNull();
});

describe('what people did', () => {
  const entry = (at: number, actor: string, action: string, after: AuditRecord['after'] = null): AuditRecord => ({
    at,
    actor,
    action,
    path: '/api/v1/x',
    target: 'x',
    before: { issueKey: 'SEC-1' },
    after,
    requestId: `req-${at}`,
  });

  test('comes from the audit and the history, each act once, with names and requests', () => {
    const entries = history(
      [1, 'accepted', 'ACTIVE: new'],
      [2, 'linked', 'by otto', 'SEC-9'],
      [3, 'released', 'by by anna', 'SEC-9'],
      [4, 'asked', 'by otto', 'SEC-9'],
      [5, 'closed', 'closed-by-person', 'SEC-9'],
      [6, 'closed', 'resolved', 'SEC-9'],
      [7, 'deleted', 'issue-deleted', 'SEC-9'],
    );
    const audit = [
      entry(4, 'otto', 'failure.retried', { issueKey: 'SEC-9' }),
      entry(2, 'otto', 'mapping.linked', { issueKey: 'SEC-9' }),
      entry(0, 'anna', 'mapping.unlinked', { issueKey: null }),
      entry(8, 'anna', 'rules.saved'),
    ];
    expect(
      personsActs({ history: entries }, audit).map(({ at, action, by, issueKey, requestId }) => [at, action, by, issueKey, requestId]),
    ).toEqual([
      [0, 'unlinked', 'anna', 'SEC-1', 'req-0'],
      [2, 'linked', 'otto', 'SEC-9', 'req-2'],
      [3, 'released', 'by anna', 'SEC-9', null],
      [4, 'retried', 'otto', 'SEC-9', 'req-4'],
      [5, 'closed-in-jira', null, 'SEC-9', null],
      [7, 'deleted-in-jira', null, 'SEC-9', null],
    ]);
  });
});

describe('the times of an issue', () => {
  const shown = { id: '7', key: 'SEC-7', status: null };
  const own: OwnIssue = { id: '7', key: 'SEC-7', projectKey: 'SEC', issueType: 'Task', ruleId: null, lastApplied: 'closed', status: null };
  const times = (issue: OwnIssue | null, entries: readonly HistoryEntry[] = [], inRecord: typeof shown | null = shown) => {
    const { mapping, ...record } = findingRecord({}, { history: entries });
    const evidence = { record: { ...record, mapping: { ...mapping, issue: inRecord } }, group: { ...newGroup('g', [], 0), issue } };
    const { openedAt, closing } = issueTimes(evidence);
    return [openedAt, closing?.at ?? null, closing?.by ?? null, closing?.because ?? null, closing?.outcome ?? null];
  };
  const created = history([3, 'created', 'not-opened-yet', 'SEC-7'], [5, 'reopened', 'active-again', 'SEC-7']);

  test.each<[string, readonly unknown[], readonly unknown[]]>([
    ['open', times({ ...own, lastApplied: 'open', openedAt: 2 }), [2, null, null, null, null]],
    ['opened as the history says', times({ ...own, lastApplied: 'open' }, created), [3, null, null, null, null]],
    ['closed by us', times({ ...own, closedBecause: 'ended', transitionedAt: 8 }, created), [3, 8, 'service', 'ended', 'unmonitored']],
    [
      'closed by a person after a reopening of ours',
      times({ ...own, closedBecause: 'by-person', transitionedAt: 5 }, history([9, 'closed', 'closed-by-person'])),
      [null, 9, 'person', 'by-person', null],
    ],
    [
      'closed by a person, long ago',
      times({ ...own, closedBecause: 'by-person', transitionedAt: 5 }),
      [null, null, 'person', 'by-person', null],
    ],
    [
      'closed by a person, as the record says',
      times({ ...own, closedBecause: 'by-person', closedAt: 8, transitionedAt: 5 }),
      [null, 8, 'person', 'by-person', null],
    ],
    ['found closed', times(own), [null, null, null, null, null]],
    ['none', times(own, created, null), [null, null, null, null, null]],
    ['passed on: the group has another one by now', times({ ...own, id: '8' }, created), [3, null, null, null, null]],
  ])('%s', (_what, seen, expected) => {
    expect(seen).toEqual(expected);
  });
});
