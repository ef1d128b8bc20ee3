import type { CloseOutcome } from '../rules/transition-aim.ts';
import type { ClosingReason } from './closing-reason.ts';

/**
 * The part of a rule's `close` that a reason belongs to. Only a resolved finding counts as fixed, and a resource that was deleted makes AWS
 * resolve its findings. Pure.
 */
export function closeOutcomeOf(because: ClosingReason): CloseOutcome {
  return because === 'resolved' || because === 'archived' ? because : 'unmonitored';
}
