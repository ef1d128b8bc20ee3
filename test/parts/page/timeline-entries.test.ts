import { expect, test } from 'vitest';
import { changedText, timelineEntries } from '../../../src/parts/page/assets/views/findings/timeline-entries.js';

const MAPPING = {
  group: 'finding:1',
  history: [
    { at: '2026-03-01T10:06:00.000Z', what: 'accepted', because: 'ACTIVE: new', issueKey: null },
    { at: '2026-03-01T10:07:00.000Z', what: 'created', because: 'not-opened-yet', issueKey: 'SEC-1' },
    { at: '2026-03-01T11:00:00.000Z', what: 'unlinked', because: 'by otto', issueKey: 'SEC-1' },
    { at: '2026-03-01T12:00:00.000Z', what: 'released', because: 'by rosa', issueKey: null },
  ],
};
const CHANGED = {
  principal: 'dev@example.com',
  role: 'Deploy',
  session: 'dev@example.com',
  person: true,
  action: 'PutBucketPolicy',
  at: '2026-03-01T10:02:00Z',
  by: 'terraform',
};
const act = (at: string, action: string, over: object = {}): object => ({
  at,
  actor: 'otto',
  action,
  target: 'finding-1',
  before: { group: 'finding:1', issueKey: 'SEC-1' },
  after: { group: 'finding:1', issueKey: null },
  requestId: `request at ${at}`,
  ...over,
});

test('a timeline has the change in AWS, the history, and what the audit alone knows, each act once', () => {
  const audit = [
    act('2026-03-01T11:00:00.000Z', 'mapping.unlinked'),
    act('2026-03-01T09:00:00.000Z', 'mapping.reconciled'),
    act('2026-03-01T13:00:00.000Z', 'failure.retried', { target: 'finding:1', before: { attempts: 3 }, after: { attempts: 0 } }),
    // Of a finding with the same id, of another analyzer; and of something else.
    act('2026-03-01T13:30:00.000Z', 'mapping.linked', { before: { group: 'finding:2' }, after: { group: 'finding:2' } }),
    act('2026-03-01T14:00:00.000Z', 'rules.saved'),
  ];
  const entries = timelineEntries(MAPPING, CHANGED, audit);
  expect(entries.map(({ what, because, issueKey, audit: known }) => [what, because, issueKey, known?.requestId ?? null])).toEqual([
    ['asked', 'by otto', 'SEC-1', 'request at 2026-03-01T09:00:00.000Z'],
    ['changed', 'dev@example.com, as Deploy, PutBucketPolicy, with Terraform', null, null],
    ['accepted', 'ACTIVE: new', null, null],
    ['created', 'not-opened-yet', 'SEC-1', null],
    ['unlinked', 'by otto', 'SEC-1', 'request at 2026-03-01T11:00:00.000Z'],
    ['released', 'by rosa', null, null],
    ['retried', 'by otto', null, 'request at 2026-03-01T13:00:00.000Z'],
  ]);
  expect(timelineEntries(MAPPING, null, [])).toEqual(MAPPING.history);
  expect(timelineEntries({ group: 'finding:1' }, null, [])).toEqual([]);
});

test.each([
  [{}, 'dev@example.com, as Deploy, PutBucketPolicy, with Terraform'],
  [{ role: null, session: null, by: 'unknown' }, 'dev@example.com, PutBucketPolicy'],
  [{ principal: 'Deploy', session: 'run-4711', by: 'cli' }, 'Deploy, session run-4711, PutBucketPolicy, with the AWS CLI'],
])('a change is told in one line: %j', (over, text) => {
  expect(changedText({ ...CHANGED, ...over })).toBe(text);
});
