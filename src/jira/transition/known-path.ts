import type { Failure } from '../../issues/failure.ts';
import { fillScreen, type HopPurpose } from './fill-screen.ts';
import { givesUp, isThere, planPath, type Path, type PathOptions } from './plan-path.ts';
import type { Traversal } from './traversal.ts';
import type { Transition, WorkflowMap } from './workflow-map.ts';

type Hops = (Path & { readonly path: 'known' | 'to-explore' })['hops'];

/** The part of a traversal that planning needs. */
type Aim = Pick<Traversal, 'to' | 'target'>;

/**
 * The best path over the known part of a workflow. A failure: every path asks for a field without a value, or the only other one ends in
 * "won't do" although the work was done. `failure: null`: there is no path.
 */
export function knownPath(
  aim: Aim,
  map: WorkflowMap,
  options: Omit<PathOptions, 'to' | 'mayTake' | 'explore'>,
): { readonly hops: Hops } | { readonly failure: Failure | null } {
  const best = planPath(map, { ...options, to: aim.to, mayTake: () => true, explore: false });
  if (best.path === 'none') return { failure: null };
  const failure = missingField(aim, best.hops);
  if (failure === null) return { hops: best.hops };
  const other = planPath(map, { ...options, to: aim.to, mayTake: (transition) => isFillable(aim, transition), explore: false });
  const isWorse = aim.to === 'closed' && !aim.target.mayGiveUp && other.path !== 'none' && givesUp(other.hops) && !givesUp(best.hops);
  return other.path === 'none' || isWorse ? { failure } : { hops: other.hops };
}

export function isFillable(aim: Aim, transition: Transition): boolean {
  return missingField(aim, [transition]) === null;
}

export function purposeOf({ to, target }: Aim, transition: Transition): HopPurpose {
  return { to, isLast: isThere(to, transition.to), closing: target.closing };
}

function missingField(aim: Aim, hops: readonly Transition[]): Failure | null {
  for (const transition of hops) {
    const filled = fillScreen(transition, purposeOf(aim, transition));
    if (!filled.ok) return filled.failure;
  }
  return null;
}
