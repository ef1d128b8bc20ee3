import { getIssue } from 'jira.js/cloud';
import { Check } from 'typebox/value';
import type { Failure } from '../../issues/failure.ts';
import type { MoveIntent } from '../../issues/group-record.ts';
import type { IssueRef, MoveOutcome, MoveTarget } from '../../pipeline/ports/issue-tracker.ts';
import { alreadyThere, arrive } from './arrive.ts';
import { closedByPerson } from './closed-by-person.ts';
import { issueStatus } from '../project/issue-status.ts';
import type { JiraCalls } from '../rate/jira-calls.ts';
import { isFillable, knownWay, purposeOf } from './known-way.ts';
import type { OwnAccount } from '../project/own-account.ts';
import { aboutIssue, parseAnswer } from '../http/parse-answer.ts';
import { isThere, MAX_HOPS, planWay } from './plan-way.ts';
import { refusedWhenClosed } from './refused-when-closed.ts';
import { sendingBy } from '../rate/sending-by.ts';
import { takeTransition, type Taken } from './take-transition.ts';
import type { Standing, Walk } from './walk.ts';
import { IssueWithTransitions, OfferedTransition } from '../http/wire.ts';
import { usableTransitions, type Transition, type WorkflowMap, type WorkflowMaps } from './workflow-map.ts';

/** What is known may be outdated once; what was just read and is refused again is refused. */
const MAX_TRIES = 2;

/**
 * Moves an issue to a done status or back. A close that is warm and direct, and that Jira refuses where a person was first: one POST. Else the issue
 * is read first, and nothing is sent when it is there already, or where a person has closed it and that stands; where no transition leads there
 * directly, the way goes over what is known of the workflow, and where the map ends, on to see what is offered there.
 */
export async function moveCall(
  calls: JiraCalls,
  account: OwnAccount,
  maps: WorkflowMaps,
  to: MoveIntent['to'],
  issue: IssueRef,
  target: MoveTarget,
): Promise<MoveOutcome> {
  const walk: Walk = {
    // A walk that takes longer ends where it has come to: the next try claims anew, reads, and goes on from there.
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
  const warm = await unseenClose(walk, issue);
  if (warm !== null) {
    const taken = await take(walk, warm.map, issue, warm.transition);
    if (taken.taken) return arrive(walk, { issue, map: warm.map, hasResolution: undefined }, warm.transition, taken);
    if (!taken.stale) return { outcome: 'failed', failure: taken.failure };
    warm.map.forget(warm.from);
    await calls.governor.another();
  }
  for (;;) {
    const standing = await readIssue(walk, issue);
    if ('failure' in standing) return { outcome: 'failed', failure: standing.failure };
    const outcome = (await closedByPerson(walk, standing)) ?? (await walkOn(walk, standing));
    if (outcome !== 'read-again') return outcome;
    await calls.governor.another();
  }
}

/**
 * A direct close that may be sent unseen. The statuses of the project are asked for even where no way is known yet, so that this read is one of the
 * cold plan, and a warm one is one call. Opening again is rare, and is not sent unseen: what leads to one open status is offered in others, too.
 */
async function unseenClose(
  walk: Walk,
  issue: IssueRef,
): Promise<{ readonly map: WorkflowMap; readonly from: string; readonly transition: Transition } | null> {
  const { maps, to, target } = walk;
  if (to === 'open' || target.readFirst || projectOf(issue.key) !== target.projectKey) return null;
  const map = maps(target.projectKey, target.issueType);
  const possible = await map.possible();
  const from = target.from?.name ?? map.initial;
  if (possible === null || from === undefined) return null;
  const known = knownWay(walk, map, { from, visited: new Set(), hopsLeft: 1 });
  if (!('hops' in known)) return null;
  const [transition] = known.hops;
  return refusedWhenClosed(map, possible, transition) ? { map, from, transition } : null;
}

async function readIssue(walk: Walk, { id }: IssueRef): Promise<Standing | { readonly failure: Failure }> {
  const { calls, maps, target } = walk;
  const request = { issueIdOrKey: id, fields: ['status', 'resolution', 'issuetype'], expand: 'transitions,transitions.fields' };
  const answer = await calls.ask((client) => getIssue(client, request));
  const read = aboutIssue(parseAnswer(IssueWithTransitions, answer, calls.clock.now()), id);
  if (!read.ok) return { failure: read.failure };
  const { key, fields, transitions } = read.value;
  // A moved issue follows the workflow of where it is now.
  const map = maps(projectOf(key), fields.issuetype?.name ?? target.issueType);
  const status = issueStatus(fields.status);
  map.learn(status, usableTransitions(transitions));
  if (target.from === null && walk.hops === 0) map.initial = status.name;
  walk.read.add(status.name);
  walk.visited.add(status.name);
  return { issue: { id, key }, status, map, offered: transitions, hasResolution: (fields.resolution ?? null) !== null };
}

/** Hops as far as the map reaches. */
async function walkOn(walk: Walk, standing: Standing): Promise<MoveOutcome | 'read-again'> {
  const { issue, status, map } = standing;
  if (isThere(walk.to, status)) return alreadyThere(walk, standing);
  const hops = wayFrom(walk, standing);
  if ('failure' in hops) return { outcome: 'failed', failure: hops.failure };
  let from = status.name;
  for (const transition of hops) {
    await walk.calls.governor.another();
    const taken = await take(walk, map, issue, transition);
    if (!taken.taken) {
      map.forget(from);
      walk.refusals += 1;
      return taken.stale && walk.refusals < MAX_TRIES ? 'read-again' : { outcome: 'failed', failure: taken.failure };
    }
    if (isThere(walk.to, transition.to)) return arrive(walk, standing, transition, taken);
    walk.hops += 1;
    walk.refusals = 0;
    walk.visited.add(transition.to.name);
    from = transition.to.name;
  }
  return 'read-again';
}

/** Over the map as it is; where that gives no way, what was not read on this walk may be outdated: it is thrown away once, and gone to see. */
function wayFrom(walk: Walk, standing: Standing): readonly Transition[] | { readonly failure: Failure } {
  const { to, target, visited, hops } = walk;
  const { status, map, offered } = standing;
  const options = { to, from: status.name, visited, hopsLeft: MAX_HOPS - hops };
  const mayTake = (transition: Transition): boolean => isFillable(walk, transition);
  for (const outdated of [true, false]) {
    const known = knownWay(walk, map, options);
    if ('hops' in known) return known.hops;
    const { failure } = known;
    const further = planWay(map, { ...options, mayTake, explore: target.explore });
    if (failure === null && further.way !== 'none') return further.hops;
    if (failure !== null || outdated) forgetUnread(walk, map);
    if (failure !== null) return { failure };
  }
  return { failure: noTransition(to, status.name, offered) };
}

function forgetUnread({ read }: Walk, map: WorkflowMap): void {
  for (const { name } of map.statuses()) if (!read.has(name)) map.forget(name);
}

function take(walk: Walk, map: WorkflowMap, issue: IssueRef, transition: Transition): Promise<Taken> {
  return takeTransition(walk.calls, map, issue, { ...purposeOf(walk, transition), transition, comment: walk.target.comment });
}

/** Transitions that a failure's message names. */
const MAX_NAMED = 10;

function noTransition(to: MoveIntent['to'], from: string, offered: readonly unknown[]): Failure {
  const named = offered.slice(0, MAX_NAMED).map(nameOf);
  const message =
    offered.length === 0
      ? `Jira offers no transition at all from "${from}"; give the account the permission "Transition issues" in the project`
      : `No transition leads from "${from}" to ${to === 'closed' ? 'a done status' : 'a status that is not done'}, at once or over others; Jira offers ${named.join(', ')}; add one to the workflow, or move the issue by hand`;
  return { code: 'jira-no-transition', message, words: null, retry: { when: 'backoff' } };
}

function nameOf(said: unknown): string {
  return Check(OfferedTransition, said) ? `"${said.name ?? said.id}" to "${said.to.name}"` : "one that can't be read";
}

function projectOf(key: string): string {
  return key.slice(0, key.lastIndexOf('-'));
}
