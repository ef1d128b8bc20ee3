import type { ClosingReason } from './closing-reason.ts';
import type { NeighbourIssue } from './neighbours.ts';
import type { AdfDocument } from './text/adf.ts';
import type { Written } from './written.ts';

/** The group's issue in Jira. */
export type OwnIssue = IssueIdentity & IssuePosition & IssueContent & IssueWork;

/** The sides between which transitions move an issue. */
export type IssueSide = 'open' | 'closed';

/** Which issue it is, and how it came to be the group's. */
interface IssueIdentity {
  readonly id: string;
  /** The key at the last read; an issue that a person moves keeps its id and gets another key. */
  readonly key: string;
  readonly projectKey: string;
  readonly issueType: string;
  /** The rule that sent it there; null: read back from Jira after the store was lost, or linked by an admin. */
  readonly ruleId: string | null;
  /** An admin has linked it: it takes precedence over every other issue of the group. */
  readonly linked?: true;
  /** The project in which it was opened, if a person has moved it to another one since. */
  readonly movedFrom?: string;
  /** Jira does not show it any more. */
  readonly missing?: MissingIssue;
  /** When it was read back from search, which may have lagged: a later read must confirm it. Store's clock, epoch ms. */
  readonly readBackAt?: number;
}

/** Where it stands, since when, and why. */
interface IssuePosition {
  /** The side that we last brought it to. */
  readonly lastApplied: IssueSide;
  /** The status that Jira last reported; null: none since the create. */
  readonly status: IssueStatus | null;
  /** Its due date counts from here; store's clock, epoch ms. Absent: unknown, because it was read back or linked. */
  readonly openedAt?: number;
  /** By its rule, `YYYY-MM-DD` in UTC, whatever people have set in Jira; null: none. Absent: unknown, like `openedAt`. */
  readonly dueDate?: string | null;
  /** When the record first had it as closed for this reason; store's clock, epoch ms. Absent: it is open, or the time is unknown. */
  readonly closedAt?: number;
  /** Why it is closed, if known. `by-person`: a person closed it while the finding was open, so it stays closed. */
  readonly closedBecause?: ClosingReason | 'by-person';
  /** When we last transitioned it to its current side; store's clock, epoch ms. Absent: not since it was created or read back. */
  readonly transitionedAt?: number;
}

/** What we last wrote into it. */
interface IssueContent {
  /** Digests of the content that we last wrote. */
  readonly written?: Written;
  /** When we last wrote it; store's clock, epoch ms. */
  readonly writtenAt?: number;
  /** A digest of the findings that its property names. */
  readonly membership?: string;
  /** A membership that Jira refused: the same one is not sent again before `until`. Store's clock, epoch ms. */
  readonly refusedMembership?: { readonly digest: string; readonly until: number };
  /** An update that Jira refused: the same one is not sent again before `until`. Store's clock, epoch ms. */
  readonly refused?: { readonly digest: string; readonly until: number };
}

/** What is still to be done to it, besides its side and its content, and what must not be done twice. */
interface IssueWork {
  /** The issue that this one follows, and the state of the link to it. `refused`: Jira refused the link. */
  readonly follows?: NeighbourIssue & { readonly link: 'wanted' | 'linked' | 'refused' };
  /** Labels that are still to be added, besides the marker's, because the create screen has no labels. */
  readonly laterLabels?: readonly string[];
  /** The property and label of the marker are still to be written. */
  readonly marker?: 'wanted';
  /** Work that our last transition left undone. */
  readonly pendingWork?: PendingWork;
  /** The issue has our comment that the workflow has no path to this side: added once, until a transition succeeds. */
  readonly saidNoPath?: IssueSide;
}

/**
 * That Jira did not show the group's issue. One answer proves nothing: an issue is taken for deleted only when two sweeps, some time apart, have
 * missed it while Jira showed its project. Deleted and hidden from our account look the same, so it may come back.
 */
export interface MissingIssue {
  /** When a sweep first missed it; store's clock, epoch ms. */
  readonly since: number;
  /** When another one did; absent: none yet. */
  readonly confirmedAt?: number;
  /** An admin has asked for another issue in its place. */
  readonly replace?: true;
}

/** A status and its category: the name is the project's own, the category is the same everywhere. */
export interface IssueStatus {
  readonly name: string;
  readonly category: 'new' | 'indeterminate' | 'done' | 'undefined';
}

/** Work that a transition of ours left undone. Later calls do it, as long as the issue stays on that side. */
export interface PendingWork {
  readonly to: IssueSide;
  /** The comment that is still to be added; null: none. */
  readonly comment: AdfDocument | null;
  /** Values that are still to be set, by field id and in the form of the REST API. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The answer to the transition was lost: no comment is added if another account made the issue's last transition. */
  readonly ifOurs: boolean;
}
