import type { JsonObject } from '../findings/json.ts';
import type { IssueDraft } from '../issues/issue-draft.ts';
import type { AdfDocument } from '../issues/adf.ts';
import type { Failure } from '../issues/failure.ts';
import type { IssueStatus } from '../issues/group-record.ts';
import type { Marker, MarkerProperty } from '../issues/marker.ts';
import type { CloseFields } from '../rules/routing-rule.ts';

/** The tracker port: what settling needs of Jira, in four outcomes and no exceptions. */
export interface IssueTracker {
  /**
   * Waits shortly for its turn. What does not get one goes back to the record and costs no attempt.
   * @param about id of the issue that is to be written to, which may have to rest while others need not
   */
  permit(kind: PermitKind, about?: string): Promise<Permit>;
  /**
   * One POST, no search before it.
   * @param sendBy monotonic ms after which it must not be sent any more: whoever waited that long may have lost its claim
   */
  create(draft: IssueDraft, marker: Marker, sendBy: number): Promise<CreateOutcome>;
  /** One look for the issue that an uncertain create may have made. */
  look(question: LookQuestion): Promise<Look>;
  /** Brings the issue to a status of category `done`. */
  close(issue: IssueRef, target: MoveTarget): Promise<MoveOutcome>;
  /** Brings the issue back to a status that is not of category `done`. */
  reopen(issue: IssueRef, target: MoveTarget): Promise<MoveOutcome>;
  /** Says something on the issue, as a further call of a step that holds a permit. Sent once; null: said. */
  comment(issue: IssueRef, comment: AdfDocument): Promise<Failure | null>;
  /** Links a second issue of a group to the one that stays, and closes it with a word. It is never deleted. */
  retire(twin: FoundIssue, kept: IssueRef, comment: AdfDocument): Promise<MoveOutcome>;
  /** One issue, whoever made it, as it is now. @param issueKey or id */
  read(issueKey: string): Promise<ReadIssue>;
  /** Writes our property and labels to an issue that an admin has linked. Null: done. */
  mark(issue: IssueRef, marker: Marker): Promise<Failure | null>;
  /** Takes them off again: the property becomes the tombstone. Null: done, or the issue is gone. */
  unmark(issue: IssueRef, tombstone: JsonObject, label: string): Promise<Failure | null>;
  /** A page of all issues of ours, or made by our account, newest first. `withinMs`: created in the last so many ms; null: ever. */
  ours(withinMs: number | null, cursor: string | null): Promise<OursPage>;
  /** Where a person sees the issue. */
  url(key: string): string;
  /** The newest issue number that this process has seen in a project; null: none yet. */
  newestNumber(projectKey: string): number | null;
}

/** In the order in which permits are given when there are few. */
export type PermitKind = 'open' | 'close' | 'look';

/** `release` must be called once, when the call has ended. */
export type Permit =
  | { readonly granted: true; release(): void }
  | { readonly granted: false; readonly because: 'rate-limited' | 'busy'; readonly afterMs: number };

export interface IssueRef {
  readonly id: string;
  readonly key: string;
}

export type CreateOutcome =
  | { readonly outcome: 'confirmed'; readonly issue: IssueRef }
  /** Jira understood and said no: sending the same again can't help. */
  | { readonly outcome: 'rejected'; readonly failure: Failure }
  /** It never reached Jira's create: the same attempt may be sent again. */
  | { readonly outcome: 'not-sent'; readonly failure: Failure }
  /** It may have been created: nothing is sent again before the evidence is in. */
  | { readonly outcome: 'uncertain'; readonly failure: Failure };

/** An issue that a search found, with what tells ours from a copy. */
export interface FoundIssue {
  readonly issue: IssueRef;
  readonly projectKey: string;
  readonly issueType: string;
  readonly createdByUs: boolean;
  readonly property: MarkerProperty | null;
  readonly status: IssueStatus;
}

/** What a look is for. */
export interface LookQuestion {
  /** The marker's label. */
  readonly label: string;
  /** Labels of issues of ours, of which one must be seen. */
  readonly controls: readonly string[];
  /** Where a new issue's number must be, when that is known: read besides, since it may be there before the index knows. */
  readonly near: { readonly projectKey: string; readonly after: number } | null;
}

/** `valid`: it ran as our own account, came without warnings and saw a control where there is one; only then is absence evidence. */
export interface Look {
  readonly valid: boolean;
  /** Why it is not valid; `ok` when it is. */
  readonly because: 'ok' | 'not-our-account' | 'warnings' | 'no-control-seen' | 'failed';
  readonly found: readonly FoundIssue[];
  readonly failure: Failure | null;
}

/** What a move needs besides the issue. `from`: the status that we last knew, null for as created. */
export interface MoveTarget {
  readonly projectKey: string;
  readonly issueType: string;
  readonly from: IssueStatus | null;
  /** True after a move whose answer was lost: read the issue before anything is sent. */
  readonly readFirst: boolean;
  /** Said with the hop that arrives, or after it. */
  readonly comment: AdfDocument;
  /** What the rules of now say about closing; null: nothing. */
  readonly closing: CloseFields | null;
  /** True: where no way is known the issue may be moved on to see what the workflow offers there. */
  readonly explore: boolean;
}

export type MoveOutcome =
  | { readonly outcome: 'moved' | 'already-there'; readonly issue: IssueRef; readonly status: IssueStatus }
  | { readonly outcome: 'failed'; readonly failure: Failure };

export type ReadIssue = { readonly ok: true; readonly found: FoundIssue } | { readonly ok: false; readonly failure: Failure };

export type OursPage =
  | { readonly ok: true; readonly found: readonly FoundIssue[]; readonly nextCursor: string | null }
  | { readonly ok: false; readonly failure: Failure };
