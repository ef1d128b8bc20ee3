import { editIssue, getIssue } from 'jira.js/cloud';
import type { Failure } from '../issues/failure.ts';
import type { IssueRef, MoveOutcome } from '../pipeline/issue-tracker.ts';
import { commentCall } from './comment-call.ts';
import type { JiraCalls } from './jira-calls.ts';
import { failureOf } from './outcome-table.ts';
import { parseAnswer } from './parse-answer.ts';
import type { Taken } from './take-transition.ts';
import type { Standing, Walk } from './walk.ts';
import { IssueResolution } from './wire.ts';
import type { Transition, WorkflowMap } from './workflow-map.ts';

/** What the last screen did not take follows in calls of its own. The move counts, whatever becomes of them, except that no open issue keeps a resolution for want of an answer. */
export async function arrive(
  walk: Walk,
  { issue, map, hasResolution }: Pick<Standing, 'issue' | 'map' | 'hasResolution'>,
  transition: Transition,
  { sent, left }: Taken & { readonly taken: true },
): Promise<MoveOutcome> {
  const { calls, to, target } = walk;
  if (left.comment) {
    await calls.governor.another();
    await commentCall(calls, issue, target.comment);
  }
  const unclear =
    to === 'open' && !Object.hasOwn(sent, 'resolution') && !Object.hasOwn(left.fields, 'resolution') && hasResolution !== false;
  const fields =
    unclear && (await keepsResolution(calls, map, issue, transition, hasResolution === true))
      ? { ...left.fields, resolution: null }
      : left.fields;
  const failure = Object.keys(fields).length === 0 ? null : await edit(calls, issue, fields);
  if (failure !== null && to === 'open') return { outcome: 'failed', failure };
  return { outcome: 'moved', issue: { id: issue.id, key: issue.key }, status: transition.to };
}

/** A resolution that stayed although the issue was reopened by us is taken away; a person's own doing is let be. */
export async function alreadyThere({ calls, to, target }: Walk, { issue, status, hasResolution }: Standing): Promise<MoveOutcome> {
  if (to === 'open' && target.readFirst && hasResolution === true) {
    const failure = await edit(calls, issue, { resolution: null });
    if (failure !== null) return { outcome: 'failed', failure };
  }
  return { outcome: 'already-there', issue, status };
}

/** Many workflows clear the resolution by themselves: seen once for each transition, on an issue that had one. */
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

/** @returns a failure only where another try may do better */
async function edit(calls: JiraCalls, issue: IssueRef, fields: Readonly<Record<string, unknown>>): Promise<Failure | null> {
  await calls.governor.another();
  const answer = await calls.ask((client) => editIssue(client, { issueIdOrKey: issue.id, fields: { ...fields } }));
  const isFinal = answer.kind === 'http' && answer.status < 500 && answer.status !== 429 && answer.status !== 409;
  return isFinal ? null : failureOf(answer, calls.clock.now());
}
