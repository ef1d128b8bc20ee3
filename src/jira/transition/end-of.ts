import type { TransitionIntent } from '../../issues/group-record.ts';
import type { CloseOutcome, TransitionAim } from '../../rules/transition-aim.ts';
import { answersTo, namesOf, type NamedStatus } from '../project/issue-status.ts';
import { bothFit, outcomeFit, type OutcomeFit } from './outcome-fit.ts';

/** What decides where a transition may end. */
export interface EndPolicy {
  readonly to: TransitionIntent['to'];
  /** Of a close. */
  readonly outcome: CloseOutcome | 'duplicate';
  /** What the rule says of it; null: nothing. */
  readonly aim: TransitionAim | null;
  /** All statuses of the workflow; null: not known, so that none counts as the only one. */
  readonly statuses: readonly NamedStatus[] | null;
}

/** The statuses of the side that a transition should reach; null: not known. Pure. */
export function sideOf({ to, statuses }: EndPolicy): readonly NamedStatus[] | null {
  return statuses?.filter((status) => isThere(to, status)) ?? null;
}

/** Why an issue may end there: the rule says so, a word of its name or of the transition's, or the workflow has no other done status. */
export interface End {
  readonly because: 'rule' | 'word' | 'only-status';
  /** Among ends that are as near: lower is better. */
  readonly rank: number;
}

/** Where a transition arrives, and its own name; null: it is not known yet. */
export interface Arriving {
  readonly id?: string;
  readonly name: string | null;
  readonly to: NamedStatus;
}

/** Whether a status is one that the transition should reach. A category that Jira adds later is on neither side. */
export function isThere(to: TransitionIntent['to'], { category }: Pick<NamedStatus, 'category'>): boolean {
  return to === 'closed' ? category === 'done' : category === 'new' || category === 'indeterminate';
}

/** Whether an issue may end with a transition, and why; null: it may not. A fix never ends in a word with another meaning unless the rule says so. Pure. */
export function endOf(arriving: Arriving, policy: EndPolicy): End | null {
  const { to, aim } = policy;
  if (!isThere(to, arriving.to)) return null;
  if (namesWay(aim)) return isOfAim({ ...arriving, to: knownStatus(arriving.to, policy) }, aim) ? { because: 'rule', rank: 0 } : null;
  if (to === 'open') return { because: 'word', rank: arriving.to.category === 'new' ? 0 : 1 };
  const fit = fitOf(arriving, policy);
  if (fit.fit === 'yes') return { because: 'word', rank: fit.rank };
  const side = sideOf(policy);
  const isOnly = side?.length === 1 && side[0]?.name === arriving.to.name;
  return isOnly && (fit.fit === 'unknown' || policy.outcome !== 'resolved')
    ? { because: 'only-status', rank: Number.MAX_SAFE_INTEGER }
    : null;
}

/** How the names of the status and of the transition fit. Pure. */
export function fitOf({ name, to }: Arriving, policy: Pick<EndPolicy, 'outcome' | 'statuses'>): OutcomeFit {
  const { outcome } = policy;
  const status = outcomeFit(namesOf(knownStatus(to, policy)), outcome);
  return name === null ? status : bothFit(status, outcomeFit([name], outcome));
}

/** With the untranslated name, which only the workflow's list of statuses has. */
function knownStatus(status: NamedStatus, { statuses }: Pick<EndPolicy, 'statuses'>): NamedStatus {
  return statuses?.find(({ id, name }) => (status.id === undefined ? name === status.name : id === status.id)) ?? status;
}

/** Whether a rule says where the issue arrives. */
export function namesWay(aim: TransitionAim | null): aim is TransitionAim {
  return aim?.status !== undefined || aim?.transition !== undefined;
}

function isOfAim({ id, name, to }: Arriving, { status, transition }: TransitionAim): boolean {
  const fitsStatus = status === undefined || answersTo(to, status);
  // A transition that is not known yet may be the right one.
  const fitsTransition = transition === undefined || name === null || answersTo({ name, ...(id === undefined ? {} : { id }) }, transition);
  return fitsStatus && fitsTransition;
}
