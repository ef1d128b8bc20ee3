import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { IssueStatus } from '../../../src/issues/own-issue.ts';
import { namedStatus } from '../../../src/jira/project/issue-status.ts';
import { isThere } from '../../../src/jira/transition/end-of.ts';
import { planTransition } from '../../../src/jira/transition/plan-transition.ts';
import { MAX_HOPS, planPath, type Path } from '../../../src/jira/transition/plan-path.ts';
import { createWorkflowMap, usableTransitions, type Transition, type WorkflowMap } from '../../../src/jira/transition/workflow-map.ts';
import type { WireTransition } from '../../../src/jira/http/wire.ts';
import { closeOnce, type Graph } from '../../support/jira/graph-jira.ts';

const to = (id: string, category: string, name = id, more: Partial<WireTransition> = {}): WireTransition => ({
  id,
  to: { name, statusCategory: { key: category } },
  ...more,
});
const HERE: IssueStatus = { name: 'Here', category: 'new' };

/** Plans one hop over the transitions of one status. */
function direct(side: 'closed' | 'open', offered: readonly WireTransition[]): Transition | null {
  const map = createWorkflowMap(() => Promise.resolve(null));
  map.learn(HERE, usableTransitions(offered));
  const statuses = offered.map((one) => namedStatus(one.to));
  const position = { from: 'Here', visited: new Set(['Here']), hopsLeft: 1, explore: false, offered };
  const plan = planTransition({ to: side, outcome: 'resolved', aim: null, statuses }, map, position);
  return 'hops' in plan ? plan.hops[0] : null;
}

describe('a direct transition', () => {
  test.each<readonly [string, 'closed' | 'open', readonly WireTransition[], string | null]>([
    ['nothing is offered', 'closed', [], null],
    ['none leads to done', 'closed', [to('1', 'new'), to('2', 'indeterminate')], null],
    ['the category decides, never the name', 'closed', [to('1', 'indeterminate', 'Done'), to('2', 'done', 'Somewhere')], '2'],
    ['a category that Jira adds later is not done', 'closed', [to('1', 'completed', 'Done'), to('2', 'undefined', 'Done')], null],
    ['none of equals', 'closed', [to('1', 'done', 'A'), to('2', 'done', 'B')], null],
    ['fixed comes before won’t do', 'closed', [to('1', 'done', 'Won’t do'), to('2', 'done', 'RESOLVED')], '2'],
    ['done comes before closed', 'closed', [to('1', 'done', 'Closed'), to('2', 'done', 'Done')], '2'],
    [
      'of two into one status, the one that does not say won’t',
      'closed',
      [to('1', 'done', 'Closed', { name: 'Reject' }), to('2', 'done', 'Closed', { name: 'Close' })],
      '2',
    ],
    ['an unavailable transition is left out', 'closed', [to('1', 'done', 'Done', { isAvailable: false }), to('2', 'done', 'Closed')], '2'],
    ['a looped transition is left out', 'closed', [to('1', 'done', 'Done', { isLooped: true }), to('2', 'done', 'Closed')], '2'],
    [
      'only such transitions are offered',
      'closed',
      [to('1', 'done', 'Done', { isAvailable: false }), to('2', 'done', 'Done', { isLooped: true })],
      null,
    ],
    ['a transition that is available and not looped', 'closed', [to('1', 'done', 'Done', { isAvailable: true, isLooped: false })], '1'],
    ['back to a new status', 'open', [to('1', 'indeterminate'), to('2', 'new'), to('3', 'done')], '2'],
    ['back to a status of work under way', 'open', [to('1', 'done'), to('2', 'indeterminate')], '2'],
    ['only done statuses are offered', 'open', [to('1', 'done')], null],
    ['an undefined category is not open', 'open', [to('1', 'undefined'), to('2', 'later')], null],
  ])('%s', (_, side, offered, id) => {
    expect(direct(side, offered)?.id ?? null).toBe(id);
  });

  test('screen, global and fields are kept as Jira gives them, and a field in a form of its own hides no other', () => {
    const fields = {
      resolution: { name: 'Resolution', required: true, hasDefaultValue: false, allowedValues: [{ id: '1', name: 'Done' }, 'odd', null] },
      customfield_1: {
        name: 'Cause',
        required: true,
        hasDefaultValue: true,
        schema: { type: 'array' },
        allowedValues: [{ id: '7', value: 'Policy' }],
      },
      customfield_2: 'an app of its own',
    };
    expect(direct('closed', [to('1', 'done', 'Done', { hasScreen: true, isGlobal: true, fields })])).toEqual({
      id: '1',
      name: '1',
      to: { name: 'Done', category: 'done' },
      hasScreen: true,
      isGlobal: true,
      fields: [
        { id: 'resolution', name: 'Resolution', required: true, isList: false, values: [{ id: '1', label: 'Done' }] },
        { id: 'customfield_1', name: 'Cause', required: false, isList: true, values: [{ id: '7', label: 'Policy' }] },
      ],
    });
    expect(direct('closed', [to('1', 'done')])).toMatchObject({ hasScreen: false, isGlobal: false, fields: [] });
  });
});

/** `Open>Doing Doing>Closed!`: from, to; `!` done, `~` indeterminate, `?` undefined, nothing: new. The first mention of a status counts. */
function mapOf(drawn: string, unknown: readonly string[] = []): WorkflowMap {
  const categories: Record<string, IssueStatus['category']> = { '!': 'done', '~': 'indeterminate', '?': 'undefined' };
  const statusOf = (word: string): IssueStatus => ({ name: word.replace(/[!~?]$/, ''), category: categories[word.at(-1) ?? ''] ?? 'new' });
  const offered = new Map<string, { status: IssueStatus; transitions: Transition[] }>();
  for (const arrow of drawn.split(' ')) {
    const [from, target] = arrow.split('>').map((word) => statusOf(word));
    if (from === undefined || target === undefined) throw new Error(`no arrow: ${arrow}`);
    const known = offered.get(from.name) ?? { status: from, transitions: [] };
    known.transitions.push({ id: arrow, name: arrow, to: target, hasScreen: false, isGlobal: false, fields: [] });
    offered.set(from.name, known);
  }
  const map = createWorkflowMap(() => Promise.resolve(null));
  for (const { status, transitions } of offered.values()) if (!unknown.includes(status.name)) map.learn(status, transitions);
  return map;
}

const hopsOf = (path: Path): string =>
  path.path === 'none' ? 'none' : `${path.path}: ${path.hops.map(({ to: { name } }) => name).join(' ')}`;

/** Every status of the other side may be the end, and Rejected is the last choice. */
const rankFor =
  (side: 'closed' | 'open') =>
  ({ to: end }: Transition): number | null => {
    if (!isThere(side, end)) return null;
    return end.name === 'Rejected' || end.category === 'indeterminate' ? 1 : 0;
  };

describe('several hops', () => {
  test.each<
    readonly [
      string,
      'closed' | 'open',
      string,
      Partial<{ unknown: string[]; visited: string[]; hopsLeft: number; explore: boolean; not: string }>,
      string,
    ]
  >([
    ['the strict workflow', 'closed', 'A>B~ B~>A B~>C~ C~>Z!', {}, 'known: B C Z'],
    ['the shortest one', 'closed', 'A>B B>C C>Z! A>D D>Z!', {}, 'known: D Z'],
    ['a direct one before a nicer name further on', 'closed', 'A>Rejected! A>B B>Done!', {}, 'known: Rejected'],
    ['the nicer name where both are as far', 'closed', 'A>B A>C B>Rejected! C>Done!', {}, 'known: C Done'],
    ['around a loop', 'closed', 'A>B B>A B>B A>A B>C C>B C>Z!', {}, 'known: B C Z'],
    ['five hops', 'closed', 'A>B B>C C>D D>E E>Z!', {}, 'known: B C D E Z'],
    ['six are too many', 'closed', 'A>B B>C C>D D>E E>F F>Z!', {}, 'none'],
    ['no more hops than are left', 'closed', 'A>B B>Z!', { hopsLeft: 1 }, 'none'],
    ['none are left', 'closed', 'A>Z!', { hopsLeft: 0 }, 'none'],
    ['not through a visited status', 'closed', 'A>B B>Z! A>C C>D D>Z!', { visited: ['B'] }, 'known: C D Z'],
    ['not over a transition that it may not take', 'closed', 'A>B B>Z! A>C C>D D>Z!', { not: 'B>Z!' }, 'known: C D Z'],
    ['nowhere', 'closed', 'A>B B>A', {}, 'none'],
    ['never through done when reopening', 'open', 'A!>Y! Y!>B A!>C? C?>B', {}, 'known: C B'],
    ['only through done when reopening', 'open', 'A!>Y! Y!>B', {}, 'none'],
    ['through a category that is neither', 'closed', 'A>B? B?>Z!', {}, 'known: B Z'],
    ['where the map ends, none without exploring', 'closed', 'A>B~ B~>Z!', { unknown: ['B'], explore: false }, 'none'],
    ['where the map ends, on to explore', 'closed', 'A>B~ B~>Z!', { unknown: ['B'] }, 'to-explore: B'],
    ['work under way before work not begun', 'closed', 'A>B A>C~ B>Z! C~>Z!', { unknown: ['B', 'C'] }, 'to-explore: C'],
    ['work not begun before a category that is neither', 'closed', 'A>B? A>C B?>Z! C>Z!', { unknown: ['B', 'C'] }, 'to-explore: C'],
    ['a known path before one that may be shorter', 'closed', 'A>B~ B~>Z! A>C C>D D>Y!', { unknown: ['B'] }, 'known: C D Y'],
    ['over the map to where it ends', 'closed', 'A>B B>A B>C C>Z!', { unknown: ['C'] }, 'to-explore: B C'],
    ['no exploring where no hop would be left', 'closed', 'A>B B>C C>Z!', { unknown: ['C'], hopsLeft: 2 }, 'none'],
    ['no exploring of a visited status', 'closed', 'A>B B>Z!', { unknown: ['B'], visited: ['B'] }, 'none'],
    ['no exploring of a done status when reopening', 'open', 'A!>Y! Y!>B', { unknown: ['Y'] }, 'none'],
  ])('%s', (_, side, drawn, { unknown, visited, hopsLeft, explore, not }, expected) => {
    const path = planPath(mapOf(drawn, unknown), {
      endRank: rankFor(side),
      from: 'A',
      visited: new Set(visited),
      hopsLeft: hopsLeft ?? MAX_HOPS,
      mayTake: ({ id }) => id !== not,
      explore: explore ?? true,
    });
    expect(hopsOf(path)).toBe(expected);
  });
});

const graphs = fc
  .integer({ min: 1, max: 7 })
  .chain((size) =>
    fc.record({
      categories: fc.array(fc.constantFrom('new', 'indeterminate', 'done'), { minLength: size, maxLength: size }),
      edges: fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 16 }),
    }),
  )
  .map(({ categories, edges }): Graph => ({ categories: ['new', ...categories.slice(1)], edges }));

/** Fewest hops from a status to a done one; an own count, by trying every path. */
function fewestHops({ categories, edges }: Graph, from: number, seen: readonly number[] = []): number {
  if (categories[from] === 'done') return 0;
  const next = edges.filter(([start, end]) => start === from && end !== from && !seen.includes(end)).map(([, end]) => end);
  return Math.min(Number.POSITIVE_INFINITY, ...next.map((end) => 1 + fewestHops({ categories, edges }, end, [...seen, from])));
}

describe('the traversal of any workflow', () => {
  test('never takes more than five hops, never enters a status twice, never passes through done', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, async (graph) => {
        const { outcome, trail } = await closeOnce(graph);
        expect(trail.length - 1).toBeLessThanOrEqual(MAX_HOPS);
        expect(new Set(trail).size).toBe(trail.length);
        expect(trail.slice(0, -1).filter((status) => graph.categories[status] === 'done')).toEqual([]);
        expect(outcome.outcome === 'transitioned').toBe(graph.categories[trail.at(-1) ?? 0] === 'done');
        expect(outcome.outcome === 'failed' ? outcome.failure.code : 'jira-no-transition').toBe('jira-no-transition');
      }),
      { numRuns: 300 },
    );
  });

  test('finds a shortest path of at most five hops where the workflow is known', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, async (graph) => {
        const { outcome, trail } = await closeOnce(graph, { known: true });
        const fewest = fewestHops(graph, 0);
        expect(outcome.outcome).toBe(fewest <= MAX_HOPS ? 'transitioned' : 'failed');
        expect(outcome.outcome === 'transitioned' ? trail.length - 1 : fewest).toBe(fewest);
      }),
      { numRuns: 300 },
    );
  });

  test('finds a path, traversal after traversal, in a workflow where every transition can be reversed', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, async ({ categories, edges }) => {
        const graph: Graph = {
          categories: categories.slice(0, 5),
          edges: edges
            .filter(([a, b]) => a < 5 && b < 5)
            .flatMap(
              ([a, b]) =>
                [
                  [a, b],
                  [b, a],
                ] as const,
            ),
        };
        const { outcome } = await closeOnce(graph, { walks: 5 });
        expect(outcome.outcome).toBe(fewestHops(graph, 0) < Number.POSITIVE_INFINITY ? 'transitioned' : 'failed');
      }),
      { numRuns: 300 },
    );
  });
});
