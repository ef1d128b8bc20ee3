import { expect, test } from 'vitest';
import { closingComment, reopeningComment } from '../../src/issues/text/comments.ts';
import type { MoveIntent, OwnIssue } from '../../src/issues/group-record.ts';
import type { Owed } from '../../src/issues/owed.ts';
import { owedAfter, owing } from '../../src/issues/owed-after.ts';

const ISSUE: OwnIssue = { id: '1', key: 'SEC-1', projectKey: 'SEC', issueType: 'Task', ruleId: null, stand: 'open', status: null };
const COMMENT = closingComment('resolved');
const owed = (to: Owed['to'], comment = COMMENT): Owed => ({ to, comment, fields: {}, ifOurs: false });
const unsure = (to: MoveIntent['to']): MoveIntent => ({ to, owner: 'test', sentAt: 1, uncertain: true });
const IF_OURS: Owed = { to: 'closed', comment: COMMENT, fields: {}, ifOurs: true };
const EARLIER = owed('closed', closingComment('archived'));

test.each<readonly [string, 'moved' | 'already-there', Owed | null, Owed | null, MoveIntent | null, Owed | null]>([
  ['a move that did it all', 'moved', null, null, null, null],
  ['a move that left something', 'moved', null, owed('closed'), null, owed('closed')],
  ['a move after another that left something', 'moved', owed('open', reopeningComment('active-again')), null, null, null],
  ['a second move that did it all', 'moved', EARLIER, null, unsure('closed'), null],
  ['there already, by somebody', 'already-there', null, null, null, null],
  ['there already, after a move that may have happened', 'already-there', null, null, unsure('closed'), IF_OURS],
  ['there already, after one to the other side', 'already-there', null, null, unsure('open'), null],
  ['there still, and something owed since', 'already-there', EARLIER, null, unsure('open'), EARLIER],
  ['there still, after several tries', 'already-there', EARLIER, null, unsure('closed'), EARLIER],
  ['there already, and something owed by the other side', 'already-there', owed('open'), null, null, null],
])('%s', (_, outcome, owes, left, before, after) => {
  expect(owedAfter(owing(ISSUE, owes), before, { to: 'closed', outcome, left, comment: COMMENT })).toEqual(after);
});

test('an issue that is owed nothing says nothing of it', () => {
  expect(owing({ ...ISSUE, owes: owed('closed') }, null)).toEqual(ISSUE);
  expect(owing(ISSUE, owed('closed'))).toEqual({ ...ISSUE, owes: owed('closed') });
});
