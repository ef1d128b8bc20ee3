import { expect, test } from 'vitest';
import type { IssueStatus } from '../../../src/issues/own-issue.ts';
import { refusedWhenClosed } from '../../../src/jira/transition/refused-when-closed.ts';
import { createWorkflowMap, type Transition } from '../../../src/jira/transition/workflow-map.ts';

const OPEN: IssueStatus = { name: 'To Do', category: 'new' };
const DONE: IssueStatus = { name: 'Done', category: 'done' };
const WONT: IssueStatus = { name: "Won't Do", category: 'done' };
const ODD: IssueStatus = { name: 'Odd', category: 'undefined' };
const CLOSE: Transition = { id: '31', name: 'Close', to: DONE, hasScreen: true, isGlobal: false, fields: [] };
const REOPEN: Transition = { ...CLOSE, id: '11', name: 'Reopen', to: OPEN };

type Read = readonly (readonly [IssueStatus, ...Transition[]])[];

test.each<readonly [string, readonly IssueStatus[], Read, boolean]>([
  ['one done status', [OPEN, DONE], [[OPEN, CLOSE]], true],
  ['one done status, read', [OPEN, DONE], [[DONE, REOPEN]], true],
  ['one done status, that offers it', [OPEN, DONE], [[DONE, CLOSE]], false],
  ['another one that was never read', [OPEN, DONE, WONT], [[OPEN, CLOSE]], false],
  ['another one, read', [OPEN, DONE, WONT], [[WONT, REOPEN]], true],
  ['another one, that offers it', [OPEN, DONE, WONT], [[WONT, REOPEN, CLOSE]], false],
  ['another one that is newer than the list', [OPEN, DONE], [[WONT, CLOSE]], false],
  ['one of an unknown category that was never read', [OPEN, DONE, ODD], [[OPEN, CLOSE]], false],
  ['one of an unknown category, read', [OPEN, DONE, ODD], [[ODD, REOPEN]], true],
  ['a list without the target status', [OPEN], [[OPEN, CLOSE]], false],
])('%s', (_, possible, read, expected) => {
  const map = createWorkflowMap(() => Promise.resolve(possible));
  for (const [status, ...offered] of read) map.learn(status, offered);
  expect(refusedWhenClosed(map, possible, CLOSE)).toBe(expected);
});

test('a global transition is refused nowhere', () => {
  expect(
    refusedWhenClosed(
      createWorkflowMap(() => Promise.resolve(null)),
      [OPEN, DONE],
      { ...CLOSE, isGlobal: true },
    ),
  ).toBe(false);
});
