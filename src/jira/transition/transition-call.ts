import { getIssue } from 'jira.js/cloud';
import { Check } from 'typebox/value';
import type { Failure } from '../../issues/failure.ts';
import type { TransitionIntent } from '../../issues/group-record.ts';
import type { IssueRef, TransitionOutcome, TransitionTarget } from '../../pipeline/ports/issue-tracker.ts';
import { alreadyThere, arrive } from './arrive.ts';
import { closedByPerson } from './closed-by-person.ts';
import { issueStatus } from '../project/issue-status.ts';
import type { JiraCalls } from '../rate/jira-calls.ts';
import { isFillable, knownPath, purposeOf } from './known-path.ts';
import type { OwnAccount } from '../project/own-account.ts';
import { aboutIssue, parseAnswer } from '../http/parse-answer.ts';
import { isThere, MAX_HOPS, planPath } from './plan-path.ts';
import { refusedWhenClosed } from './refused-when-closed.ts';
import { sendingBy } from '../rate/sending-by.ts';
import { takeTransition, type Taken } from './take-transition.ts';
import type { IssueState, Traversal } from './traversal.ts';
import { IssueWithTransitions, OfferedTransition } from '../http/wire.ts';
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
    const taken = await take(traversal, warm.map, issue, warm.transition);
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
  const known = knownPath(traversal, map, { from, visited: new Set(), hopsLeft: 1 });
  if (!('hops' in known)) return null;
  const [transition] = known.hops;
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
  const status = issueStatus(fields.status);
  map.learn(status, usableTransitions(transitions));
  if (target.from === null && traversal.hops === 0) map.initial = status.name;
  traversal.read.add(status.name);
  traversal.visited.add(status.name);
  return { issue: { id, key }, status, map, offered: transitions, hasResolution: (fields.resolution ?? null) !== null };
}

/** Takes hops as far as the map reaches. */
async function traverse(traversal: Traversal, state: IssueState): Promise<TransitionOutcome | 'read-again'> {
  const { issue, status, map } = state;
  if (isThere(traversal.to, status)) return alreadyThere(traversal, state);
  const hops = pathFrom(traversal, state);
  if ('failure' in hops) return { outcome: 'failed', failure: hops.failure };
  let from = status.name;
  for (const transition of hops) {
    await traversal.calls.governor.another();
    const taken = await take(traversal, map, issue, transition);
    if (!taken.taken) {
      map.forget(from);
      traversal.refusals += 1;
      return taken.stale && traversal.refusals < MAX_TRIES ? 'read-again' : { outcome: 'failed', failure: taken.failure };
    }
    if (isThere(traversal.to, transition.to)) return arrive(traversal, state, transition, taken);
    traversal.hops += 1;
    traversal.refusals = 0;
    traversal.visited.add(transition.to.name);
    from = transition.to.name;
  }
  return 'read-again';
}

/**
 * Plans over the map as it is. Without a path, the part that was not read on this traversal may be outdated: it is dropped once, and
 * planned anew.
 */
function pathFrom(traversal: Traversal, state: IssueState): readonly Transition[] | { readonly failure: Failure } {
  const { to, target, visited, hops } = traversal;
  const { status, map, offered } = state;
  const options = { to, from: status.name, visited, hopsLeft: MAX_HOPS - hops };
  const mayTake = (transition: Transition): boolean => isFillable(traversal, transition);
  for (const outdated of [true, false]) {
    const known = knownPath(traversal, map, options);
    if ('hops' in known) return known.hops;
    const { failure } = known;
    const further = planPath(map, { ...options, mayTake, explore: target.explore });
    if (failure === null && further.path !== 'none') return further.hops;
    if (failure !== null || outdated) forgetUnread(traversal, map);
    if (failure !== null) return { failure };
  }
  return { failure: noTransition(to, status.name, offered) };
}

function forgetUnread({ read }: Traversal, map: WorkflowMap): void {
  for (const { name } of map.statuses()) if (!read.has(name)) map.forget(name);
}

function take(traversal: Traversal, map: WorkflowMap, issue: IssueRef, transition: Transition): Promise<Taken> {
  return takeTransition(traversal.calls, map, issue, {
    ...purposeOf(traversal, transition),
    transition,
    comment: traversal.target.comment,
  });
}

/** Transitions that a failure's message names. */
const MAX_NAMED = 10;

function noTransition(to: TransitionIntent['to'], from: string, offered: readonly unknown[]): Failure {
  const named = offered.slice(0, MAX_NAMED).map(nameOf);
  const message =
    offered.length === 0
      ? `Jira offers no transition at all from "${from}"; give the account the permission "Transition issues" in the project`
      : `No transition leads from "${from}" to ${to === 'closed' ? 'a done status' : 'a status that is not done'}, at once or over others; Jira offers ${named.join(', ')}; add one to the workflow, or move the issue by hand`;
  return { code: 'jira-no-transition', message, words: null, retry: { when: 'backoff' } };
}

function nameOf(raw: unknown): string {
  return Check(OfferedTransition, raw) ? `"${raw.name ?? raw.id}" to "${raw.to.name}"` : "one that can't be read";
}

function projectOf(key: string): string {
  return key.slice(0, key.lastIndexOf('-'));
}
