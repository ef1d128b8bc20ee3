import type { FollowedIssues, Vanished } from './follow-issues.ts';

/** How many issues of ours are in Jira, and what was done, or would be done, with how many of them. */
export type Swept = {
  readonly found: number;
  /** The store did not know them. */
  readonly restored: number;
  /** Second issues of a group, closed as duplicates. */
  readonly duplicatesClosed: number;
  /** See `FollowedIssues`. */
  readonly moved: number;
  readonly missing: number;
  readonly deleted: number;
  readonly foundAgain: number;
  readonly vanished: readonly Vanished[];
  /** The first of those. */
  readonly issues: readonly { readonly key: string; readonly is: Fate }[];
};

/** What became of an issue. */
export type Fate = 'restored' | 'duplicate-closed' | 'moved' | 'missing' | 'deleted' | 'found-again';

/** What is kept of a sweep. */
export type SweepCounts = Omit<Swept, 'issues'>;

export const NOTHING_FOLLOWED: FollowedIssues = { moved: [], missing: [], deleted: [], foundAgain: [], vanished: [] };

/** Those issues by what became of them. */
export function namedIn({ moved, missing, deleted, foundAgain }: FollowedIssues): readonly Swept['issues'][number][] {
  return [
    ...moved.map((key) => ({ key, is: 'moved' as const })),
    ...missing.map((key) => ({ key, is: 'missing' as const })),
    ...deleted.map((key) => ({ key, is: 'deleted' as const })),
    ...foundAgain.map((key) => ({ key, is: 'found-again' as const })),
  ];
}
