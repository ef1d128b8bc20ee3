import { isSticky, nextTryAt, openingOf, outlastsNews } from '../../src/issues/group-record.ts';
import { knownOfCreate } from '../../src/issues/known-of-create.ts';
import { mappingState } from '../../src/issues/mapping-state.ts';
import { markerOf } from '../../src/issues/marker.ts';
import { pauseScopes } from '../../src/issues/pause.ts';
import { planStep } from '../../src/issues/plan-step.ts';
import type { Step } from '../../src/issues/step.ts';
import { isTakenAway, withLink, withoutIssue } from '../../src/issues/taken-away.ts';
import type { PlanInput } from './plan-inputs.ts';
import { awaitDetails, DETAILS_WAIT_MS, cooldownBefore, DEFAULT_COOLDOWNS } from '../../src/issues/step-delay.ts';
import { pendingWorkAfter, withPendingWork } from '../../src/issues/pending-work.ts';

/** An input as it is recorded: findings by their key. The names here are the golden data's own, and equal the old ones. */
export function recordedInput({ record, members, situation, arrival }: PlanInput): object {
  return {
    record,
    members: members.map((member) => ({ finding: member.finding.key, decision: member.decision, details: member.details })),
    situation: {
      unknown: situation.unknown,
      whenUnrouted: situation.whenUnrouted,
      neighbours: situation.neighbours.map((one) => ({ finding: one.finding.key, issue: one.issue, isOpening: one.isOpening })),
      now: situation.now,
    },
    arrival,
  };
}

/** All that is decided from an input. */
export function outputOf({ record, members, situation, arrival }: PlanInput): { readonly step: Step; readonly recorded: object } {
  const step = planStep(record, members, situation);
  const { issue, intent, transition } = record;
  const owed = issue === null ? null : pendingWorkAfter(issue, transition, arrival);
  const recorded = {
    step,
    rest: { wait: cooldownBefore(record, step, DEFAULT_COOLDOWNS) },
    noRest: { wait: cooldownBefore(record, step, { transitionMs: 0, updateMs: 0 }) },
    details: { wait: awaitDetails(record, step, DETAILS_WAIT_MS) },
    state: members.map((member) => mappingState(record, member)),
    scope: pauseScopes(record, members),
    nextTryAt: nextTryAt(record),
    intent: openingOf(record),
    isSticky: isSticky(record),
    outlastsNews: outlastsNews(record.requeueAt),
    pendingWork: owed,
    withPendingWork: { issue: issue === null ? null : withPendingWork(issue, owed) },
    known: { issue: intent === null ? null : knownOfCreate(intent) },
    marker: markerOf('default', record.group, record.members, 1 + (intent?.attempt ?? 0)),
    isTakenAway: isTakenAway(record, '900'),
    unlinked: { record: issue === null ? null : withoutIssue(record, issue.id) },
    linked: { record: issue === null ? null : withLink(record, issue) },
  };
  return { step, recorded };
}
