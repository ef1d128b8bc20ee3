import { expect, test } from 'vitest';
import { closingComment, reopeningComment } from '../../src/issues/text/comments.ts';
import type { TransitionIntent } from '../../src/issues/group-record.ts';
import type { OwnIssue, PendingWork } from '../../src/issues/own-issue.ts';
import { pendingWorkAfter, withPendingWork } from '../../src/issues/pending-work.ts';

const ISSUE: OwnIssue = { id: '1', key: 'SEC-1', projectKey: 'SEC', issueType: 'Task', ruleId: null, lastApplied: 'open', status: null };
const COMMENT = closingComment('resolved');
const owed = (to: PendingWork['to'], comment = COMMENT): PendingWork => ({ to, comment, fields: {}, ifOurs: false });
const unsure = (to: TransitionIntent['to']): TransitionIntent => ({ to, owner: 'test', sentAt: 1, uncertain: true });
const IF_OURS: PendingWork = { to: 'closed', comment: COMMENT, fields: {}, ifOurs: true };
const EARLIER = owed('closed', closingComment('archived'));

test.each<
  readonly [string, 'transitioned' | 'already-there', PendingWork | null, PendingWork | null, TransitionIntent | null, PendingWork | null]
>([
  ['a transition that did everything', 'transitioned', null, null, null, null],
  ['a transition that left work', 'transitioned', null, owed('closed'), null, owed('closed')],
  ['a transition after another that left work', 'transitioned', owed('open', reopeningComment('active-again')), null, null, null],
  ['a second transition that did everything', 'transitioned', EARLIER, null, unsure('closed'), null],
  ['already there, by a person', 'already-there', null, null, null, null],
  ['already there, after a transition that may have happened', 'already-there', null, null, unsure('closed'), IF_OURS],
  ['already there, after a transition to the other side', 'already-there', null, null, unsure('open'), null],
  ['still there, with pending work', 'already-there', EARLIER, null, unsure('open'), EARLIER],
  ['still there, after several attempts', 'already-there', EARLIER, null, unsure('closed'), EARLIER],
  ['already there, with pending work of the other side', 'already-there', owed('open'), null, null, null],
])('%s', (_, outcome, pendingWork, left, before, after) => {
  expect(pendingWorkAfter(withPendingWork(ISSUE, pendingWork), before, { to: 'closed', outcome, left, comment: COMMENT })).toEqual(after);
});

test('an issue without pending work has no such field', () => {
  expect(withPendingWork({ ...ISSUE, pendingWork: owed('closed') }, null)).toEqual(ISSUE);
  expect(withPendingWork(ISSUE, owed('closed'))).toEqual({ ...ISSUE, pendingWork: owed('closed') });
});
