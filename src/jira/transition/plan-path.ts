import type { IssueStatus } from '../../issues/own-issue.ts';
import type { Transition, WorkflowMap } from './workflow-map.ts';

/** No sensible workflow needs more hops to close an issue. */
export const MAX_HOPS = 5;

/** Hops in their order. `known`: the last one arrives. `to-explore`: the last one leads to a status whose transitions were never seen. */
export type Path =
  | { readonly path: 'known' | 'to-explore'; readonly hops: readonly [Transition, ...Transition[]] }
  | { readonly path: 'none' };

export interface PathOptions {
  readonly from: string;
  /** The rank of a transition that may be the last one, the lowest first; null: it may not be. */
  readonly endRank: (transition: Transition) => number | null;
  /** Statuses that the issue has had on this traversal: none of them is entered again. */
  readonly visited: ReadonlySet<string>;
  readonly hopsLeft: number;
  readonly mayTake: (transition: Transition) => boolean;
  /** True: where the map ends, the path may go on to read what is offered there. */
  readonly explore: boolean;
}

interface Position {
  readonly status: IssueStatus;
  readonly hops: readonly [Transition, ...Transition[]];
}

/**
 * A shortest path over the known part of a workflow, found breadth first. It never passes through a done status: the issue would count as
 * fixed in between, and its watchers would be notified. Pure.
 */
export function planPath(map: Pick<WorkflowMap, 'offered'>, options: PathOptions): Path {
  const { from, visited, hopsLeft, explore, endRank } = options;
  const seen = new Set([...visited, from]);
  const frontier: Position[] = [];
  let level = hopsLeft > 0 ? positionsAfter(map, from, null, options) : [];
  for (let depth = 1; level.length > 0; depth += 1) {
    const [arrived] = level.flatMap(({ hops }) => ranked(hops, endRank(hops.at(-1) ?? hops[0]))).toSorted((a, b) => a.rank - b.rank);
    if (arrived !== undefined) return { path: 'known', hops: arrived.hops };
    const next: Position[] = [];
    for (const position of level) {
      if (depth === hopsLeft || position.status.category === 'done' || seen.has(position.status.name)) continue;
      seen.add(position.status.name);
      if (map.offered(position.status.name) === undefined) frontier.push(position);
      else next.push(...positionsAfter(map, position.status.name, position.hops, options));
    }
    level = next;
  }
  const [nearest] = frontier.toSorted((a, b) => NEARNESS[a.status.category] - NEARNESS[b.status.category]);
  return explore && nearest !== undefined ? { path: 'to-explore', hops: nearest.hops } : { path: 'none' };
}

function positionsAfter(
  map: Pick<WorkflowMap, 'offered'>,
  from: string,
  hops: Position['hops'] | null,
  { mayTake, visited }: PathOptions,
): Position[] {
  return (map.offered(from) ?? [])
    .filter((transition) => mayTake(transition) && !visited.has(transition.to.name) && transition.to.name !== from)
    .map((transition) => ({ status: transition.to, hops: hops === null ? [transition] : [...hops, transition] }));
}

function ranked(hops: Position['hops'], rank: number | null): { readonly hops: Position['hops']; readonly rank: number }[] {
  return rank === null ? [] : [{ hops, rank }];
}

/** Where the map ends, work that is under way is nearer to done than work that has not begun. */
const NEARNESS: Readonly<Record<IssueStatus['category'], number>> = { indeterminate: 0, new: 1, undefined: 2, done: 3 };
