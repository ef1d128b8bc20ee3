import type { AdfDocument } from './text/adf.ts';

/** What a move of ours has left undone. It is done by later calls, as long as the issue stands where that move brought it. */
export interface PendingWork {
  readonly to: 'closed' | 'open';
  /** What is to be said on the issue; null: nothing more. */
  readonly comment: AdfDocument | null;
  /** Values to be set, by field id and as the REST API takes them. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The answer to the move was lost: nothing is said where another account was the last to move the issue. */
  readonly ifOurs: boolean;
}
