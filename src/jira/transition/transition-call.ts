import { getIssue } from '../http/jira-js.ts';
import type { Failure } from '../../issues/failure.ts';
import type { TransitionIntent } from '../../issues/group-record.ts';
import type { TransitionOutcome, TransitionTarget } from '../../pipeline/ports/tracker-transition.ts';
import type { IssueRef } from '../../pipeline/ports/issue-ref.ts';
import { alreadyThere, arrive } from './arrive.ts';
import { closedByPerson } from './closed-by-person.ts';
import { answersTo, namedStatus, type NamedStatus } from '../project/issue-status.ts';
import type { JiraCalls } from '../rate/jira-calls.ts';
import type { OwnAccount } from '../project/own-account.ts';
import { aboutIssue, parseAnswer } from '../http/parse-answer.ts';
import { isThere, namesWay, type EndPolicy } from './end-of.ts';
import { MAX_HOPS } from './plan-path.ts';
import { planTransition, type Plan, type Position } from './plan-transition.ts';
import { refusedWhenClosed } from './refused-when-closed.ts';
import { sendingBy } from '../rate/sending-by.ts';
import { takeTransition, type Taken } from './take-transition.ts';
import type { IssueState, Traversal } from './traversal.ts';
import { IssueWithTransitions } from '../http/wire.ts';
import { usableTransitions, type Transition, type WorkflowMap, type WorkflowMaps } from './workflow-map.ts';

/** The map may be outdated once; a refusal after a read is final. */
const MAX_TRIES = 2;

/**
 * Brings an issue to a done status or back. A direct close that is known, and that Jira refuses where a person was first, is one POST.
 * Otherwise the issue is read first, and nothing is sent when it is there already, or when a person's close counts. Without a direct
 * transition the path goes over the known part of the workflow, and where the map ends, on to read what is offered there.
 */
export async function transitionCall(
  calls: JiraCalls,
  account: OwnAccount,
  maps: WorkflowMaps,
  to: TransitionIntent['to'],
  issue: IssueRef,
  target: TransitionTarget,
): Promise<TransitionOutcome> {
  const traversal: Traversal = {
    // A traversal that takes longer stops where it is: the next try claims anew, reads, and goes on from there.
    calls: sendingBy(calls, target.sendBy),
    account,
    maps,
    to,
    target,
    visited: new Set(),
    read: new Set(),
    hops: 0,
    refusals: 0,
  };
  const warm = await unseenClose(traversal, issue);
  if (warm !== null) {
    const taken = await take(traversal, warm.map, issue, warm.transition, true);
    if (taken.taken) return arrive(traversal, { issue, map: warm.map, hasResolution: undefined }, warm.transition, taken);
    if (!taken.stale) return { outcome: 'failed', failure: taken.failure };
    warm.map.forget(warm.from);
    await calls.governor.another();
  }
  for (;;) {
    const state = await readIssue(traversal, issue);
    if ('failure' in state) return { outcome: 'failed', failure: state.failure };
    const outcome = (await closedByPerson(traversal, state)) ?? (await traverse(traversal, state));
    if (outcome !== 'read-again') return outcome;
    await calls.governor.another();
  }
}

/**
 * A direct close that may be sent without a read of the issue. The statuses of the project are read even where no path is known yet, so
 * that a later close is one call. Reopening is rare and always reads first: a transition to one open status is offered in others, too.
 */
async function unseenClose(
  traversal: Traversal,
  issue: IssueRef,
): Promise<{ readonly map: WorkflowMap; readonly from: string; readonly transition: Transition } | null> {
  const { maps, to, target } = traversal;
  if (to === 'open' || target.readFirst || projectOf(issue.key) !== target.projectKey) return null;
  const map = maps(target.projectKey, target.issueType);
  const possible = await map.possible();
  const from = target.from?.name ?? map.initial;
  if (possible === null || from === undefined) return null;
  const position = { from, visited: new Set<string>(), hopsLeft: 1, explore: false, offered: [] };
  const plan = planTransition(policyOf(traversal, map, possible), map, position);
  if (!('hops' in plan)) return null;
  const [transition] = plan.hops;
  return refusedWhenClosed(map, possible, transition) ? { map, from, transition } : null;
}

async function readIssue(traversal: Traversal, { id }: IssueRef): Promise<IssueState | { readonly failure: Failure }> {
  const { calls, maps, target } = traversal;
  const request = { issueIdOrKey: id, fields: ['status', 'resolution', 'issuetype'], expand: 'transitions,transitions.fields' };
  const answer = await calls.ask((client) => getIssue(client, request));
  const read = aboutIssue(parseAnswer(IssueWithTransitions, answer, calls.clock.now()), id);
  if (!read.ok) return { failure: read.failure };
  const { key, fields, transitions } = read.value;
  // An issue that was moved follows the workflow of its current project.
  const map = maps(projectOf(key), fields.issuetype?.name ?? target.issueType);
  const status = namedStatus(fields.status);
  map.learn(status, usableTransitions(transitions));
  if (target.from === null && traversal.hops === 0) map.initial = status.name;
  traversal.read.add(status.name);
  traversal.visited.add(status.name);
  return { issue: { id, key }, status, map, offered: transitions, hasResolution: (fields.resolution ?? null) !== null };
}

/** Takes hops as far as the map reaches. */
async function traverse(traversal: Traversal, state: IssueState): Promise<TransitionOutcome | 'read-again'> {
  const { issue, status, map } = state;
  if (isThere(traversal.to, status) && !isOnTheWay(traversal, status)) return alreadyThere(traversal, state);
  const plan = await pathFrom(traversal, state);
  if ('failure' in plan) return { outcome: 'failed', failure: plan.failure };
  let from = status.name;
  for (const [index, transition] of plan.hops.entries()) {
    await traversal.calls.governor.another();
    const isLast = plan.arrives && index === plan.hops.length - 1;
    const taken = await take(traversal, map, issue, transition, isLast);
    if (!taken.taken) {
      map.forget(from);
      traversal.refusals += 1;
      return taken.stale && traversal.refusals < MAX_TRIES ? 'read-again' : { outcome: 'failed', failure: taken.failure };
    }
    if (isLast) return arrive(traversal, state, transition, taken);
    traversal.hops += 1;
    traversal.refusals = 0;
    traversal.visited.add(transition.to.name);
    from = transition.to.name;
  }
  return 'read-again';
}

/** A reopening to a status that the rule names may pass through others that are open. */
function isOnTheWay({ to, hops, target: { aim } }: Traversal, status: NamedStatus): boolean {
  return to === 'open' && hops > 0 && namesWay(aim) && (aim.status === undefined || !answersTo(status, aim.status));
}

/**
 * Plans over the map as it is. Without a path, the part that was not read on this traversal may be outdated: it is dropped once, and
 * planned anew.
 */
async function pathFrom(traversal: Traversal, state: IssueState): Promise<Plan> {
  const { target, visited, hops } = traversal;
  const { status, map, offered } = state;
  const position = { from: status.name, visited, hopsLeft: MAX_HOPS - hops, explore: target.explore, offered };
  const plan = await planned(traversal, map, position);
  if ('hops' in plan) return plan;
  forgetUnread(traversal, map);
  return plan.failure.code === 'jira-field-required' ? plan : planned(traversal, map, position);
}

/** A reopening needs the statuses of the project only to know the one that the rule names. */
async function planned(traversal: Traversal, map: WorkflowMap, position: Position): Promise<Plan> {
  const isNeeded = traversal.to === 'closed' || traversal.target.aim?.status !== undefined;
  return planTransition(policyOf(traversal, map, isNeeded ? await map.possible() : null), map, position);
}

/** @param possible the statuses of the project; any other that a transition was seen to lead to counts as well; null: not known */
function policyOf({ to, target: { aim, outcome } }: Traversal, map: WorkflowMap, possible: readonly NamedStatus[] | null): EndPolicy {
  if (possible === null) return { to, aim, outcome, statuses: null };
  const seen = map.statuses().flatMap(({ name }) => (map.offered(name) ?? []).map((transition) => transition.to));
  const all = new Map([...seen, ...possible].map((status) => [status.name, status]));
  return { to, aim, outcome, statuses: [...all.values()] };
}

function forgetUnread({ read }: Traversal, map: WorkflowMap): void {
  for (const { name } of map.statuses()) if (!read.has(name)) map.forget(name);
}

function take(traversal: Traversal, map: WorkflowMap, issue: IssueRef, transition: Transition, isLast: boolean): Promise<Taken> {
  const { aim, outcome, comment } = traversal.target;
  return takeTransition(traversal.calls, map, issue, { to: traversal.to, aim, outcome, isLast, transition, comment });
}

/** Key of the project of an issue. */
export function projectOf(key: string): string {
  return key.slice(0, key.lastIndexOf('-'));
}
