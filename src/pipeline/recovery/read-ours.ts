import type { Failure } from '../../issues/failure.ts';
import { claimOf } from '../../issues/claim.ts';
import type { MarkerProperty } from '../../issues/marker.ts';
import type { IssueNow } from '../../issues/missing-issue.ts';
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

/** `failure` null: no permit was granted. */
export type ReadOurs =
  | {
      readonly ok: true;
      /**
       * Those that are not settled, and settled ones of the same groups, in the order in which they claim a group: linked by an admin, then open, then
       * the oldest.
       */
      readonly found: readonly OurIssue[];
      /** The number of the others. */
      readonly settled: number;
      readonly doubtful: readonly DoubtfulIssue[];
      /** Every issue that Jira showed, whosever it is, by its id. */
      readonly shown: ReadonlyMap<string, IssueNow>;
    }
  | { readonly ok: false; readonly failure: Failure | null };

/** Delay before each try to read a page, ms: of a hundred pages some fail where Jira falters, and starting over each time would never end. */
const RETRY_DELAYS_MS = [0, 200, 400, 800, 1_600, 2_000, 2_000, 2_000];

/** The most issues that one call reads. */
const PER_CALL = 100;

export interface ReadOursOptions {
  readonly tracker: IssueTracker;
  readonly installation: string;
  /** Created or changed in the last so many ms; null: ever. */
  readonly withinMs: number | null;
  /** Whether the store knows all about an issue. Nothing but what Jira shows of it is kept, so that memory does not grow with what is in order. */
  readonly isSettled: (issue: OurIssue) => Promise<boolean>;
  /** Projects with issues that may be younger than Jira's index; none: only search is asked. */
  readonly projects: readonly string[];
  /** Waits between two tries. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Aborted: it ends as if no permit were granted. */
  readonly signal: AbortSignal;
}

/** Reads the issues of an installation back from Jira. */
export async function readOurs(options: ReadOursOptions): Promise<ReadOurs> {
  const { tracker, installation, withinMs, projects, isSettled } = options;
  const found: OurIssue[] = [];
  const doubtful: DoubtfulIssue[] = [];
  const shown = new Map<string, IssueNow>();
  const judged = new Set<string>();
  /** Ids by group. */
  const settled = new Map<GroupKey, string>();
  const compact = createCompact();

  async function judge(one: FoundIssue, mayBeSettled: boolean): Promise<void> {
    const claim = claimOf(one, installation);
    const { id, key } = one.issue;
    if (claim.is === 'foreign' || judged.has(id)) return;
    judged.add(id);
    if (!('property' in claim)) {
      doubtful.push({ issue: { id, key, says: claim.is }, labels: claim.labels, unlinkedFrom: one.tombstone?.unlinked ?? null });
      return;
    }
    const ours = { ...one, property: claim.property };
    if (mayBeSettled && (await isSettled(ours))) settled.set(ours.property.group, id);
    else found.push(ours);
  }

  let cursor: string | null = null;
  const questions = [...projects.map((project) => () => tracker.fresh(project)), () => tracker.ours(withinMs, cursor)];
  for (const ask of questions) {
    const next = new Set<string | null>();
    do {
      const page: Page = await readPage(options, ask);
      if (!page.ok) return page;
      // An issue that was read by its number came first and is not older than what search shows.
      for (const one of page.found) {
        if (!shown.has(one.issue.id)) shown.set(one.issue.id, compact(one));
        await judge(one, true);
      }
      cursor = page.nextCursor;
      if (next.has(cursor)) return { ok: false, failure: LED_BACK };
      next.add(cursor);
    } while (cursor !== null);
  }
  const again = await readAgain(options, besides(found, settled));
  if (!again.ok) return again;
  for (const one of again.found) {
    judged.delete(one.issue.id);
    await judge(one, false);
  }
  const inOrder = found.toSorted((a, b) => rankOf(a) - rankOf(b) || Number(a.issue.id) - Number(b.issue.id));
  return { ok: true, found: inOrder, settled: settled.size - again.found.length, doubtful, shown };
}

/** Settled issues of groups that have another one: one of the two may be a duplicate. */
function besides(found: readonly OurIssue[], settled: ReadonlyMap<GroupKey, string>): readonly string[] {
  return [...new Set(found.flatMap(({ property: { group } }) => settled.get(group) ?? []))];
}

async function readAgain(options: ReadOursOptions, ids: readonly string[]): Promise<Page> {
  const found: FoundIssue[] = [];
  for (let from = 0; from < ids.length; from += PER_CALL) {
    const page = await readPage(options, async () => {
      const answer = await options.tracker.readAll(ids.slice(from, from + PER_CALL));
      return answer.ok ? { ok: true, found: answer.found, nextCursor: null } : answer;
    });
    if (!page.ok) return page;
    found.push(...page.found);
  }
  return { ok: true, found, nextCursor: null };
}

/** What is compared with the store's issues, without marker and labels; a status that many issues are in is kept once. */
function createCompact(): (issue: FoundIssue) => IssueNow {
  const statuses = new Map<string, IssueNow['status']>();
  return ({ issue: { id, key }, projectKey, issueType, status }) => {
    const name = `${status.category} ${status.name}`;
    const kept = statuses.get(name) ?? status;
    statuses.set(name, kept);
    return { issue: { id, key }, projectKey, issueType, status: kept };
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
