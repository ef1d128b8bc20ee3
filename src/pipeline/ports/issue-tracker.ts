import type { JsonObject } from '../../findings/json.ts';
import type { IssueDraft } from '../../issues/issue-draft.ts';
import type { AdfDocument } from '../../issues/text/adf.ts';
import type { Failure } from '../../issues/failure.ts';
import type { IssueStatus } from '../../issues/group-record.ts';
import type { IssueMention } from '../../issues/text/issue-mention.ts';
import type { Marker, MarkerProperty, Tombstone } from '../../issues/marker.ts';
import type { UpdatedField, Written } from '../../issues/written.ts';
import type { CloseFields } from '../../rules/routing-rule.ts';
import type { PendingWork } from '../../issues/step.ts';

/** The tracker port: what settling needs of Jira, in four outcomes and no exceptions. */
export interface IssueTracker {
  /**
   * Waits shortly for its turn. What does not get one goes back to the record and costs no attempt.
   * @param about id of the issue that is to be written to, which may have to rest while others need not
   */
  permit(kind: PermitKind, about?: string): Promise<Permit>;
  /**
   * Yielder the draft's names into what Jira takes. Reads what the project offers where that is not known yet, so it comes before the claim.
   */
  prepare(draft: IssueDraft, how: Preparation): Promise<Prepared>;
  /** The body of the request that `create` sends, as it is. */
  createRequest(ready: ReadyIssue, marker: Marker): Readonly<Record<string, unknown>>;
  /**
   * One POST, no search before it.
   * @param sendBy monotonic ms after which it must not be sent any more: whoever waited that long may have lost its claim
   */
  create(ready: ReadyIssue, marker: Marker, sendBy: number): Promise<CreateOutcome>;
  /** One look for the issue that an uncertain create may have made. */
  lookup(question: LookupQuery): Promise<Lookup>;
  /** Brings the issue to a status of category `done`. */
  close(issue: IssueRef, target: TransitionTarget): Promise<TransitionOutcome>;
  /** Brings the issue back to a status that is not of category `done`. */
  reopen(issue: IssueRef, target: TransitionTarget): Promise<TransitionOutcome>;
  /**
   * Does what a move of ours has left undone, as a step that holds a permit. May be called again.
   * @param closing what the rules of now say about closing; null: nothing
   */
  finish(issue: IssueRef, owed: PendingWork, closing: CloseFields | null): Promise<FinishOutcome>;
  /** Writes what has changed, except where a person has changed it since: one read and at most one write. An issue that is done is left alone. */
  update(issue: IssueRef, update: IssueUpdate): Promise<UpdateOutcome>;
  /** Says something on the issue, as a further call of a step that holds a permit. Sent once; null: said. */
  comment(issue: IssueRef, comment: AdfDocument): Promise<Failure | null>;
  /** Links a second issue of a group to the one that stays, and closes it with a word. It is never deleted. */
  closeDuplicate(duplicate: FoundIssue, kept: IssueRef, how: Pick<TransitionTarget, 'comment' | 'closing'>): Promise<TransitionOutcome>;
  /** One issue, whoever made it, as it is now. @param issueKey or id */
  read(issueKey: string): Promise<ReadIssue>;
  /** Writes our property and labels to an issue that an admin has linked. Null: done. */
  addMarker(issue: IssueRef, marker: Marker): Promise<Failure | null>;
  /**
   * Has the issue's property name these findings, and leaves everything else as it is: one read and at most one write. A property that is another's, or
   * nobody's any more, is left alone. @param property where there is none yet. Null: done.
   */
  writeMembership(issue: IssueRef, property: MarkerProperty): Promise<Failure | null>;
  /** Puts labels on an issue beside those that it has. May be sent again. Null: done. */
  addLabels(issue: IssueRef, labels: readonly string[]): Promise<Failure | null>;
  /** Takes them off again: the property becomes the tombstone. Null: done, or the issue is gone. */
  removeMarker(issue: IssueRef, tombstone: JsonObject, label: string): Promise<Failure | null>;
  /** A page of all issues of ours, or made by our account, newest first. `withinMs`: created in the last so many ms; null: ever. */
  ours(withinMs: number | null, cursor: string | null): Promise<OursPage>;
  /** Says something on an issue unless it was said within the last so many ms, as a step that holds a permit. Null: it is said. */
  sayOnce(issue: IssueRef, comment: AdfDocument, withinMs: number): Promise<Failure | null>;
  /** Links two issues of ours. May be called again. */
  link(issue: IssueRef, to: IssueRef): Promise<LinkOutcome>;
  /** How another issue's text speaks of it. */
  mention(key: string): IssueMention;
  /** Issues of a project that are newer than the newest one which search knows, as far as their numbers show. One page. */
  fresh(projectKey: string): Promise<OursPage>;
  /** Where a person sees the issue. */
  url(key: string): string;
  /** The newest issue number that this process has seen in a project; null: none yet. */
  newestNumber(projectKey: string): number | null;
}

/** In the order in which permits are given when there are few. */
export type PermitKind = 'create' | 'transition' | 'read' | 'update';

/** `release` must be called once, when the call has ended. */
export type Permit =
  | { readonly granted: true; release(): void }
  | { readonly granted: false; readonly because: 'rate-limited' | 'busy'; readonly afterMs: number };

export interface IssueRef {
  readonly id: string;
  readonly key: string;
}

export interface Preparation {
  /** `open`: as further calls of a step that holds a permit. `look`: for somebody who only wants to see, behind everything else. */
  readonly kind: 'create' | 'read';
  /** True after a failure: what was read a while ago may be its cause. */
  readonly fresh: boolean;
}

/** An issue in Jira's terms, without what marks it as ours. */
export interface ReadyIssue {
  readonly projectKey: string;
  readonly issueType: string;
  /** As `POST /issue` takes them, without the labels. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly labels: readonly string[];
  /** False: the create screen has no labels, so that they can only be set by an edit afterwards. */
  readonly takesLabels: boolean;
  readonly notes: readonly Note[];
}

/** Stable words for what came out otherwise than the rule says, each explained in docs/operations/reference.md. */
export type NoteWord =
  | 'assignee-unknown'
  | 'assignee-inactive'
  | 'assignee-not-looked-up'
  | 'assignee-not-on-screen'
  | 'description-not-on-screen'
  | 'screen-not-read'
  | 'field-left-out';

/** A word and what it is about, for the history: `assignee-unknown: lead@example.com`. */
export type Note = `${NoteWord}: ${string}`;

/** `failure`: Jira would refuse it for sure, so that nothing is to be sent. */
export type Prepared = { readonly ok: true; readonly ready: ReadyIssue } | { readonly ok: false; readonly failure: Failure };

/** One request to Jira and what came of it. */
export interface TrackerCall {
  /** Method and path with `*` for every id, such as `POST /issue`. */
  readonly operation: string;
  /** HTTP status, or the network's code. */
  readonly result: string;
  /** By which Atlassian's support finds it; null: the answer named none. */
  readonly requestId: string | null;
  readonly tookMs: number;
}

/** The requests that an outcome took, in order. Absent: none was counted. */
export interface WithCalls {
  readonly calls?: readonly TrackerCall[];
}

export type CreateOutcome = WithCalls & CreateResult;

type CreateResult =
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
  /** An admin has taken it away; null: nobody has. */
  readonly tombstone: Tombstone | null;
  readonly status: IssueStatus;
}

/** What a look is for. */
export interface LookupQuery {
  /** The marker's label. */
  readonly label: string;
  /** Labels of issues of ours, of which one must be seen. */
  readonly controls: readonly string[];
  /** Where a new issue's number must be, when that is known: read besides, since it may be there before the index knows. */
  readonly near: { readonly projectKey: string; readonly after: number } | null;
  /** What our account made in the last so many ms and lacks our label is looked through, too: a person took it off, or the create carried none. */
  readonly madeWithinMs: number;
}

/** `valid`: it ran as our own account, came without warnings and saw a control where there is one; only then is absence evidence. */
export interface Lookup extends WithCalls {
  readonly valid: boolean;
  /** Why it is not valid; `ok` when it is. */
  readonly because: 'ok' | 'not-our-account' | 'warnings' | 'no-control-seen' | 'failed';
  readonly found: readonly FoundIssue[];
  readonly failure: Failure | null;
}

/** What a move needs besides the issue. `from`: the status that we last knew, null for as created. */
export interface TransitionTarget {
  readonly projectKey: string;
  readonly issueType: string;
  readonly from: IssueStatus | null;
  /** Monotonic ms after which nothing of it must be sent any more: others may have taken it over. */
  readonly sendBy: number;
  /** True after a move whose answer was lost: read the issue before anything is sent. */
  readonly readFirst: boolean;
  /** HistoryNote with the hop that arrives, or after it. */
  readonly comment: AdfDocument;
  /** What the rules of now say about closing; null: nothing. */
  readonly closing: CloseFields | null;
  /** True: where no way is known the issue may be moved on to see what the workflow offers there. */
  readonly explore: boolean;
  /** True: nothing was fixed, so that an end like "Won't do" is no lie where the others ask for a field that has no value. */
  readonly mayGiveUp: boolean;
  /**
   * From when on a close by a person stands: where the issue is found closed by one since then, nothing is sent. Epoch ms, 0: whenever it was;
   * null: it is moved whoever closed it.
   */
  readonly closeStandsSince: number | null;
}

export type TransitionOutcome = WithCalls & TransitionResult;

type TransitionResult =
  /** `owed`: absent where all of it was done. */
  | { readonly outcome: 'transitioned'; readonly issue: IssueRef; readonly status: IssueStatus; readonly unfinished?: Unfinished }
  | { readonly outcome: 'already-there'; readonly issue: IssueRef; readonly status: IssueStatus }
  /** Found closed by a person, which stands: nothing was sent. */
  | { readonly outcome: 'closed-by-person'; readonly issue: IssueRef; readonly status: IssueStatus }
  | { readonly outcome: 'failed'; readonly failure: Failure };

/** What a move has left undone, and why. */
export interface Unfinished {
  readonly left: PendingWork;
  readonly failure: Failure;
}

/** `left` null: nothing is left. `failure` null: all of it was done; else what Jira would not let happen, of which what is final is let go. */
export type FinishOutcome = WithCalls & { readonly left: PendingWork | null; readonly failure: Failure | null };

/** What an update needs besides the issue. */
export interface IssueUpdate {
  readonly draft: IssueDraft;
  /** Those that are to be written. */
  readonly fields: readonly UpdatedField[];
  /** As it should be from now on; the issue keeps the attempt that made it. */
  readonly marker: Marker;
  /** What we last wrote, for where Jira's history does not say who changed a field. */
  readonly written: Written;
}

/**
 * `sent`: the fields that were written. `theirs`: those that were not, because people have changed them. `closed`: the issue is done, by a person or
 * by a move of ours that the record does not know of; nothing was written.
 */
export type UpdateOutcome = WithCalls & UpdateResult;

type UpdateResult =
  | {
      readonly outcome: 'updated';
      readonly issue: IssueRef;
      readonly status: IssueStatus;
      readonly sent: readonly UpdatedField[];
      readonly theirs: readonly UpdatedField[];
    }
  | { readonly outcome: 'closed'; readonly issue: IssueRef; readonly status: IssueStatus; readonly byPerson: boolean }
  | { readonly outcome: 'failed'; readonly failure: Failure };

/** `refused`: it can't be made, and trying again would not help. */
export type LinkOutcome = { readonly outcome: 'linked' } | { readonly outcome: 'refused' | 'failed'; readonly failure: Failure };

export type ReadIssue = { readonly ok: true; readonly found: FoundIssue } | { readonly ok: false; readonly failure: Failure };

export type OursPage =
  | { readonly ok: true; readonly found: readonly FoundIssue[]; readonly nextCursor: string | null }
  | { readonly ok: false; readonly failure: Failure };
