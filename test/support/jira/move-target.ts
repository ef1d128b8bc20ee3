import type { AdfDocument } from '../../../src/issues/text/adf.ts';
import type { MoveTarget } from '../../../src/pipeline/ports/issue-tracker.ts';

/** Where an issue is to be moved, of which nothing is known and nothing else is said. */
export function moveTarget(comment: AdfDocument, more: Partial<MoveTarget> = {}): MoveTarget {
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
