import type { AdfDocument } from './text/adf.ts';
import type { OwnIssue, TransitionIntent } from './group-record.ts';
import type { PendingWork } from './step.ts';

/** How an issue came to stand where it was to be moved. */
export interface Arrival {
  readonly to: TransitionIntent['to'];
  readonly outcome: 'transitioned' | 'already-there';
  /** What the move knows to have left undone; null: nothing. */
  readonly left: PendingWork | null;
  /** What the move was to say. */
  readonly comment: AdfDocument;
}

/**
 * What an issue that has arrived is owed; null: nothing. What a move to the other side owed is let go. Pure.
 * @param before the move that may have happened; null: none
 */
export function pendingWorkAfter(
  { pendingWork }: OwnIssue,
  before: TransitionIntent | null,
  { to, outcome, left, comment }: Arrival,
): PendingWork | null {
  if (outcome === 'transitioned') return left;
  if (pendingWork?.to === to) return pendingWork;
  return before?.to === to ? { to, comment, fields: {}, ifOurs: true } : null;
}

/** The issue with what it is owed; null: nothing. */
export function withPendingWork(issue: OwnIssue, work: PendingWork | null): OwnIssue {
  const { pendingWork: _, ...rest } = issue;
  return work === null ? rest : { ...rest, pendingWork: work };
}
