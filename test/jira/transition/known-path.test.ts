import { expect, test } from 'vitest';
import { doc } from '../../../src/issues/text/adf.ts';
import type { IssueStatus, TransitionIntent } from '../../../src/issues/group-record.ts';
import { knownPath } from '../../../src/jira/transition/known-path.ts';
import { createWorkflowMap, type ScreenField, type Transition } from '../../../src/jira/transition/workflow-map.ts';
import { transitionTarget } from '../../support/jira/transition-target.ts';

const HERE: IssueStatus = { name: 'Here', category: 'indeterminate' };
const CAUSE: ScreenField = { id: 'customfield_7', name: 'Cause', required: true, isList: false, values: [] };

const to = (status: string, fields: readonly ScreenField[] = [], name = status): Transition => ({
  id: name,
  name,
  to: { name: status, category: status.startsWith('Not') || status === 'Backlog' ? 'new' : 'done' },
  hasScreen: true,
  isGlobal: false,
  fields,
});

/** The end of the path over the transitions of one status, or the code of its failure. */
function endOf(offered: readonly Transition[], side: TransitionIntent['to'] = 'closed', mayGiveUp = false): string | null {
  const map = createWorkflowMap(() => Promise.resolve(null));
  map.learn(HERE, offered);
  const target = transitionTarget(doc(), { from: HERE, mayGiveUp });
  const known = knownPath({ to: side, target }, map, { from: 'Here', visited: new Set(), hopsLeft: 5 });
  return 'hops' in known ? (known.hops.at(-1)?.name ?? null) : (known.failure?.code ?? null);
}

const MISSING = 'jira-field-required';

test.each<readonly [string, readonly Transition[], string | null]>([
  ['there is no path', [], null],
  ['the best one, where nothing is missing', [to("Won't Do"), to('Done')], 'Done'],
  ['the only one wants a field', [to('Done', [CAUSE])], MISSING],
  ['one that says as much instead', [to('Done', [CAUSE]), to('Closed')], 'Closed'],
  ['no status that says won’t instead', [to('Done', [CAUSE]), to("Won't Do", [], 'Drop')], MISSING],
  ['no transition that says won’t instead', [to('Done', [CAUSE]), to('Closed', [], 'Reject')], MISSING],
  ['one that says won’t for another that does', [to('Rejected', [CAUSE]), to("Won't Do")], "Won't Do"],
  ['one that says won’t, where there is nothing else', [to("Won't Do")], "Won't Do"],
])('closing: %s', (_, offered, end) => {
  expect(endOf(offered)).toBe(end);
});

test('an issue that was not fixed may be given up', () => {
  expect(endOf([to('Done', [CAUSE]), to("Won't Do")], 'closed', true)).toBe("Won't Do");
});

test('reopening: a name means nothing', () => {
  expect(endOf([to('Backlog', [CAUSE]), to('Not started')], 'open')).toBe('Not started');
});
