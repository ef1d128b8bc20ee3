import type { Failure } from '../../issues/failure.ts';
import { claimOf } from '../../issues/claim.ts';
import type { MarkerProperty } from '../../issues/marker.ts';
import type { GroupKey } from '../../issues/group-key.ts';
import type { UnprovenIssue } from '../../issues/unproven.ts';
import type { FoundIssue, IssueTracker, OursPage } from '../ports/issue-tracker.ts';
import { retryAfterMs } from '../../issues/retry-policy.ts';

/** An issue whose property names this installation; our account is its creator, or the property says that an admin has linked it. */
export type OurIssue = FoundIssue & { readonly property: MarkerProperty };

/** An issue whose marker says that it was unlinked, or contradicts itself. `labels`: those of the groups that may be concerned. */
export interface DoubtfulIssue {
  readonly issue: UnprovenIssue;
  readonly labels: readonly string[];
  /** The group that the tombstone names; null: there is no tombstone. */
  readonly unlinkedFrom: GroupKey | null;
}

/** All of them, in the order in which they claim a group: linked by an admin, then open, then the oldest. `failure` null: no permit was granted. */
export type ReadOurs =
  | {
      readonly ok: true;
      readonly found: readonly OurIssue[];
      readonly doubtful: readonly DoubtfulIssue[];
      /** Every issue that Jira showed, whosever it is. */
      readonly all: readonly FoundIssue[];
    }
  | { readonly ok: false; readonly failure: Failure | null };

/** Delay before each try to read a page, ms: of a hundred pages some fail where Jira falters, and starting over each time would never end. */
const RETRY_DELAYS_MS = [0, 200, 400, 800, 1_600, 2_000, 2_000, 2_000];

export interface ReadOursOptions {
  readonly tracker: IssueTracker;
  readonly installation: string;
  /** Created or changed in the last so many ms; null: ever. */
  readonly withinMs: number | null;
  /** Projects with issues that may be younger than Jira's index; none: only search is asked. */
  readonly projects: readonly string[];
  /** Waits between two tries. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Aborted: it ends as if no permit were granted. */
  readonly signal: AbortSignal;
}

/** Reads the issues of an installation back from Jira. */
export async function readOurs(options: ReadOursOptions): Promise<ReadOurs> {
  const { tracker, installation, withinMs, projects } = options;
  const found = new Map<string, OurIssue>();
  const doubtful = new Map<string, DoubtfulIssue>();
  const all = new Map<string, FoundIssue>();
  let cursor: string | null = null;
  const questions = [...projects.map((project) => () => tracker.fresh(project)), () => tracker.ours(withinMs, cursor)];
  for (const ask of questions) {
    const next = new Set<string | null>();
    do {
      const page: Page = await readPage(options, ask);
      if (!page.ok) return page;
      // An issue that was read by its number came first and is not older than what search shows.
      for (const one of page.found) {
        const { id, key } = one.issue;
        if (!all.has(id)) all.set(id, one);
        const claim = claimOf(one, installation);
        if (claim.is === 'foreign' || found.has(id) || doubtful.has(id)) continue;
        if ('property' in claim) found.set(id, { ...one, property: claim.property });
        else doubtful.set(id, { issue: { id, key, says: claim.is }, labels: claim.labels, unlinkedFrom: one.tombstone?.unlinked ?? null });
      }
      cursor = page.nextCursor;
      if (next.has(cursor)) return { ok: false, failure: LED_BACK };
      next.add(cursor);
    } while (cursor !== null);
  }
  return {
    ok: true,
    found: [...found.values()].toSorted((a, b) => rankOf(a) - rankOf(b) || Number(a.issue.id) - Number(b.issue.id)),
    doubtful: [...doubtful.values()],
    all: [...all.values()],
  };
}

/** Pages without end: some issues may be missing. */
const LED_BACK: Failure = {
  code: 'jira-bad-answer',
  message: 'Jira named a page as the next one that it had named before; a proxy may stand before it and keep answers',
  words: null,
  retry: { when: 'backoff' },
};

type Page = Extract<OursPage, { readonly ok: true }> | Extract<ReadOurs, { readonly ok: false }>;

/** One page, retried where that may help, but not before Jira allows it; a longer retry-after is left to the caller. */
async function readPage({ tracker, sleep, signal }: ReadOursOptions, ask: () => Promise<OursPage>): Promise<Page> {
  let page: Page = { ok: false, failure: null };
  let notForMs = 0;
  for (const [tries, delayMs] of RETRY_DELAYS_MS.entries()) {
    if (signal.aborted) break;
    if (tries > 0) await sleep(delayMs);
    notForMs -= delayMs;
    if (notForMs > 0) continue;
    const permit = await tracker.permit('read');
    if (!permit.granted) continue;
    const asked = await ask().finally(() => permit.release());
    if (asked.ok || asked.failure.code === 'jira-auth' || asked.failure.retry.when === 'seldom') return asked;
    page = asked;
    notForMs = retryAfterMs(asked.failure);
    if (notForMs > RETRY_DELAYS_MS.slice(tries + 1).reduce((sum, ms) => sum + ms, 0)) break;
  }
  return page;
}

function rankOf({ property, status }: OurIssue): number {
  if (property.linked === true) return 0;
  return status.category === 'done' ? 2 : 1;
}
