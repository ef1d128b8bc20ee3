import type { IssueStatus } from '../../issues/group-record.ts';
import type { MoveIntent } from '../../issues/group-record.ts';
import type { Transition, WorkflowMap } from './workflow-map.ts';

/** More hops than this are nobody's idea of closing an issue. */
export const MAX_HOPS = 5;

/** Hops to take one after the other. `known`: the last one arrives. `to-explore`: the last one leads to a status whose transitions were never seen. */
export type Way =
  | { readonly way: 'known' | 'to-explore'; readonly hops: readonly [Transition, ...Transition[]] }
  | { readonly way: 'none' };

export interface WayOptions {
  readonly to: MoveIntent['to'];
  readonly from: string;
  /** Statuses that the issue has been in on this way: none of them is entered again. */
  readonly visited: ReadonlySet<string>;
  readonly hopsLeft: number;
  readonly mayTake: (transition: Transition) => boolean;
  /** True: where the map ends, go and see. */
  readonly explore: boolean;
}

interface Place {
  readonly status: IssueStatus;
  readonly hops: readonly [Transition, ...Transition[]];
}

/**
 * The way over what is known of a workflow, breadth first, so that it is a shortest one. A done status is never passed through: the issue
 * would count as fixed on the way, and everybody would be told. Pure.
 */
export function planWay(map: Pick<WorkflowMap, 'offered'>, options: WayOptions): Way {
  const { to, from, visited, hopsLeft, explore } = options;
  const seen = new Set([...visited, from]);
  const frontier: Place[] = [];
  let level = hopsLeft > 0 ? placesAfter(map, from, null, options) : [];
  for (let depth = 1; level.length > 0; depth += 1) {
    const [arrived] = level.filter(({ status }) => isThere(to, status)).toSorted((a, b) => rank(to, a) - rank(to, b));
    if (arrived !== undefined) return { way: 'known', hops: arrived.hops };
    const next: Place[] = [];
    for (const place of level) {
      if (depth === hopsLeft || place.status.category === 'done' || seen.has(place.status.name)) continue;
      seen.add(place.status.name);
      if (map.offered(place.status.name) === undefined) frontier.push(place);
      else next.push(...placesAfter(map, place.status.name, place.hops, options));
    }
    level = next;
  }
  const [nearest] = frontier.toSorted((a, b) => NEARNESS[a.status.category] - NEARNESS[b.status.category]);
  return explore && nearest !== undefined ? { way: 'to-explore', hops: nearest.hops } : { way: 'none' };
}

function placesAfter(
  map: Pick<WorkflowMap, 'offered'>,
  from: string,
  hops: Place['hops'] | null,
  { mayTake, visited }: WayOptions,
): Place[] {
  return (map.offered(from) ?? [])
    .filter((transition) => mayTake(transition) && !visited.has(transition.to.name) && transition.to.name !== from)
    .map((transition) => ({ status: transition.to, hops: hops === null ? [transition] : [...hops, transition] }));
}

/** Whether a status is where the move should lead. A category that Jira adds later is neither side. */
export function isThere(to: MoveIntent['to'], { category }: IssueStatus): boolean {
  return to === 'closed' ? category === 'done' : category === 'new' || category === 'indeterminate';
}

/** Where the map ends, work that is under way is nearer to done than work that has not begun. */
const NEARNESS: Readonly<Record<IssueStatus['category'], number>> = { indeterminate: 0, new: 1, undefined: 2, done: 3 };

/** Among several done statuses, those that say "fixed" come before those that say "won't do". Names only break ties; the category decides. */
const FIXED_NAMES = ['done', 'closed', 'resolved', 'fixed', 'complete', 'completed'];

function rank(to: MoveIntent['to'], { status, hops }: Place): number {
  if (to === 'open') return status.category === 'new' ? 0 : 1;
  const index = FIXED_NAMES.indexOf(status.name.toLowerCase());
  const wont = givesUp(hops) ? FIXED_NAMES.length + 1 : 0;
  return (index === -1 ? FIXED_NAMES.length : index) + wont;
}

/** Whether a way ends in work that is given up instead of done. */
export function givesUp(hops: readonly Transition[]): boolean {
  return hops.slice(-1).some(({ name, to }) => saysWont(name) || saysWont(to.name));
}

/** Names that people give to work that is given up instead of done. */
export function saysWont(name: string): boolean {
  return /\b(?:won.?t|will not|not|cannot|can.?t|duplicate|reject(?:ed)?|declined?|cancel\w*|invalid|obsolete|abandon\w*|incomplete|deferred|unresolved)\b/i.test(
    name,
  );
}
