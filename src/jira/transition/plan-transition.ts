import type { Failure } from '../../issues/failure.ts';
import { answersTo, type NamedStatus } from '../project/issue-status.ts';
import { endOf, fitOf, isThere, namesWay, sideOf, type EndPolicy } from './end-of.ts';
import { fillScreen } from './fill-screen.ts';
import { planPath, type Path, type PathOptions } from './plan-path.ts';
import { closeUndecided, noSuchStatus, noTransition } from './transition-failures.ts';
import type { Transition, WorkflowMap } from './workflow-map.ts';

type Hops = (Path & { readonly path: 'known' | 'to-explore' })['hops'];

/** Where the issue is, and how far the path may go. */
export interface Position extends Pick<PathOptions, 'from' | 'visited' | 'hopsLeft' | 'explore'> {
  /** The transitions of its status as Jira gave them, which may be odd. */
  readonly offered: readonly unknown[];
}

/** The hops to take, or why there is none to take. `arrives`: the last one ends where the policy allows. */
export type Plan = { readonly hops: Hops; readonly arrives: boolean } | { readonly failure: Failure };

/**
 * The best path over the known part of a workflow to an end that the policy allows, else one to where the map ends. Nothing is guessed: where
 * no end is allowed although there are some, the failure lists them. A path whose screens ask for what no value is known of gives way to
 * another that is allowed. Pure.
 */
export function planTransition(policy: EndPolicy, map: Pick<WorkflowMap, 'offered'>, position: Position): Plan {
  const path = { ...position, explore: false, endRank: (transition: Transition) => endOf(transition, policy)?.rank ?? null };
  const mayTake = (transition: Transition): boolean => missingField(policy, [transition]) === null;
  const best = planPath(map, { ...path, mayTake: () => true });
  if (best.path !== 'none') {
    const failure = missingField(policy, best.hops);
    if (failure === null) return { hops: best.hops, arrives: true };
    const other = planPath(map, { ...path, mayTake });
    return other.path === 'none' ? { failure } : { hops: other.hops, arrives: true };
  }
  const ends = endsInReach(map, policy, position);
  const further =
    position.explore && mayLeadFurther(policy, ends) ? planPath(map, { ...path, explore: true, mayTake }) : ({ path: 'none' } as const);
  return further.path === 'none' ? { failure: whyNone(policy, ends, position) } : { hops: further.hops, arrives: false };
}

function missingField(policy: EndPolicy, hops: readonly Transition[]): Failure | null {
  for (const transition of hops) {
    const filled = fillScreen(transition, { ...policy, isLast: endOf(transition, policy) !== null });
    if (!filled.ok) return filled.failure;
  }
  return null;
}

/** All transitions to the other side that are known from here on, allowed or not. */
function endsInReach(map: Pick<WorkflowMap, 'offered'>, { to }: EndPolicy, { from, visited, hopsLeft }: Position): readonly Transition[] {
  const seen = new Set([...visited, from]);
  const ends: Transition[] = [];
  let level = [from];
  for (let depth = 1; depth <= hopsLeft && level.length > 0; depth += 1) {
    const next: string[] = [];
    for (const transition of level.flatMap((status) => map.offered(status) ?? [])) {
      if (isThere(to, transition.to)) ends.push(transition);
      if (transition.to.category === 'done' || seen.has(transition.to.name)) continue;
      seen.add(transition.to.name);
      next.push(transition.to.name);
    }
    level = next;
  }
  return ends;
}

/** Whether the unknown part of the workflow may have an end that is allowed: no issue is moved just to find that nothing decides. */
function mayLeadFurther(policy: EndPolicy, ends: readonly Transition[]): boolean {
  const { to, aim } = policy;
  const side = sideOf(policy);
  if (side === null) return true;
  if (namesWay(aim)) return aim.status === undefined || side.some((status) => answersTo(status, aim.status ?? ''));
  if (to === 'open' || side.some((status) => endOf({ name: null, to: status }, policy) !== null)) return true;
  const isUnknown = (status: NamedStatus, name: string | null): boolean => fitOf({ name, to: status }, policy).fit === 'unknown';
  return side.some((status) => isUnknown(status, null)) && !ends.some(({ name, to: status }) => isUnknown(status, name));
}

function whyNone(policy: EndPolicy, ends: readonly Transition[], { from, offered }: Position): Failure {
  const { to, aim, outcome } = policy;
  const side = sideOf(policy);
  if (side !== null && aim?.status !== undefined && !side.some((status) => answersTo(status, aim.status ?? '')))
    return noSuchStatus(to, aim.status, side);
  if (to === 'open' || namesWay(aim) || ends.length === 0) return noTransition(policy, from, offered);
  const unseen = (side ?? []).filter((status) => ends.every((end) => end.to.name !== status.name));
  const isElsewhere = unseen.some((status) => endOf({ name: null, to: status }, policy) !== null);
  return isElsewhere ? noTransition(policy, from, offered) : closeUndecided.status(ends, side ?? [], outcome);
}
