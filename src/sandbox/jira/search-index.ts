import type { SimulatedIssue } from './simulated-issue.ts';

/** What search sees: every issue as it stood some time ago. Reading an issue by its id does not come here. */
export interface SearchIndex {
  /** Tells of a change; null: the issue was deleted. */
  changed(id: string, issue: SimulatedIssue | null): void;
  /** @param lagMs how long a change needs until it is seen here; search and bulk fetch may ask with different ones */
  issues(lagMs: number): SimulatedIssue[];
  /** Counts how often the issue was about to be shown, this time included. */
  sightings(id: string): number;
  clear(): void;
}

interface Version {
  readonly at: number;
  readonly issue: SimulatedIssue | null;
}

/** @param now epoch ms */
export function createSearchIndex(now: () => number): SearchIndex {
  // None is ever dropped: search and bulk fetch look back differently far, and how far may change at any time.
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
