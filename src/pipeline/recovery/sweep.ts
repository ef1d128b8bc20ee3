import { mayHaveIssue } from '../../issues/group-record.ts';
import type { Failure } from '../../issues/failure.ts';
import { duplicateComment } from '../../issues/text/comments.ts';
import { pauseScopes } from '../../issues/pause.ts';
import type { Clock } from '../ports/clock.ts';
import { FINDINGS } from '../records/finding-collections.ts';
import { GROUPS } from '../records/group-collections.ts';
import { SWEEPS } from '../records/service-collections.ts';
import { readReplaceable } from '../records/read-replaceable.ts';
import { skipUnreadable } from '../records/skip-unreadable.ts';
import { readGroup } from '../groups/group-view.ts';
import type { Emit } from '../ports/service-event.ts';
import type { IssueTracker } from '../ports/issue-tracker.ts';
import type { IssueRef } from '../ports/issue-ref.ts';
import { isPausedIn } from '../groups/pauses.ts';
import { createFollowIssues } from './follow-issues.ts';
import { holdAndAsk, type Hold } from './hold-unproven.ts';
import { readOurs, type DoubtfulIssue, type OurIssue } from './read-ours.ts';
import { isKnown } from '../groups/store-knowledge.ts';
import { readUnproven } from '../groups/unproven-issues.ts';
import { stillUnproven } from '../../issues/unproven.ts';
import type { RuleBook } from '../rulebook/rule-book.ts';
import type { ReconcileQueue } from '../ports/reconcile-queue.ts';
import { createCompareIssue, createAdoptIssue, type Adopted } from './adopt-issue.ts';
import { put, type Store } from '../ports/store.ts';
import { duplicateElsewhere } from './duplicate-elsewhere.ts';
import type { StoreTrust } from '../ports/store-trust.ts';
import { type Fate, namedIn, NOTHING_FOLLOWED, type SweepCounts, type Swept } from './swept.ts';

/**
 * Compares Jira with the store now and then: issues that the store does not know, duplicates that search showed late, and issues that people have
 * moved, closed, deleted, hidden or brought back.
 */
export interface Sweep {
  /** Runs a sweep when one is due and no other replica runs it. @param signal ends it between two pages */
  advance(signal?: AbortSignal): Promise<void>;
  /**
   * Runs a sweep now. @returns its result, or why Jira could not be read
   * @param how `dryRun`: only reports what it would do. `onProgress` is called after each issue. `signal` ends it between two pages.
   */
  run(how?: {
    readonly dryRun?: boolean;
    readonly onProgress?: (compared: number, of: number) => Promise<void>;
    readonly signal?: AbortSignal;
  }): Promise<Ran>;
}

export type Ran = { readonly ok: true; readonly swept: Swept } | { readonly ok: false; readonly failure: Failure | null };

/** Issues named in a result. */
const MAX_NAMED = 100;

/** Id of the only document in `SWEEPS`. */
export const SWEEP_OF_ISSUES = 'issues';

const NEVER = new AbortController().signal;

export interface SweepDeps {
  readonly store: Store;
  readonly tracker: IssueTracker;
  readonly queue: ReconcileQueue;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Waits between two tries to read a page. */
  readonly sleep: (ms: number) => Promise<void>;
  readonly installation: string;
  readonly mode: 'live' | 'observe';
  /** Ms from one sweep to the next; 0: none. */
  readonly intervalMs: number;
  readonly rules: RuleBook;
  readonly trust: Pick<StoreTrust, 'isTrusted'>;
  /** @see AdoptDeps */
  readonly indexLagMs: number;
}

export function createSweep(deps: SweepDeps): Sweep {
  const { store, tracker, queue, emit, mode } = deps;
  const followIssues = createFollowIssues(deps);
  const adopt = createAdoptIssue({ ...deps, keeps: mayHaveIssue, doubts: false });

  async function run({
    dryRun = false,
    onProgress: raw = async () => undefined,
    signal = NEVER,
  }: Parameters<Sweep['run']>[0] = {}): Promise<Ran> {
    const { installation, sleep } = deps;
    const ours = await readOurs({ tracker, installation, withinMs: null, isInOrder, projects: [], sleep, signal });
    if (!ours.ok) return ours;
    const compare = dryRun ? createCompareIssue(store) : adopt;
    const count = ours.inOrder + ours.found.length;
    const did: Swept['issues'][number][] = [];
    // Before anything is compared: no issue is to be closed in favour of one that is gone. A store that has lost something is read back first.
    const followed = (await deps.trust.isTrusted()) ? await followIssues(ours.shown, { dryRun, signal }) : NOTHING_FOLLOWED;
    did.push(...namedIn(followed));
    for (const [index, issue] of ours.found.entries()) {
      // An issue whose group can't be read stays as it is; the others are compared all the same.
      await skipUnreadable(async () => {
        const taken = await compare(issue, await deps.trust.isTrusted());
        if (taken.is === 'restored') did.push({ key: issue.issue.key, is: 'restored' });
        if (await isDuplicateClosed(issue, taken, dryRun)) did.push({ key: issue.issue.key, is: 'duplicate-closed' });
      });
      await raw(ours.inOrder + index + 1, count);
    }
    if (!dryRun) await holdDoubtful(ours.doubtful);
    const all = (what: Fate): number => did.filter(({ is }) => is === what).length;
    const counts: SweepCounts = {
      found: count,
      restored: all('restored'),
      duplicatesClosed: all('duplicate-closed'),
      moved: all('moved'),
      missing: all('missing'),
      deleted: all('deleted'),
      foundAgain: all('found-again'),
      vanished: followed.vanished,
    };
    if (!dryRun) {
      const { vanished, ...numbers } = counts;
      emit({ what: 'swept', ...numbers, vanished: vanished.length });
      await noteLast(counts);
    }
    return { ok: true, swept: { ...counts, issues: did.slice(0, MAX_NAMED) } };
  }

  /**
   * Whether a comparison would change nothing: the record has the issue, and it is no duplicate of another group's. What becomes one while the
   * sweep goes on is left to the next.
   */
  async function isInOrder(issue: OurIssue): Promise<boolean> {
    const inOrder = await skipUnreadable(async () => {
      const [stored] = await store.read(GROUPS, [issue.property.group]);
      const known = stored?.doc.issue;
      if (known?.id !== issue.issue.id || known.readBackAt !== undefined) return false;
      return (await duplicateElsewhere(store, issue)) === null && deps.trust.isTrusted();
    });
    return inOrder === true;
  }

  /** A tombstone says nothing that the record does not know. */
  async function holdDoubtful(doubtful: readonly DoubtfulIssue[]): Promise<void> {
    const holds: Hold[] = [];
    for (const one of doubtful) {
      const isOpen = one.issue.says === 'contradicted' && (await skipUnreadable(() => isKnown(store, one.issue.id))) === false;
      if (isOpen) holds.push(one);
    }
    await holdAndAsk(deps, holds);
  }

  /** @returns true when it was closed as a duplicate, or would be */
  async function isDuplicateClosed(issue: OurIssue, taken: Adopted, dryRun: boolean): Promise<boolean> {
    if (mode !== 'live' || (await keptBeside(issue, taken)) === null) return false;
    return dryRun || closeDuplicate(issue);
  }

  /** @returns null: the issue is no duplicate, an admin has to decide first, or a pause keeps it as it is */
  async function keptBeside(issue: OurIssue, taken: Adopted): Promise<IssueRef | null> {
    if (!(await deps.trust.isTrusted())) return null;
    const kept = taken.is === 'duplicate' ? taken.kept : await keptElsewhere(issue, taken);
    return kept === null || (await awaitsProof(issue)) || (await isPaused(issue)) ? null : kept;
  }

  async function awaitsProof({ property: { group } }: OurIssue): Promise<boolean> {
    const [stored] = await store.read(GROUPS, [group]);
    if (!stored) return false;
    const { issues } = await readUnproven(store, deps.installation, { record: stored.doc, members: [] });
    return stillUnproven(stored.doc, issues).length > 0;
  }

  async function keptElsewhere(issue: OurIssue, taken: Adopted): Promise<IssueRef | null> {
    return taken.is === 'known' ? duplicateElsewhere(store, issue) : null;
  }

  /** By a pause on a scope of its group, or on the duplicate's own project or rule. */
  async function isPaused(duplicate: OurIssue): Promise<boolean> {
    const view = await readGroup(store, deps.rules, duplicate.property.group);
    if (view?.record.released === true) return false;
    const ruleId = await ruleOf(duplicate);
    const scopes = view === null ? [] : pauseScopes(view.record, view.members);
    const byRule = ruleId === null ? [] : [`rule:${ruleId}` as const];
    const all = ['all', `project:${duplicate.projectKey}`, ...byRule, ...scopes] as const;
    return isPausedIn(store, all, await store.now());
  }

  /** For the status. Where another writer is first, its result is newer. */
  async function noteLast(counts: SweepCounts): Promise<void> {
    const { doc, version } = await readReplaceable(store, SWEEPS, SWEEP_OF_ISSUES);
    const now = await store.now();
    const nextAt = doc?.nextAt ?? now + deps.intervalMs;
    await store.commit([put(SWEEPS, SWEEP_OF_ISSUES, version, { nextAt, last: { at: now, ...counts } })]);
  }

  /** @returns true when it was closed just now. A failure is left to the next sweep. */
  async function closeDuplicate(duplicate: OurIssue): Promise<boolean> {
    const permit = await tracker.permit('transition', duplicate.issue.id);
    if (!permit.granted) return false;
    return closeDuplicateNow(duplicate).finally(() => permit.release());
  }

  /** The records are read once more: meanwhile an admin may have linked the duplicate, unlinked it or paused its group. */
  async function closeDuplicateNow(duplicate: OurIssue): Promise<boolean> {
    const kept = await keptBeside(duplicate, await createCompareIssue(store)(duplicate, true));
    if (kept === null) return false;
    const aim = (await deps.rules.current()).closing(await ruleOf(duplicate), 'duplicate');
    const outcome = await tracker.closeDuplicate(duplicate, kept, { comment: duplicateComment(kept.key), aim });
    await doubtLastApplied(duplicate);
    if (outcome.outcome === 'transitioned') emit({ what: 'duplicate-closed', issueKey: kept.key, duplicateKey: duplicate.issue.key });
    if (outcome.outcome === 'failed') {
      const { code, message } = outcome.failure;
      emit({ what: 'jira-failed', group: '', call: 'close-duplicate', code, message, retryInMs: deps.intervalMs });
    }
    return outcome.outcome === 'transitioned';
  }

  /** The rule of its findings, which says how it is closed. */
  async function ruleOf({ property }: OurIssue): Promise<string | null> {
    const findings = await store.read(FINDINGS, property.findings);
    const decided = findings.flatMap((finding) => finding?.doc.decision ?? []).find(({ action }) => action === 'issue');
    return decided?.ruleId ?? null;
  }

  /** If a group has the duplicate as its own by now, it serves a finding again: the issue is read before the record is relied on. */
  async function doubtLastApplied({ issue, property }: OurIssue): Promise<void> {
    for (;;) {
      const [stored] = await store.read(GROUPS, [property.group]);
      if (stored?.doc.issue?.id !== issue.id) return;
      const { doc, version } = stored;
      const transition = { to: 'closed', owner: '', sentAt: await store.now(), uncertain: true } as const;
      const result = await store.commit([put(GROUPS, property.group, version, { ...doc, transition, generation: doc.generation + 1 })]);
      if (result.ok) return queue.ask(property.group, 'sweep');
    }
  }

  return {
    run,
    async advance(signal = NEVER) {
      if (deps.intervalMs === 0) return;
      const { doc, version } = await readReplaceable(store, SWEEPS, SWEEP_OF_ISSUES);
      const now = await store.now();
      if (doc !== null && doc.nextAt > now) return;
      // The first writer runs it; the very first sweep comes an interval after the first start.
      const claim = { nextAt: now + deps.intervalMs, last: doc?.last ?? null };
      const claimed = await store.commit([put(SWEEPS, SWEEP_OF_ISSUES, version, claim)]);
      if (claimed.ok && doc !== null) await run({ signal });
    },
  };
}
