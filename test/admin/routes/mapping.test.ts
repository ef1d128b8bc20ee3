import { describe, expect, test } from 'vitest';
import { STATES, toMapping, toMappingWithHistory } from '../../../src/admin/routes/mapping.ts';
import { MAPPING_STATES } from '../../../src/issues/mapping-state.ts';
import { ANALYZER_ARN } from '../../support/findings/finding-events.ts';
import { findingRecord } from '../../support/findings/finding-records.ts';

const issueUrl = (key: string) => `https://site.example/browse/${key}`;
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
    expect(toMapping(record, issueUrl)).toEqual({
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
      error: null,
      group: 'the group',
      firstSeenAt: '2026-03-02T03:22:40.000Z',
      updatedAt: '2026-03-02T04:00:00.123Z',
    });
  });

  test('shows the issue as it was last read from Jira', () => {
    const issue = { id: '10001', key: 'SEC-1', status: { name: 'In Arbeit', category: 'indeterminate' } } as const;
    const record = findingRecord(EVENT, { mapping: { state: 'open', because: 'already-open', projectKey: 'SEC', issue, error: null } });
    expect(toMapping(record, issueUrl).issue).toEqual({
      id: '10001',
      key: 'SEC-1',
      url: 'https://site.example/browse/SEC-1',
      status: 'In Arbeit',
      statusCategory: 'indeterminate',
    });
    const asCreated = { ...record, mapping: { ...record.mapping, issue: { ...issue, status: null } } };
    expect(toMapping(asCreated, issueUrl).issue).toMatchObject({ key: 'SEC-1', status: null, statusCategory: null });
  });

  test("shows why it failed, in Jira's words", () => {
    const error = { code: 'jira-forbidden', message: 'Jira does not let us create issues in SEC', words: 'No permission' };
    const record = findingRecord(EVENT, { mapping: { state: 'failed', because: 'backoff', projectKey: 'SEC', issue: null, error } });
    expect(toMapping(record, issueUrl)).toMatchObject({ state: 'failed', because: 'backoff', error });
  });

  test('has its history in the answer with a single mapping', () => {
    const calls = [{ operation: 'POST /issue', result: '201', requestId: '7a2f', tookMs: 120 }];
    const record = findingRecord(EVENT, {
      history: [
        { at: SEEN.firstSeenAt, what: 'accepted', because: 'new', issueKey: null },
        { at: SEEN.firstSeenAt, what: 'created', because: 'not-opened-yet', issueKey: 'SEC-1', calls },
      ],
    });
    expect(toMappingWithHistory(record, issueUrl)).toEqual({
      ...toMapping(record, issueUrl),
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
