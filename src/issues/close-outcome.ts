import type { CloseOutcome } from '../rules/transition-aim.ts';
import type { ClosingReason } from './closing-reason.ts';

const OUTCOMES: Readonly<Record<ClosingReason, CloseOutcome>> = {
  resolved: 'resolved',
  archived: 'archived',
  ended: 'unmonitored',
  unmonitored: 'unmonitored',
  unanalysed: 'unmonitored',
  unrouted: 'unmonitored',
};

/**
 * The part of a rule's `close` that a reason belongs to. Only a resolved finding counts as fixed, and a resource that was deleted makes AWS
 * resolve its findings. Pure.
 */
export function closeOutcomeOf(because: ClosingReason): CloseOutcome {
  return OUTCOMES[because];
}
