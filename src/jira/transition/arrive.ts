import { getIssue } from '../http/jira-js.ts';
import type { Failure } from '../../issues/failure.ts';
import type { TransitionOutcome, Unfinished } from '../../pipeline/ports/tracker-transition.ts';
import type { IssueRef } from '../../pipeline/ports/issue-ref.ts';
import { commentCall } from '../issue/comment-call.ts';
import { editCall } from '../issue/edit-call.ts';
import { fieldsLeft, type FieldValues } from './fill-screen.ts';
import { plainStatus } from '../project/issue-status.ts';
import type { JiraCalls } from '../rate/jira-calls.ts';
import { parseAnswer } from '../http/parse-answer.ts';
import type { Taken } from './take-transition.ts';
import type { IssueState, Traversal } from './traversal.ts';
import { IssueResolution } from '../http/wire.ts';
import type { Transition, WorkflowMap } from './workflow-map.ts';

/**
 * Sends what the last screen did not take in calls of its own. The transition counts even if they fail: the rest is pending work. Only a
 * reopening whose edit may still succeed counts as failed, since no open issue keeps a resolution.
 */
export async function arrive(
  traversal: Traversal,
  { issue, map, hasResolution }: Pick<IssueState, 'issue' | 'map' | 'hasResolution'>,
  transition: Transition,
  { sent, left }: Taken & { readonly taken: true },
): Promise<TransitionOutcome> {
  const { calls, to, target } = traversal;
  const unsaid = left.comment ? await follow(calls, () => commentCall(calls, issue, target.comment)) : null;
  const unclear =
    to === 'open' && !Object.hasOwn(sent, 'resolution') && !Object.hasOwn(left.fields, 'resolution') && hasResolution !== false;
  const fields =
    unclear && (await keepsResolution(calls, map, issue, transition, hasResolution === true))
      ? { ...left.fields, resolution: null }
      : left.fields;
  const unset = Object.keys(fields).length === 0 ? null : await follow(calls, () => editCall(calls, issue, fields));
  if (unset !== null && to === 'open' && unset.retry.when !== 'seldom') return { outcome: 'failed', failure: unset };
  const arrived = { outcome: 'transitioned', issue: { id: issue.id, key: issue.key }, status: plainStatus(transition.to) } as const;
  const unfinished = unfinishedOf(traversal, unsaid, unset, fields);
  return unfinished === null ? arrived : { ...arrived, unfinished };
}

function follow<T>({ governor }: JiraCalls, call: () => Promise<T>): Promise<T> {
  return governor.another().then(call);
}

function unfinishedOf({ to, target }: Traversal, unsaid: Failure | null, unset: Failure | null, toSet: FieldValues): Unfinished | null {
  const fields = fieldsLeft(toSet, unset, { to, aim: target.aim });
  const failure = Object.keys(fields).length > 0 ? unset : unsaid;
  return failure === null ? null : { left: { to, comment: unsaid === null ? null : target.comment, fields, ifOurs: false }, failure };
}

/** Clears a resolution that stayed after a reopening by us; one that a person has left stays. */
export async function alreadyThere(
  { calls, to, target }: Traversal,
  { issue, status, hasResolution }: IssueState,
): Promise<TransitionOutcome> {
  if (to === 'open' && target.readFirst && hasResolution === true) {
    const failure = await follow(calls, () => editCall(calls, issue, { resolution: null }));
    if (failure !== null && failure.retry.when !== 'seldom') return { outcome: 'failed', failure };
  }
  return { outcome: 'already-there', issue, status: plainStatus(status) };
}

/** Many workflows clear the resolution by themselves: learned once for each transition, from an issue that had one. */
async function keepsResolution(calls: JiraCalls, map: WorkflowMap, issue: IssueRef, { id }: Transition, hadOne: boolean): Promise<boolean> {
  const known = map.keepsResolution.get(id);
  if (known !== undefined) return known;
  await calls.governor.another();
  const read = parseAnswer(
    IssueResolution,
    await calls.ask((client) => getIssue(client, { issueIdOrKey: issue.id, fields: ['resolution'] })),
    calls.clock.now(),
  );
  if (!read.ok) return true;
  const keeps = read.value.fields.resolution !== null;
  if (keeps || hadOne) map.keepsResolution.set(id, keeps);
  return keeps;
}
