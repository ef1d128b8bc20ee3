import type { AdfDocument } from '../../../src/issues/text/adf.ts';
import type { TransitionTarget } from '../../../src/pipeline/ports/issue-tracker.ts';

/** Where an issue is to be moved, of which nothing is known and nothing else is said. */
export function transitionTarget(comment: AdfDocument, more: Partial<TransitionTarget> = {}): TransitionTarget {
  return {
    projectKey: 'SEC',
    issueType: 'Task',
    from: null,
    sendBy: Infinity,
    readFirst: false,
    comment,
    closing: null,
    explore: true,
    mayGiveUp: false,
    closeStandsSince: null,
    ...more,
  };
}
