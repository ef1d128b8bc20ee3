import type { JsonObject } from '../../findings/json.ts';
import type { IssueDraft } from '../../issues/issue-draft.ts';
import type { AdfDocument } from '../../issues/text/adf.ts';
import type { Failure } from '../../issues/failure.ts';
import type { IssueStatus, PendingWork } from '../../issues/own-issue.ts';
import type { IssueMention } from '../../issues/text/issue-mention.ts';
import type { Marker, MarkerProperty, Tombstone } from '../../issues/marker.ts';
import type { UpdatedField, Written } from '../../issues/written.ts';
import type { TransitionAim } from '../../rules/transition-aim.ts';
import type { WithCalls } from './tracker-call.ts';
import type { IssueRef } from './issue-ref.ts';
import type { TransitionTarget, TransitionOutcome, FinishOutcome } from './tracker-transition.ts';

/** The tracker port: what reconciling needs of Jira. A create has one of four outcomes, and nothing throws. */
export interface IssueTracker {
  /**
   * Waits shortly for a permit; while there is no access, for the question whether there is again. A step without one is requeued and costs no
   * attempt.
   * @param about id of the issue to be written to, which may have a retry-after window of its own
   */
  permit(kind: PermitKind, about?: string): Promise<Permit>;
  /** Why no step gets a permit now, whatever its kind; null: it may get one. */
  denied(): DeniedPermit | null;
  /**
   * Turns the draft's names into what Jira takes. Reads what the project offers where that is unknown, so it comes before the claim.
   */
  prepare(draft: IssueDraft, how: Preparation): Promise<Prepared>;
  /** The body of the request that `create` sends. */
  createRequest(ready: ReadyIssue, marker: Marker): Readonly<Record<string, unknown>>;
  /**
   * One POST, no search before it.
   * @param sendBy monotonic ms after which it must not be sent: a process that waited that long may have lost its claim
   */
  create(ready: ReadyIssue, marker: Marker, sendBy: number): Promise<CreateOutcome>;
  /** One lookup of the issue that an uncertain create may have made. */
  lookup(question: LookupQuery): Promise<Lookup>;
  /** Brings the issue to a status of category `done`. */
  close(issue: IssueRef, target: TransitionTarget): Promise<TransitionOutcome>;
  /** Brings the issue back to a status that is not of category `done`. */
  reopen(issue: IssueRef, target: TransitionTarget): Promise<TransitionOutcome>;
  /**
   * Does the pending work of a transition of ours, as a step that holds a permit. May be called again.
   * @param aim what the current rules say of that transition; null: nothing
   */
  finish(issue: IssueRef, owed: PendingWork, aim: TransitionAim | null): Promise<FinishOutcome>;
  /** Writes the changed fields, except those that a person has changed since: one read and at most one write. A done issue is left alone. */
  update(issue: IssueRef, update: IssueUpdate): Promise<UpdateOutcome>;
  /** Comments on the issue, as a further call of a step that holds a permit. Sent once. Null: done. */
  comment(issue: IssueRef, comment: AdfDocument): Promise<Failure | null>;
  /** Links a duplicate to the issue that is kept, and closes it with a comment. It is never deleted. */
  closeDuplicate(duplicate: FoundIssue, kept: IssueRef, how: Pick<TransitionTarget, 'comment' | 'aim'>): Promise<TransitionOutcome>;
  /** Any issue, ours or not, as it is now. @param issueKey or id */
  read(issueKey: string): Promise<ReadIssue>;
  /** Reads up to a hundred issues by their ids, in one call. */
  readAll(ids: readonly string[]): Promise<ReadIssues>;
  /** Whether the account sees a project. `gone`: there is none, or it may not. Null: no permit was granted. */
  project(projectKey: string): Promise<'yes' | 'archived' | 'gone' | Failure | null>;
  /** Writes our property and labels to an issue that an admin has linked. Null: done. */
  addMarker(issue: IssueRef, marker: Marker): Promise<Failure | null>;
  /**
   * Writes these findings into the issue's property, and leaves the rest of it: one read and at most one write. The property of another group or
   * installation, and a tombstone, are left alone. @param property written as a whole where there is none yet. Null: done.
   */
  writeMembership(issue: IssueRef, property: MarkerProperty): Promise<Failure | null>;
  /** Adds labels to those that the issue has. May be sent again. Null: done. */
  addLabels(issue: IssueRef, labels: readonly string[]): Promise<Failure | null>;
  /** Removes our labels; the property becomes the tombstone. Null: done, or the issue is gone. */
  removeMarker(issue: IssueRef, tombstone: JsonObject, label: string): Promise<Failure | null>;
  /** A page of the issues that are ours or made by our account, newest first. `withinMs`: created in the last so many ms; null: ever. */
  ours(withinMs: number | null, cursor: string | null): Promise<OursPage>;
  /** Comments on an issue unless the comment was made within the last so many ms, as a step that holds a permit. Null: done. */
  sayOnce(issue: IssueRef, comment: AdfDocument, withinMs: number): Promise<Failure | null>;
  /** Links two issues of ours. May be called again. */
  link(issue: IssueRef, to: IssueRef): Promise<LinkOutcome>;
  /** How the text of another issue mentions it. */
  mention(key: string): IssueMention;
  /** Issues of a project that, by their numbers, are newer than the newest one that search knows. One page. */
  fresh(projectKey: string): Promise<OursPage>;
  /** The issue's address in a browser. */
  url(key: string): string;
  /** The newest issue number that this process has seen in a project; null: none yet. */
  newestNumber(projectKey: string): number | null;
}

/** In order of priority, for when permits are scarce. */
export type PermitKind = 'create' | 'transition' | 'read' | 'update';

/** `release` must be called once, when the call has ended. */
export type Permit = { readonly granted: true; release(): void } | DeniedPermit;

/** Why there was no permit, and for how long there will be none. */
export type DeniedPermit =
  | { readonly granted: false; readonly because: 'rate-limited' | 'busy'; readonly afterMs: number }
  /** The tracker refuses our token, or does not answer: the failure is the group's own until that is over. */
  | { readonly granted: false; readonly because: 'token-refused' | 'away'; readonly afterMs: number; readonly failure: Failure };

export interface Preparation {
  /** `create`: as further calls of a step that holds a permit. `read`: for a preview, behind all other work. */
  readonly kind: 'create' | 'read';
  /** True after a failure: stale facts of the project may be its cause. */
  readonly fresh: boolean;
}

/** An issue in Jira's terms, without our marker. */
export interface ReadyIssue {
  readonly projectKey: string;
  readonly issueType: string;
  /** As `POST /issue` takes them, without the labels. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly labels: readonly string[];
  /** False: the create screen has no labels, so only a later edit can set them. */
  readonly takesLabels: boolean;
  readonly notes: readonly Note[];
}

/** Stable words for deviations from the rule, each explained in docs/operations/reference.md. */
export type NoteWord =
  | 'assignee-unknown'
  | 'assignee-inactive'
  | 'assignee-not-looked-up'
  | 'assignee-not-on-screen'
  | 'description-not-on-screen'
  | 'screen-not-read'
  | 'field-left-out'
  | 'resolution-not-fixed';

/** A word and its subject, for the history: `assignee-unknown: lead@example.com`. */
export type Note = `${NoteWord}: ${string}`;

/** `failure`: Jira would certainly refuse it, so nothing is sent. */
export type Prepared = { readonly ok: true; readonly ready: ReadyIssue } | { readonly ok: false; readonly failure: Failure };

export type CreateOutcome = WithCalls & CreateResult;

type CreateResult =
  | { readonly outcome: 'confirmed'; readonly issue: IssueRef }
  /** Jira understood and refused: sending the same request again can't help. */
  | { readonly outcome: 'rejected'; readonly failure: Failure }
  /** The request never reached Jira's create: the same attempt may be sent again. */
  | { readonly outcome: 'not-sent'; readonly failure: Failure }
  /** The issue may have been created: nothing is sent again before the evidence is in. */
  | { readonly outcome: 'uncertain'; readonly failure: Failure };

/** An issue that a search found, with the facts that tell ours from a copy. */
export interface FoundIssue {
  readonly issue: IssueRef;
  readonly projectKey: string;
  readonly issueType: string;
  readonly createdByUs: boolean;
  readonly labels: readonly string[];
  readonly property: MarkerProperty | null;
  /** Of an issue that an admin has taken away; null: none. */
  readonly tombstone: Tombstone | null;
  readonly status: IssueStatus;
}

/** What a lookup searches for. */
export interface LookupQuery {
  /** The marker's label. */
  readonly label: string;
  /** Labels of control issues of ours, of which the search must show one. */
  readonly controls: readonly string[];
  /** Where a new issue's number must be, if known: read as well, since the issue may exist before the index knows. */
  readonly near: { readonly projectKey: string; readonly after: number } | null;
  /** Issues that our account made in the last so many ms without our label are searched, too: a person removed it, or the create had none. */
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

/** What an update needs besides the issue. */
export interface IssueUpdate {
  readonly draft: IssueDraft;
  /** The fields to be written. */
  readonly fields: readonly UpdatedField[];
  /** The marker from now on; the issue keeps the attempt that made it. */
  readonly marker: Marker;
  /** What we last wrote, for when Jira's history does not say who changed a field. */
  readonly written: Written;
}

/**
 * `sent`: the fields that were written. `theirs`: those that were not, because people have changed them. `closed`: the issue is done, by a person or
 * by a transition of ours that the record lacks; nothing was written.
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

/** `refused`: the link can't be made, and a retry would not help. */
export type LinkOutcome = { readonly outcome: 'linked' } | { readonly outcome: 'refused' | 'failed'; readonly failure: Failure };

export type ReadIssue = { readonly ok: true; readonly found: FoundIssue } | { readonly ok: false; readonly failure: Failure };

/** `absent`: Jira does not show them. One that it could not read just now is in neither list. */
export type ReadIssues =
  | { readonly ok: true; readonly found: readonly FoundIssue[]; readonly absent: readonly string[] }
  | { readonly ok: false; readonly failure: Failure };

export type OursPage =
  | { readonly ok: true; readonly found: readonly FoundIssue[]; readonly nextCursor: string | null }
  | { readonly ok: false; readonly failure: Failure };
