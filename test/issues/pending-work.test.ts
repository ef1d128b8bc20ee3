import { expect, test } from 'vitest';
import { closingComment, reopeningComment } from '../../src/issues/text/comments.ts';
import type { TransitionIntent, OwnIssue } from '../../src/issues/group-record.ts';
import { pendingWorkAfter, withPendingWork } from '../../src/issues/pending-work.ts';
import type { PendingWork } from '../../src/issues/step.ts';

const ISSUE: OwnIssue = { id: '1', key: 'SEC-1', projectKey: 'SEC', issueType: 'Task', ruleId: null, lastApplied: 'open', status: null };
const COMMENT = closingComment('resolved');
const owed = (to: PendingWork['to'], comment = COMMENT): PendingWork => ({ to, comment, fields: {}, ifOurs: false });
const unsure = (to: TransitionIntent['to']): TransitionIntent => ({ to, owner: 'test', sentAt: 1, uncertain: true });
const IF_OURS: PendingWork = { to: 'closed', comment: COMMENT, fields: {}, ifOurs: true };
const EARLIER = owed('closed', closingComment('archived'));

test.each<
  readonly [string, 'transitioned' | 'already-there', PendingWork | null, PendingWork | null, TransitionIntent | null, PendingWork | null]
>([
  ['a move that did it all', 'transitioned', null, null, null, null],
  ['a move that left something', 'transitioned', null, owed('closed'), null, owed('closed')],
  ['a move after another that left something', 'transitioned', owed('open', reopeningComment('active-again')), null, null, null],
  ['a second move that did it all', 'transitioned', EARLIER, null, unsure('closed'), null],
  ['there already, by somebody', 'already-there', null, null, null, null],
  ['there already, after a move that may have happened', 'already-there', null, null, unsure('closed'), IF_OURS],
  ['there already, after one to the other side', 'already-there', null, null, unsure('open'), null],
  ['there still, and something owed since', 'already-there', EARLIER, null, unsure('open'), EARLIER],
  ['there still, after several tries', 'already-there', EARLIER, null, unsure('closed'), EARLIER],
  ['there already, and something owed by the other side', 'already-there', owed('open'), null, null, null],
])('%s', (_, outcome, pendingWork, left, before, after) => {
  expect(pendingWorkAfter(withPendingWork(ISSUE, pendingWork), before, { to: 'closed', outcome, left, comment: COMMENT })).toEqual(after);
});

test('an issue that is owed nothing says nothing of it', () => {
  expect(withPendingWork({ ...ISSUE, pendingWork: owed('closed') }, null)).toEqual(ISSUE);
  expect(withPendingWork(ISSUE, owed('closed'))).toEqual({ ...ISSUE, pendingWork: owed('closed') });
});
