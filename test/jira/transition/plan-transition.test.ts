import { expect, test } from 'vitest';
import type { IssueStatus } from '../../../src/issues/own-issue.ts';
import type { NamedStatus } from '../../../src/jira/project/issue-status.ts';
import type { EndPolicy } from '../../../src/jira/transition/end-of.ts';
import { planTransition } from '../../../src/jira/transition/plan-transition.ts';
import { createWorkflowMap, type ScreenField, type Transition } from '../../../src/jira/transition/workflow-map.ts';

const HERE: IssueStatus = { name: 'Here', category: 'indeterminate' };
const CAUSE: ScreenField = { id: 'customfield_7', name: 'Cause', required: true, isList: false, values: [] };
const OPEN = ['Backlog', 'Not started', 'Doing'];

const to = (status: string, fields: readonly ScreenField[] = [], name = status): Transition => ({
  id: `id of ${name}`,
  name,
  to: { name: status, category: OPEN.includes(status) ? 'new' : 'done', id: `id of ${status}` },
  hasScreen: true,
  isGlobal: false,
  fields,
});

/** The transition that ends the path over the transitions of one status, or the code of the failure and whether it lists these words. */
function endOf(offered: readonly Transition[], policy: Partial<EndPolicy> = {}, further: readonly NamedStatus[] = []): string {
  const map = createWorkflowMap(() => Promise.resolve(null));
  map.learn(HERE, offered);
  const unique = [...new Map([...offered.map((one) => one.to), ...further].map((status) => [status.name, status])).values()];
  const position = { from: 'Here', visited: new Set<string>(), hopsLeft: 5, explore: true, offered: [] };
  const plan = planTransition({ to: 'closed', outcome: 'resolved', aim: null, statuses: unique, ...policy }, map, position);
  if ('failure' in plan) return plan.failure.code;
  return `${plan.arrives ? '' : 'explores '}${plan.hops.at(-1)?.name}`;
}

const MISSING = 'jira-field-required';
const [UNDECIDED, NO_PATH, NOT_THERE] = ['jira-close-undecided', 'jira-no-transition', 'jira-not-offered'];
const DONE: NamedStatus = { name: 'Done', category: 'done' };
const ZETA: NamedStatus = { name: 'Zeta', category: 'done' };

test.each<readonly [string, readonly Transition[], string]>([
  ['there is no path', [], NO_PATH],
  ['the best one, where nothing is missing', [to("Won't Do"), to('Done')], 'Done'],
  ['the only one wants a field', [to('Done', [CAUSE])], MISSING],
  ['one that says as much instead', [to('Done', [CAUSE]), to('Closed')], 'Closed'],
  ['no status that says won’t instead', [to('Done', [CAUSE]), to("Won't Do", [], 'Drop')], MISSING],
  ['no transition that says won’t instead', [to('Done', [CAUSE]), to('Closed', [], 'Reject')], MISSING],
  ['never one that says won’t, where there is nothing else', [to("Won't Do")], UNDECIDED],
  ['never one that says won’t for another', [to('Rejected', [CAUSE]), to("Won't Do")], UNDECIDED],
  ['a transition that says fixed, to a status that says nothing', [to('Zeta'), to('Omega', [], 'Mark as fixed')], 'Mark as fixed'],
  ['never a transition that says won’t, to a status that says done', [to('Done', [], 'Reject')], UNDECIDED],
  ['the only done status', [to('Shipped')], 'Shipped'],
  ['by the transition that does not say won’t', [to('Shipped', [], 'Reject'), to('Shipped', [], 'Send')], 'Send'],
])('closing as fixed: %s', (_, offered, end) => {
  expect(endOf(offered)).toBe(end);
});

test.each<readonly [string, EndPolicy['outcome'], readonly string[], string]>([
  ['an accepted risk', 'archived', ['Done', 'Risk Accepted', "Won't Do"], 'Risk Accepted'],
  ['won’t do, where there is no such thing', 'archived', ['Done', "Won't Do", 'Duplicate'], "Won't Do"],
  ['done, where nothing says more', 'archived', ['Done', 'Duplicate'], 'Done'],
  ['never a repair, where there are others', 'archived', ['Remediated', 'Duplicate'], UNDECIDED],
  ['the only status, whatever it says', 'archived', ['Remediated'], 'Remediated'],
  ['never an accepted risk', 'unmonitored', ['Risk Accepted', 'Closed'], 'Closed'],
  ['nothing that fits', 'unmonitored', ['Risk Accepted', 'Remediated'], UNDECIDED],
  ['work that is not done, where nothing is plainer', 'unmonitored', ['Risk Accepted', "Won't Do", 'Remediated'], "Won't Do"],
  ['a duplicate', 'duplicate', ['Done', "Won't Do", 'Duplicate'], 'Duplicate'],
  ['a duplicate where no status says so', 'duplicate', ['Done', "Won't Do"], 'Done'],
])('closing without a fix: %s', (_, outcome, statuses, end) => {
  expect(
    endOf(
      statuses.map((status) => to(status)),
      { outcome },
    ),
  ).toBe(end);
});

test.each<readonly [string, readonly Transition[], EndPolicy['aim'], string]>([
  ['a status by its name, whatever it says', [to('Done'), to('Rejected')], { status: 'rejected' }, 'Rejected'],
  ['a status by its id', [to('Done'), to('Zeta')], { status: 'id of Zeta' }, 'Zeta'],
  ['a status that is not there', [to('Done')], { status: 'Closed' }, NOT_THERE],
  ['a transition by its name', [to('Done', [], 'One'), to('Done', [], 'Other')], { transition: 'other' }, 'Other'],
  ['a transition by its id', [to('Done', [], 'One'), to('Done', [], 'Other')], { transition: 'id of Other' }, 'Other'],
  ['a transition that is not there', [to('Done')], { transition: 'Close' }, NO_PATH],
  ['a transition that leads elsewhere', [to('Done', [], 'One'), to('Zeta', [], 'Other')], { status: 'Done', transition: 'Other' }, NO_PATH],
  ['no other one, where its field has no value', [to('Zeta', [CAUSE]), to('Done')], { status: 'Zeta' }, MISSING],
])('the rule names %s', (_, offered, aim, end) => {
  expect(endOf(offered, { aim })).toBe(end);
});

test.each<readonly [string, readonly Transition[], readonly NamedStatus[], EndPolicy['aim'], string]>([
  ['where a better status exists', [to('Rejected'), to('Doing')], [DONE], null, 'explores Doing'],
  ['where a status that says nothing was not seen yet', [to('Rejected'), to('Doing')], [ZETA], null, 'explores Doing'],
  ['not where nothing could decide', [to('Zeta'), to('Omega'), to('Doing')], [], null, UNDECIDED],
  ['to a status of the rule', [to('Done'), to('Doing')], [ZETA], { status: 'Zeta' }, 'explores Doing'],
  ['not to a status that is not there', [to('Done'), to('Doing')], [], { status: 'Zeta' }, NOT_THERE],
  ['to a transition of the rule', [to('Done'), to('Doing')], [], { transition: 'Accept' }, 'explores Doing'],
])('moving on to see more: %s', (_, offered, further, aim, end) => {
  expect(endOf(offered, { aim }, further)).toBe(end);
});

test('a path that is missing is no question of words', () => {
  const plan = (further: readonly NamedStatus[]): string => endOf([to('Rejected')], {}, further);
  expect([plan([DONE]), plan([ZETA])]).toEqual([NO_PATH, UNDECIDED]);
});

test('the untranslated name, which only the list of statuses has, counts as well', () => {
  const translated = (name: string, untranslatedName: string): NamedStatus => ({
    id: `id of ${name}`,
    name,
    untranslatedName,
    category: 'done',
  });
  const statuses = [translated('Xyz', 'Rejected'), translated('Zyx', 'Done')];
  const offered = [to('Xyz'), to('Zyx')];
  expect(endOf(offered, { statuses })).toBe('Zyx');
  expect(endOf(offered, { statuses, aim: { status: 'rejected' } })).toBe('Xyz');
  expect(endOf([to('Fertig')], { statuses: [translated('Fertig', 'Rejected')] })).toBe(UNDECIDED);
});

test('reopening: a name means nothing, unless the rule names it', () => {
  const offered = [to('Backlog', [CAUSE]), to('Not started'), to('Doing')];
  expect(endOf(offered, { to: 'open' })).toBe('Not started');
  expect(endOf(offered, { to: 'open', aim: { status: 'Doing' } })).toBe('Doing');
  expect(endOf(offered, { to: 'open', aim: { transition: 'Backlog', fields: { customfield_7: 'x' } } })).toBe('Backlog');
  expect(endOf([to('Backlog', [CAUSE])], { to: 'open' })).toBe(MISSING);
});
