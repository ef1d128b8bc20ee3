import type { AdfDocument } from './text/adf.ts';
import type { TransitionIntent } from './group-record.ts';
import type { OwnIssue, PendingWork } from './own-issue.ts';

/** How an issue reached the side that a transition aims for. */
export interface Arrival {
  readonly to: TransitionIntent['to'];
  readonly outcome: 'transitioned' | 'already-there';
  /** The work that the transition left undone; null: none. */
  readonly left: PendingWork | null;
  /** The comment of the transition. */
  readonly comment: AdfDocument;
}

/**
 * The pending work of an issue that has arrived; null: none. Pending work of a transition to the other side is dropped. Pure.
 * @param before the earlier transition that may have happened; null: none
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

/** The issue with this pending work; null: none. */
export function withPendingWork(issue: OwnIssue, work: PendingWork | null): OwnIssue {
  const { pendingWork: _, ...rest } = issue;
  return work === null ? rest : { ...rest, pendingWork: work };
}
