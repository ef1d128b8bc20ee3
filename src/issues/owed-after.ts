import type { AdfDocument } from './text/adf.ts';
import type { MoveIntent, OwnIssue } from './group-record.ts';
import type { Owed } from './owed.ts';

/** How an issue came to stand where it was to be moved. */
export interface Arrival {
  readonly to: MoveIntent['to'];
  readonly outcome: 'moved' | 'already-there';
  /** What the move knows to have left undone; null: nothing. */
  readonly left: Owed | null;
  /** What the move was to say. */
  readonly comment: AdfDocument;
}

/**
 * What an issue that has arrived is owed; null: nothing. What a move to the other side owed is let go. Pure.
 * @param before the move that may have happened; null: none
 */
export function owedAfter({ owes }: OwnIssue, before: MoveIntent | null, { to, outcome, left, comment }: Arrival): Owed | null {
  if (outcome === 'moved') return left;
  if (owes?.to === to) return owes;
  return before?.to === to ? { to, comment, fields: {}, ifOurs: true } : null;
}

/** The issue with what it is owed; null: nothing. */
export function owing(issue: OwnIssue, owed: Owed | null): OwnIssue {
  const { owes: _, ...rest } = issue;
  return owed === null ? rest : { ...rest, owes: owed };
}
