import { doc } from '../../../src/issues/text/adf.ts';
import type { IssueStatus } from '../../../src/issues/own-issue.ts';
import type { Answer } from '../../../src/jira/http/answer.ts';
import type { JiraCalls } from '../../../src/jira/rate/jira-calls.ts';
import { transitionCall } from '../../../src/jira/transition/transition-call.ts';
import { createOwnAccount } from '../../../src/jira/project/own-account.ts';
import { createRateGovernor } from '../../../src/jira/rate/rate-governor.ts';
import { createWorkflowMaps, usableTransitions } from '../../../src/jira/transition/workflow-map.ts';
import { namedStatus } from '../../../src/jira/project/issue-status.ts';
import type { WireStatus, WireTransition } from '../../../src/jira/http/wire.ts';
import type { TransitionOutcome } from '../../../src/pipeline/ports/tracker-transition.ts';
import { systemClock } from './scripted-jira.ts';
import { transitionTarget } from './transition-target.ts';

/** A workflow without names: statuses are numbers, an issue starts in 0. Every done status is one for a fix. */
export interface Graph {
  readonly categories: readonly IssueStatus['category'][];
  readonly edges: readonly (readonly [from: number, to: number])[];
}

const TRANSITIONED: Answer = { kind: 'http', status: 204, headers: {}, json: undefined };

/** Closes one issue in such a workflow, without a network. `known`: the whole workflow was seen before. @returns every status that it was in, in order */
export async function closeOnce(
  graph: Graph,
  { known = false, walks = 1 } = {},
): Promise<{ readonly outcome: TransitionOutcome; readonly trail: readonly number[] }> {
  const trail = [0];
  const nameOf = (index: number): string => (graph.categories[index] === 'done' ? `Done ${index}` : `S${index}`);
  const statusOf = (index: number): WireStatus => ({
    name: nameOf(index),
    statusCategory: { key: graph.categories[index] ?? 'undefined' },
  });
  const offered = (from: number): WireTransition[] =>
    graph.edges.flatMap(([start, end], id) => (start === from ? [{ id: String(id), to: statusOf(end), isLooped: start === end }] : []));
  const answer = (method: string, url: string, body: unknown): Answer => {
    const at = trail.at(-1) ?? 0;
    if (method === 'GET')
      return {
        kind: 'http',
        status: 200,
        headers: {},
        json: { id: '1', key: 'SEC-1', fields: { status: statusOf(at), resolution: null }, transitions: offered(at) },
      };
    if (!url.endsWith('/transitions')) return { kind: 'http', status: 201, headers: {}, json: {} };
    const edge = graph.edges[Number(JSON.parse(JSON.stringify(body)).transition.id)];
    if (edge === undefined || edge[0] !== at)
      return { kind: 'http', status: 400, headers: {}, json: { errorMessages: ['not valid for this issue'], errors: {} } };
    trail.push(edge[1]);
    return TRANSITIONED;
  };
  const calls: JiraCalls = {
    clock: systemClock,
    governor: {
      ...createRateGovernor({
        requestsPerSecond: 1,
        maxInFlight: 1,
        lease: null,
        clock: systemClock,
        random: () => 0.5,
        onDenied: () => undefined,
        onWaited: () => undefined,
      }),
      another: () => Promise.resolve(),
    },
    async ask(call) {
      let heard: Answer = TRANSITIONED;
      const sent = call({
        sendRequest: ({ method, url, body }) => {
          heard = answer(method ?? 'GET', url, body);
          return Promise.reject(new Error('answered'));
        },
      });
      await sent.catch(() => undefined);
      return heard;
    },
  };
  const maps = createWorkflowMaps(() => Promise.resolve(graph.categories.map((_, index) => namedStatus(statusOf(index)))));
  for (const index of known ? graph.categories.keys() : []) {
    maps('SEC', 'Task').learn({ name: nameOf(index), category: graph.categories[index] ?? 'undefined' }, usableTransitions(offered(index)));
  }
  const target = transitionTarget(doc(), { readFirst: true });
  const account = createOwnAccount(calls);
  let outcome = await transitionCall(calls, account, maps, 'closed', { id: '1', key: 'SEC-1' }, target);
  for (let traversal = 1; traversal < walks && outcome.outcome === 'failed'; traversal += 1)
    outcome = await transitionCall(calls, account, maps, 'closed', { id: '1', key: 'SEC-1' }, target);
  return { outcome, trail };
}
