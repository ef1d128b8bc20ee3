import type { AdfDocument } from '../../../src/issues/text/adf.ts';
import type { TransitionTarget } from '../../../src/pipeline/ports/tracker-transition.ts';

/** The target for an issue of which nothing is known, with defaults for the rest. */
export function transitionTarget(comment: AdfDocument, more: Partial<TransitionTarget> = {}): TransitionTarget {
  return {
    projectKey: 'SEC',
    issueType: 'Task',
    from: null,
    sendBy: Infinity,
    readFirst: false,
    comment,
    aim: null,
    explore: true,
    outcome: 'resolved',
    closeStandsSince: null,
    ...more,
  };
}
