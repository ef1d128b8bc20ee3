import type { SimulatedIssue } from './simulated-issue.ts';

/** The index of search and bulk fetch: every issue as it was some time ago. `GET /issue` does not use it. */
export interface SearchIndex {
  /** Records a change; null: the issue was deleted. */
  changed(id: string, issue: SimulatedIssue | null): void;
  /** @param lagMs time until a change is visible; search and bulk fetch may have different lags */
  issues(lagMs: number): SimulatedIssue[];
  /** Counts how often search was about to return the issue, this time included. */
  sightings(id: string): number;
  clear(): void;
}

interface Version {
  readonly at: number;
  readonly issue: SimulatedIssue | null;
}

/** @param now epoch ms */
export function createSearchIndex(now: () => number): SearchIndex {
  // No version is dropped: search and bulk fetch have different lags, which may change at any time.
  const versions = new Map<string, Version[]>();
  const seen = new Map<string, number>();
  return {
    changed(id, issue) {
      const version = { at: now(), issue };
      const all = versions.get(id);
      if (all === undefined) versions.set(id, [version]);
      else all.push(version);
    },
    issues(lagMs) {
      const until = now() - lagMs;
      const found: SimulatedIssue[] = [];
      for (const all of versions.values()) {
        const issue = all.findLast((version) => version.at <= until)?.issue ?? null;
        if (issue !== null) found.push(issue);
      }
      return found;
    },
    sightings(id) {
      const times = (seen.get(id) ?? 0) + 1;
      seen.set(id, times);
      return times;
    },
    clear() {
      seen.clear();
      versions.clear();
    },
  };
}
