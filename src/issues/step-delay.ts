import { isAccessUnknown, type DetailsNeed } from '../findings/details-need.ts';
import { sharesByAccess } from './group-key.ts';
import type { GroupRecord, RequeueAt } from './group-record.ts';
import type { Step } from './step.ts';

/** How long an issue is left alone after a change, ms. */
export interface Cooldowns {
  /** After a transition, before the reverse one: a flapping finding does not flap in Jira. */
  readonly transitionMs: number;
  /** After a write, before the next update: changes that come together are written together. */
  readonly updateMs: number;
}

export const DEFAULT_COOLDOWNS: Cooldowns = { transitionMs: 15_000, updateMs: 30_000 };

/** The cooldown before a step; null: the step is due at once. Pure. */
export function cooldownBefore(record: GroupRecord, step: Step, { transitionMs, updateMs }: Cooldowns): RequeueAt | null {
  switch (step.step) {
    case 'close':
    case 'reopen':
      return since(lastTransitionAway(record, step.step === 'close' ? 'closed' : 'open'), transitionMs, 'cooldown');
    case 'update':
      return since(record.issue?.writtenAt ?? null, updateMs, 'gathering');
    default:
      return null;
  }
}

function since(at: number | null, cooldownMs: number, because: RequeueAt['because']): RequeueAt | null {
  return at === null ? null : { time: at + cooldownMs, because };
}

/** When the issue was last transitioned to the other side; null: unknown. A transition whose answer was lost counts. */
function lastTransitionAway({ issue, transition }: GroupRecord, to: 'closed' | 'open'): number | null {
  if (transition !== null && transition.to !== to) return transition.sentAt;
  return issue !== null && issue.lastApplied !== to ? (issue.transitionedAt ?? null) : null;
}

/** The longest wait of a create for details and facts, from the group's `firstSeenAt`, ms. Later details come as an update. */
export const DETAILS_WAIT_MS = 60_000;

/** The longest wait for what grants an access, ms: an issue without it shows more steps than it needs, and lacks none. */
const SOURCES_WAIT_MS = 5_000;

/**
 * The longest wait of a create for the access itself, where findings share an issue by it, ms: until then, an issue of its own may be a second one.
 * AWS is asked again all the time, and a refusal ends the wait.
 */
const ACCESS_WAIT_MS = 60 * 60_000;

/** How long a create waits for what it lacks, ms. @param usualMs for what every issue is better with @see DETAILS_WAIT_MS */
export function waitOf({ group }: GroupRecord, step: Step, needs: readonly DetailsNeed[], usualMs: number): number {
  if (step.step !== 'create') return usualMs;
  if (step.details === 'awaited' && sharesByAccess(group) && isAccessUnknown(step.lead)) return Math.max(usualMs, ACCESS_WAIT_MS);
  const needsMore = step.known.awaited || needs.some(({ list, policy }) => list || policy);
  return needsMore ? usualMs : Math.min(usualMs, SOURCES_WAIT_MS);
}

/** The wait of a create for the details of its finding, and for facts about it; null: none. Pure. */
export function awaitDetails({ firstSeenAt }: GroupRecord, step: Step, waitMs: number): RequeueAt | null {
  return step.step === 'create' && (step.details === 'awaited' || step.known.awaited)
    ? { time: firstSeenAt + waitMs, because: 'details-awaited' }
    : null;
}
