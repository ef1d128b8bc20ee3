import type { AdfDocument } from '../../issues/text/adf.ts';
import type { Failure } from '../../issues/failure.ts';
import type { IssueStatus, PendingWork } from '../../issues/own-issue.ts';
import type { CloseOutcome, TransitionAim } from '../../rules/transition-aim.ts';
import type { WithCalls } from './tracker-call.ts';
import type { IssueRef } from './issue-ref.ts';

/** What a transition needs besides the issue. `from`: the last status that we knew; null: as created. */
export interface TransitionTarget {
  readonly projectKey: string;
  readonly issueType: string;
  readonly from: IssueStatus | null;
  /** Monotonic ms after which nothing more may be sent: another process may have taken over. */
  readonly sendBy: number;
  /** True after a transition whose answer was lost: read the issue before anything is sent. */
  readonly readFirst: boolean;
  /** Sent with the hop that arrives, or after it. */
  readonly comment: AdfDocument;
  /** What the current rules say of this transition; null: nothing. */
  readonly aim: TransitionAim | null;
  /** True: where no path is known, a transition may be made to see what the workflow offers next. */
  readonly explore: boolean;
  /** Of a close: what became of the findings, which decides where it may end. */
  readonly outcome: CloseOutcome | 'duplicate';
  /**
   * From when on a close by a person counts: where a person has closed the issue since then, nothing is sent. Epoch ms, 0: at any time;
   * null: such a close does not count.
   */
  readonly closeStandsSince: number | null;
}

export type TransitionOutcome = WithCalls & TransitionResult;

type TransitionResult =
  /**
   * `unfinished`: absent where all of it was done. `endedAs`: the workflow itself has set this resolution, which says something else than
   * that the access is gone; absent: it has not.
   */
  | {
      readonly outcome: 'transitioned';
      readonly issue: IssueRef;
      readonly status: IssueStatus;
      readonly unfinished?: Unfinished;
      readonly endedAs?: string;
    }
  | { readonly outcome: 'already-there'; readonly issue: IssueRef; readonly status: IssueStatus }
  /** A person had closed the issue, which counts: nothing was sent. */
  | { readonly outcome: 'closed-by-person'; readonly issue: IssueRef; readonly status: IssueStatus }
  | { readonly outcome: 'failed'; readonly failure: Failure };

/** The pending work of a transition, and why it is pending. */
export interface Unfinished {
  readonly left: PendingWork;
  readonly failure: Failure;
}

/** `left` null: nothing is left. `failure` null: all of it was done; else Jira's refusal. Work that Jira refused for good is dropped. */
export type FinishOutcome = WithCalls & { readonly left: PendingWork | null; readonly failure: Failure | null };
