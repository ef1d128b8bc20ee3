import type { Failure } from '../issues/failure.ts';
import type { MarkerProperty } from '../issues/marker.ts';
import type { FoundIssue, IssueTracker } from './issue-tracker.ts';

/** An issue of this installation: its property names the installation, and our account is its creator or an admin has linked it. */
export type OurIssue = FoundIssue & { readonly property: MarkerProperty };

/** All of them, the oldest first. `failure` null: it was not our turn to ask. */
export type ReadOurs =
  | { readonly ok: true; readonly found: readonly OurIssue[] }
  | { readonly ok: false; readonly failure: Failure | null };

/** Reads the issues of an installation back from Jira. @param withinMs created in the last so many ms; null: ever */
export async function readOurs(tracker: IssueTracker, installation: string, withinMs: number | null): Promise<ReadOurs> {
  const found: OurIssue[] = [];
  let cursor: string | null = null;
  do {
    const permit = await tracker.permit('look');
    if (!permit.granted) return { ok: false, failure: null };
    const page = await tracker.ours(withinMs, cursor).finally(() => permit.release());
    if (!page.ok) return page;
    found.push(...page.found.flatMap((issue) => (isOurs(issue, installation) ? [issue] : [])));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return { ok: true, found: found.toSorted((a, b) => Number(a.issue.id) - Number(b.issue.id)) };
}

function isOurs(issue: FoundIssue, installation: string): issue is OurIssue {
  return issue.property?.installation === installation && (issue.createdByUs || issue.property.linked === true);
}
