import { getIssue } from '../http/jira-js.ts';
import type { TransitionOutcome, TransitionTarget } from '../../pipeline/ports/tracker-transition.ts';
import type { IssueRef } from '../../pipeline/ports/issue-ref.ts';
import { parseAnswer } from '../http/parse-answer.ts';
import { IssueResolution } from '../http/wire.ts';
import { answersTo, named, namesOf } from '../project/issue-status.ts';
import type { OwnAccount } from '../project/own-account.ts';
import type { JiraCalls } from '../rate/jira-calls.ts';
import { outcomeFit } from './outcome-fit.ts';
import { sendingBy } from '../rate/sending-by.ts';
import { projectOf, transitionCall } from './transition-call.ts';
import type { WorkflowMaps } from './workflow-map.ts';

/**
 * Closes an issue, and says if a fix has got a resolution that says something else. Jira does not answer with the resolution, and a
 * post-function may set any; a workflow does so for every issue, so that one issue is read for each status in which a fix has ended.
 */
export async function closeCall(
  calls: JiraCalls,
  account: OwnAccount,
  maps: WorkflowMaps,
  issue: IssueRef,
  target: TransitionTarget,
): Promise<TransitionOutcome> {
  const outcome = await transitionCall(calls, account, maps, 'closed', issue, target);
  if (outcome.outcome !== 'transitioned' || target.outcome !== 'resolved') return outcome;
  // A resolution that is still to be set is none yet.
  if (outcome.unfinished !== undefined && Object.hasOwn(outcome.unfinished.left.fields, 'resolution')) return outcome;
  const { endings } = maps(projectOf(outcome.issue.key), target.issueType);
  const key = JSON.stringify([outcome.status.name, target.aim?.resolution ?? null]);
  const known = endings.get(key);
  const endedAs = known === undefined ? await endedAsOther(sendingBy(calls, target.sendBy), outcome.issue, target) : known;
  if (endedAs === undefined) return outcome;
  endings.set(key, endedAs);
  return endedAs === null ? outcome : { ...outcome, endedAs };
}

/** @returns null: it has none, it is the rule's, or its words do not say something else; undefined: no answer */
async function endedAsOther(calls: JiraCalls, { id }: IssueRef, { aim }: TransitionTarget): Promise<string | null | undefined> {
  await calls.governor.another();
  const answer = await calls.ask((client) => getIssue(client, { issueIdOrKey: id, fields: ['resolution'] }));
  const read = parseAnswer(IssueResolution, answer, calls.clock.now());
  if (!read.ok) return undefined;
  const { resolution } = read.value.fields;
  if (resolution?.name === undefined) return null;
  const ending = named({ ...resolution, name: resolution.name });
  const isRules = aim?.resolution !== undefined && answersTo(ending, aim.resolution);
  return !isRules && outcomeFit(namesOf(ending), 'resolved').fit === 'no' ? ending.name : null;
}
