import { twinComment } from '../issues/comments.ts';
import type { Clock } from './clock.ts';
import { SWEEPS } from './collections.ts';
import type { Tell } from './happening.ts';
import type { FoundIssue, IssueRef, IssueTracker } from './issue-tracker.ts';
import { readOurs } from './read-ours.ts';
import type { SettleQueue } from './settle-queue.ts';
import { createTakeInIssue } from './take-in-issue.ts';
import { put, type Store } from './store.ts';

/** Compares what stands in Jira with the store, now and then: issues that the store does not know, and twins that search showed late. */
export interface Sweep {
  /** Runs one when its time has come and no other replica runs it. @param signal ends it between two pages */
  advance(signal?: AbortSignal): Promise<void>;
  /** Runs one now. @returns null when Jira could not be read */
  run(signal?: AbortSignal): Promise<Swept | null>;
}

export interface Swept {
  readonly found: number;
  readonly restored: number;
  readonly retired: number;
}

const ISSUES = 'issues';

const NEVER = new AbortController().signal;

export interface SweepDeps {
  readonly store: Store;
  readonly tracker: IssueTracker;
  readonly queue: SettleQueue;
  readonly clock: Clock;
  readonly tell: Tell;
  /** Waits between two tries to read a page. */
  readonly pause: (ms: number) => Promise<void>;
  readonly installation: string;
  readonly mode: 'live' | 'observe';
  /** Ms from one sweep to the next; 0: none. */
  readonly intervalMs: number;
  readonly ensureTrust: () => Promise<void>;
}

export function createSweep(deps: SweepDeps): Sweep {
  const { store, tracker, tell, mode } = deps;
  const takeIn = createTakeInIssue(deps);

  async function run(signal: AbortSignal = NEVER): Promise<Swept | null> {
    const { installation, pause } = deps;
    const ours = await readOurs({ tracker, installation, withinMs: null, projects: [], pause, signal });
    if (!ours.ok) return null;
    let [restored, retired] = [0, 0];
    for (const issue of ours.found) {
      const taken = await takeIn(issue);
      if (taken.is === 'restored') restored += 1;
      if (taken.is === 'twin' && mode === 'live' && (await retire(issue, taken.kept))) retired += 1;
    }
    const swept = { found: ours.found.length, restored, retired };
    tell({ what: 'swept', ...swept });
    return swept;
  }

  /** @returns true when it was closed just now. What fails is tried by the next sweep. */
  async function retire(twin: FoundIssue, kept: IssueRef): Promise<boolean> {
    const permit = await tracker.permit('close', twin.issue.id);
    if (!permit.granted) return false;
    const outcome = await tracker.retire(twin, kept, twinComment(kept.key)).finally(() => permit.release());
    if (outcome.outcome === 'moved') tell({ what: 'twin-retired', issueKey: kept.key, twinKey: twin.issue.key });
    if (outcome.outcome === 'failed') {
      const { code, message } = outcome.failure;
      tell({ what: 'jira-failed', group: '', call: 'retire', code, message, retryInMs: deps.intervalMs });
    }
    return outcome.outcome === 'moved';
  }

  return {
    run,
    async advance(signal = NEVER) {
      if (deps.intervalMs === 0) return;
      const [last] = await store.read(SWEEPS, [ISSUES]);
      const now = await store.now();
      if (last && last.doc.nextAt > now) return;
      // Whoever writes first runs it; the very first one comes an interval after the first start.
      const claimed = await store.commit([put(SWEEPS, ISSUES, last?.version ?? null, { nextAt: now + deps.intervalMs })]);
      if (claimed.ok && last) await run(signal);
    },
  };
}
