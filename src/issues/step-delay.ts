import type { GroupRecord, RequeueAt } from './group-record.ts';
import type { Step } from './step.ts';

/** How long an issue is left alone after something was done to it, ms. */
export interface Cooldowns {
  /** After a move, before one that goes back: a finding that flaps is not played back on people's screens. */
  readonly transitionMs: number;
  /** After a write, before the next update: what changes in one go is written in one go. */
  readonly updateMs: number;
}

export const DEFAULT_COOLDOWNS: Cooldowns = { transitionMs: 15_000, updateMs: 30_000 };

/** The rest before a step may be taken; null: it is taken at once. Pure. */
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

/** When the issue was last moved to the other side, as far as is known: a move whose answer was lost may have happened. */
function lastTransitionAway({ issue, transition }: GroupRecord, to: 'closed' | 'open'): number | null {
  if (transition !== null && transition.to !== to) return transition.sentAt;
  return issue !== null && issue.lastApplied !== to ? (issue.transitionedAt ?? null) : null;
}

/** The longest that an issue waits for details, from when its group was first seen, ms. After that it is opened without, and changed when they come. */
export const DETAILS_WAIT_MS = 60_000;

/** The wait of an issue that is not opened yet because the details of its finding may come any moment; null: it waits for nothing. Pure. */
export function awaitDetails({ firstSeenAt }: GroupRecord, step: Step, waitMs: number): RequeueAt | null {
  return step.step === 'create' && step.details === 'awaited' ? { time: firstSeenAt + waitMs, because: 'details-awaited' } : null;
}
