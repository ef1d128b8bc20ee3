import type { Finding } from '../../findings/finding.ts';
import type { ChangedFact } from '../../issues/facts/facts.ts';
import { aspectsOf, type ChangingAction, type ResourceChanges } from './changing-actions.ts';
import type { FoundChanges } from './look-up-changes.ts';
import type { RecordedChange } from './read-change.ts';

/** The change that led to a finding. `ambiguous`: several persons' changes can have, so none is named. */
export type Chosen =
  | { readonly is: 'found'; readonly fact: ChangedFact; readonly at: number }
  | { readonly is: 'none' }
  | { readonly is: 'ambiguous' };

/** Access Analyzer reports a change within so long. Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-findings.html */
export const REPORTED_MS = 30 * 60_000;

/** The time in which the change was made, epoch ms. */
export interface ChangeWindow {
  /** Earlier changes were undone: the finding was resolved then. */
  readonly after: number;
  /** Access Analyzer had seen the change by then. */
  readonly until: number;
}

interface Candidate extends RecordedChange {
  readonly means: ChangingAction;
  readonly effect: ChangingAction['effect'];
}

/**
 * Chooses the latest change that can have led to a finding. Pure. What a later call replaced or removed cannot have, and neither can one that Access
 * Analyzer should have reported long before, if there is a later one. Where different persons made changes any of which can have, none is named: an
 * issue with the wrong name is worse than one without.
 */
export function chooseChange(
  finding: Pick<Finding, 'sources' | 'isPublic'>,
  { source, actions }: ResourceChanges,
  { changes, readBackTo }: FoundChanges,
  { after, until }: ChangeWindow,
): Chosen {
  const aspects = aspectsOf(finding);
  const candidates = changes
    .flatMap((change): readonly Candidate[] => {
      const means = Object.hasOwn(actions, change.action) ? actions[change.action] : undefined;
      if (means === undefined || !counts(change, means)) return [];
      return [{ ...change, means, effect: means.undoes?.(change.parameters) === true ? 'removes' : means.effect }];
    })
    .filter((change) => change.source === source && change.at > after && change.at <= until && aspects.has(change.means.aspect))
    .toSorted((one, other) => one.at - other.at);
  const left = [...Map.groupBy(candidates, ({ means }) => means.aspect)]
    .flatMap(([, ofAspect]) => inForce(ofAspect))
    .toSorted((one, other) => one.at - other.at);
  // What was changed earlier would have been reported earlier.
  const recent = left.filter(({ at }) => at >= until - REPORTED_MS);
  if (recent.length > 0 && readBackTo <= until - REPORTED_MS) return lastOf(recent);
  const possible = new Set(Object.values(actions).flatMap(({ aspect }) => (aspects.has(aspect) ? [aspect] : [])));
  const mayBeOlder = possible.size > 1 || left.some(({ effect }) => effect === 'adds');
  return readBackTo > after && mayBeOlder && left.length > 0 ? { is: 'ambiguous' } : lastOf(left);
}

/** @param left the oldest first */
function lastOf(left: readonly Candidate[]): Chosen {
  const last = left.at(-1);
  // Access that was there already came through when the block went.
  return last?.means.aspect === 'block' ? named([last]) : named(left.filter(({ means }) => means.aspect !== 'block'));
}

/** A service of AWS makes grants for its own work all the time. */
function counts({ failed, fact, parameters }: RecordedChange, { aspect, isMeant }: ChangingAction): boolean {
  return !failed && isMeant?.(parameters) !== false && !(aspect === 'grant' && fact?.by === 'service');
}

/** The changes of one aspect that no later one has replaced or removed. @param changes the oldest first */
function inForce(changes: readonly Candidate[]): readonly Candidate[] {
  const from = changes.findLastIndex(({ effect }) => effect !== 'adds');
  const left = from === -1 ? changes : changes.slice(from);
  return left.filter(({ effect }) => effect !== 'removes');
}

/** @param changes the oldest first */
function named(changes: readonly Candidate[]): Chosen {
  const last = changes.at(-1);
  if (last === undefined) return { is: 'none' };
  const people = new Set(changes.map(({ fact }) => (fact === null ? null : [fact.principal, fact.role, fact.session].join(' '))));
  if (last.fact === null || people.size > 1) return { is: 'ambiguous' };
  return { is: 'found', fact: last.fact, at: last.at };
}
