import type { GroupRecord } from './group-record.ts';
import type { Step } from './step.ts';

/** How long an issue is left alone after something was done to it, ms. */
export interface Rests {
  /** After a move, before one that goes back: a finding that flaps is not played back on people's screens. */
  readonly moveMs: number;
}

export const USUAL_RESTS: Rests = { moveMs: 15_000 };

/** Store's clock, epoch ms, before which a step is not taken; null: at once. Pure. */
export function restsUntil(record: GroupRecord, step: Step, { moveMs }: Rests): number | null {
  if (step.step !== 'close' && step.step !== 'reopen') return null;
  const last = lastMoveAway(record, step.step === 'close' ? 'closed' : 'open');
  return last === null ? null : last + moveMs;
}

/** When the issue was last moved to the other side, as far as is known: a move whose answer was lost may have happened. */
function lastMoveAway({ issue, move }: GroupRecord, to: 'closed' | 'open'): number | null {
  if (move !== null && move.to !== to) return move.sentAt;
  return issue !== null && issue.stand !== to ? (issue.movedAt ?? null) : null;
}
