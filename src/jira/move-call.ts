import { addComment, doTransition, getIssue } from 'jira.js/cloud';
import type { Failure } from '../issues/failure.ts';
import type { IssueRef, MoveOutcome, MoveTarget } from '../pipeline/issue-tracker.ts';
import type { Answer } from './answer.ts';
import { chooseTransition, type ChosenTransition } from './choose-transition.ts';
import { issueStatus } from './issue-status.ts';
import type { JiraCalls } from './jira-calls.ts';
import { failureOf } from './outcome-table.ts';
import { parseAnswer } from './parse-answer.ts';
import { IssueWithTransitions } from './wire.ts';

/** Transitions that worked, by where they start and where they lead: a warm move is one call. */
export type TransitionCache = Map<string, ChosenTransition>;

/** A cached plan, thrown away once, and the plan that is read then. */
const MAX_TRIES = 2;

/**
 * Moves an issue to a done status or back. Warm: one POST. Cold, or after a refusal: the issue is read first, and nothing is sent when it is there already.
 */
export async function moveCall(
  calls: JiraCalls,
  cache: TransitionCache,
  to: 'closed' | 'open',
  issue: IssueRef,
  target: MoveTarget,
): Promise<MoveOutcome> {
  const cached = target.readFirst ? undefined : cache.get(cacheKey(to, target, target.from?.name ?? null));
  let failure: Failure | null = null;
  if (cached !== undefined) {
    const answer = await transition(calls, issue, cached, target);
    if (isDone(answer)) return finish(calls, issue, cached, target);
    failure = failureOf(answer, calls.clock.now());
    if (!mayBeStale(answer)) return { outcome: 'failed', failure };
    cache.delete(cacheKey(to, target, target.from?.name ?? null));
    await calls.governor.another();
  }
  return readAndMove(calls, cache, to, issue, target);
}

async function readAndMove(
  calls: JiraCalls,
  cache: TransitionCache,
  to: 'closed' | 'open',
  issue: IssueRef,
  target: MoveTarget,
): Promise<MoveOutcome> {
  for (let tries = 1; ; tries += 1) {
    const request = { issueIdOrKey: issue.id, fields: ['status'], expand: 'transitions' };
    const read = parseAnswer(IssueWithTransitions, await calls.ask((client) => getIssue(client, request)), calls.clock.now());
    if (!read.ok) return { outcome: 'failed', failure: read.failure };
    const now = { id: read.value.id, key: read.value.key };
    const status = issueStatus(read.value.fields.status);
    if ((status.category === 'done') === (to === 'closed')) return { outcome: 'already-there', issue: now, status };
    const chosen = chooseTransition(to, read.value.transitions);
    if (chosen === null) return { outcome: 'failed', failure: noTransition(to, status.name, read.value.transitions.length) };
    await calls.governor.another();
    const answer = await transition(calls, now, chosen, target);
    if (isDone(answer)) {
      for (const from of new Set([status.name, target.from?.name ?? null])) cache.set(cacheKey(to, target, from), chosen);
      return finish(calls, now, chosen, target);
    }
    if (!mayBeStale(answer) || tries === MAX_TRIES) return { outcome: 'failed', failure: failureOf(answer, calls.clock.now()) };
    await calls.governor.another();
  }
}

function transition({ ask }: JiraCalls, issue: IssueRef, chosen: ChosenTransition, target: MoveTarget): Promise<Answer> {
  const update = chosen.takesComment ? { update: { comment: [{ add: { body: target.comment } }] } } : {};
  return ask((client) => doTransition(client, { issueIdOrKey: issue.id, transition: { id: chosen.id }, ...update }));
}

/** A move without a screen is commented afterwards. The move counts; a comment that fails does not undo it. */
async function finish(calls: JiraCalls, issue: IssueRef, chosen: ChosenTransition, target: MoveTarget): Promise<MoveOutcome> {
  if (!chosen.takesComment) {
    await calls.governor.another();
    const { type, version, content } = target.comment;
    await calls.ask((client) =>
      addComment(client, { issueIdOrKey: issue.id, body: { type, version, content: content.map((block) => ({ ...block })) } }),
    );
  }
  return { outcome: 'moved', issue: { id: issue.id, key: issue.key }, status: chosen.to };
}

/** The answer has no body, and is often labelled as HTML: the status alone counts. */
function isDone(answer: Answer): boolean {
  return answer.kind === 'http' && answer.status === 204;
}

/** The issue is not where it was, or somebody moved it at the same moment: look again before giving up. */
function mayBeStale(answer: Answer): boolean {
  return answer.kind === 'http' && (answer.status === 400 || answer.status === 409);
}

function noTransition(to: 'closed' | 'open', from: string, offered: number): Failure {
  const message =
    offered === 0
      ? 'Jira offers no transition at all; give the account the permission "Transition issues" in the project'
      : `No transition leads from "${from}" to ${to === 'closed' ? 'a done status' : 'a status that is not done'}; add one to the workflow`;
  return { code: 'jira-no-transition', message, words: null, retry: { when: 'backoff' } };
}

function cacheKey(to: 'closed' | 'open', { projectKey, issueType }: MoveTarget, from: string | null): string {
  return JSON.stringify([to, projectKey, issueType, from]);
}
