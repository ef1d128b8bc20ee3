import { describe, expect, test } from 'vitest';
import { STATES, toMapping, toMappingWithHistory } from '../../../src/admin/routes/mapping.ts';
import { MAPPING_STATES } from '../../../src/issues/mapping-state.ts';
import { DAY_MS } from '../../../src/issues/due-date.ts';
import { ANALYZER_ARN } from '../../support/findings/finding-events.ts';
import { findingRecord } from '../../support/findings/finding-records.ts';

const NOW = Date.parse('2026-03-20T12:00:00Z');
const VIEW = { issueUrl: (key: string) => `https://site.example/browse/${key}`, now: NOW };
const EVENT = {
  detail: {
    id: 'one',
    resource: 'arn:aws:s3:::invoices-archive',
    resourceType: 'AWS::S3::Bucket',
    accountId: '222233334444',
    region: 'eu-central-1',
    isPublic: false,
  },
};
const SEEN = { firstSeenAt: Date.parse('2026-03-02T03:22:40Z'), updatedAt: Date.parse('2026-03-02T04:00:00.123Z') };

describe('a mapping', () => {
  test('shows a finding before its first pass', () => {
    const record = findingRecord(EVENT, {
      ...SEEN,
      group: 'the group',
      decision: { action: 'ignore', because: 'rule-ignores', ruleId: 'sandboxes' },
      mapping: { state: 'ignored', because: 'rule-ignores', projectKey: null, issue: null, error: null },
    });
    expect(toMapping(record, VIEW)).toEqual({
      findingId: 'one',
      analyzerArn: ANALYZER_ARN,
      findingStatus: 'ACTIVE',
      deleted: false,
      resource: 'arn:aws:s3:::invoices-archive',
      resourceType: 'AWS::S3::Bucket',
      accountId: '222233334444',
      region: 'eu-central-1',
      isPublic: false,
      severity: 'medium',
      ruleId: 'sandboxes',
      decision: 'ignore',
      because: 'rule-ignores',
      state: 'ignored',
      issue: null,
      dueDate: null,
      overdue: false,
      owner: null,
      age: null,
      error: null,
      group: 'the group',
      firstSeenAt: '2026-03-02T03:22:40.000Z',
      updatedAt: '2026-03-02T04:00:00.123Z',
    });
  });

  test('shows the issue as it was last read from Jira', () => {
    const issue = { id: '10001', key: 'SEC-1', status: { name: 'In Arbeit', category: 'indeterminate' } } as const;
    const record = findingRecord(EVENT, { mapping: { state: 'open', because: 'already-open', projectKey: 'SEC', issue, error: null } });
    expect(toMapping(record, VIEW).issue).toEqual({
      id: '10001',
      key: 'SEC-1',
      url: 'https://site.example/browse/SEC-1',
      status: 'In Arbeit',
      statusCategory: 'indeterminate',
    });
    const asCreated = { ...record, mapping: { ...record.mapping, issue: { ...issue, status: null } } };
    expect(toMapping(asCreated, VIEW).issue).toMatchObject({ key: 'SEC-1', status: null, statusCategory: null });
  });

  test.each([
    ['open', { openedAt: NOW - 3.9 * DAY_MS }, { date: '2026-03-20', passed: false }, { dueDate: '2026-03-20', overdue: false, age: 3 }],
    ['overdue', { openedAt: NOW - 30 * DAY_MS }, { date: '2026-03-19', passed: true }, { dueDate: '2026-03-19', overdue: true, age: 30 }],
    ['open without a due date', { openedAt: NOW }, undefined, { dueDate: null, overdue: false, age: 0 }],
    ['closed', { openedAt: NOW - 30 * DAY_MS, closedAt: NOW - 10 * DAY_MS }, undefined, { dueDate: null, overdue: false, age: 20 }],
    ['closed at an unknown time', { openedAt: NOW - 30 * DAY_MS, closedAt: null }, undefined, { dueDate: null, overdue: false, age: null }],
    ['read back', {}, undefined, { dueDate: null, overdue: false, age: null }],
  ])('says how old its issue is, and whether it is overdue: %s', (_case, times, due, shown) => {
    const issue = { id: '10001', key: 'SEC-1', status: null, ...times };
    const mapping = { state: 'open', because: 'already-open', projectKey: 'SEC', issue, error: null } as const;
    expect(toMapping(findingRecord(EVENT, { mapping: due === undefined ? mapping : { ...mapping, due } }), VIEW)).toMatchObject(shown);
  });

  test("shows why it failed, in Jira's words", () => {
    const error = { code: 'jira-forbidden', message: 'Jira does not let us create issues in SEC', words: 'No permission' };
    const record = findingRecord(EVENT, { mapping: { state: 'failed', because: 'backoff', projectKey: 'SEC', issue: null, error } });
    expect(toMapping(record, VIEW)).toMatchObject({ state: 'failed', because: 'backoff', error });
  });

  test('has its history in the answer with a single mapping', () => {
    const calls = [{ operation: 'POST /issue', result: '201', requestId: '7a2f', tookMs: 120 }];
    const record = findingRecord(EVENT, {
      history: [
        { at: SEEN.firstSeenAt, what: 'accepted', because: 'new', issueKey: null },
        { at: SEEN.firstSeenAt, what: 'created', because: 'not-opened-yet', issueKey: 'SEC-1', calls },
      ],
    });
    expect(toMappingWithHistory(record, VIEW)).toEqual({
      ...toMapping(record, VIEW),
      history: [
        { at: '2026-03-02T03:22:40.000Z', what: 'accepted', because: 'new', issueKey: null },
        { at: '2026-03-02T03:22:40.000Z', what: 'created', because: 'not-opened-yet', issueKey: 'SEC-1', calls },
      ],
    });
  });

  test('can be in every state of the records', () => {
    expect(STATES).toEqual(expect.arrayContaining([...MAPPING_STATES]));
  });
});
