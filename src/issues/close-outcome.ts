import type { CloseOutcome } from '../rules/transition-aim.ts';
import type { ClosingReason } from './closing-reason.ts';

/**
 * The part of a rule's `close` that a reason belongs to. Only a resolved finding counts as fixed, and a resource that was deleted makes AWS
 * resolve its findings. Pure.
 */
export function closeOutcomeOf(because: ClosingReason): CloseOutcome {
  switch (because) {
    case 'resolved':
    case 'archived':
      return because;
    case 'ended':
    case 'unmonitored':
    case 'unanalysed':
    case 'unrouted':
      return 'unmonitored';
    default:
      return because satisfies never;
  }
}
