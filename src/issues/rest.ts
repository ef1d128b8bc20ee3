import type { GroupRecord, Wait } from './group-record.ts';
import type { Step } from './step.ts';

/** How long an issue is left alone after something was done to it, ms. */
export interface Rests {
  /** After a move, before one that goes back: a finding that flaps is not played back on people's screens. */
  readonly moveMs: number;
  /** After a write, before the next update: what changes in one go is written in one go. */
  readonly updateMs: number;
}

export const USUAL_RESTS: Rests = { moveMs: 15_000, updateMs: 30_000 };

/** The rest before a step may be taken; null: it is taken at once. Pure. */
export function restBefore(record: GroupRecord, step: Step, { moveMs, updateMs }: Rests): Wait | null {
  switch (step.step) {
    case 'close':
    case 'reopen':
      return since(lastMoveAway(record, step.step === 'close' ? 'closed' : 'open'), moveMs, 'settling-down');
    case 'update':
      return since(record.issue?.writtenAt ?? null, updateMs, 'gathering');
    default:
      return null;
  }
}

function since(at: number | null, restMs: number, because: Wait['because']): Wait | null {
  return at === null ? null : { until: at + restMs, because };
}

/** When the issue was last moved to the other side, as far as is known: a move whose answer was lost may have happened. */
function lastMoveAway({ issue, move }: GroupRecord, to: 'closed' | 'open'): number | null {
  if (move !== null && move.to !== to) return move.sentAt;
  return issue !== null && issue.stand !== to ? (issue.movedAt ?? null) : null;
}
