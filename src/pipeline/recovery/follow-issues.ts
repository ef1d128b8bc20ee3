import type { GroupKey } from '../../issues/group-key.ts';
import { isDerived } from '../../issues/derived.ts';
import { outlastsNews, type GroupRecord } from '../../issues/group-record.ts';
import type { OwnIssue } from '../../issues/own-issue.ts';
import { CONFIRMED_AFTER_MS, differs, followed, isDeleted, type IssueNow } from '../../issues/missing-issue.ts';
import { readGroup, saveGroup, type HistoryNote } from '../groups/group-view.ts';
import { eachPage } from '../operations/each-page.ts';
import type { FoundIssue, IssueTracker } from '../ports/issue-tracker.ts';
import type { ReconcileQueue } from '../ports/reconcile-queue.ts';
import type { Emit } from '../ports/service-event.ts';
import type { Store } from '../ports/store.ts';
import { GROUPS } from '../records/group-collections.ts';
import { skipUnreadable } from '../records/skip-unreadable.ts';
import type { RuleBook } from '../rulebook/rule-book.ts';

/** What became of the issues that the store knows. */
export interface FollowedIssues {
  /** Whose key or project has changed. */
  readonly moved: readonly string[];
  /** That Jira does not show, which only a later sweep may confirm. */
  readonly missing: readonly string[];
  /** That are taken for deleted from now on. */
  readonly deleted: readonly string[];
  /** That were taken for deleted, and are back. */
  readonly foundAgain: readonly string[];
  /** Projects where so many are missing at once, or that Jira does not show either, that it proves nothing. */
  readonly vanished: readonly Vanished[];
}

/** (A type and not an interface, because it is stored as JSON.) */
export type Vanished = { readonly projectKey: string; readonly missing: number; readonly of: number };

/** So many of a project's issues missing at once are no deletions, if they are more than this part of them. */
const MANY = { least: 20, part: 0.1 } as const;

/** The most issues that one call reads. */
const PER_CALL = 100;

export interface FollowDeps {
  readonly store: Store;
  readonly rules: RuleBook;
  readonly tracker: IssueTracker;
  readonly queue: ReconcileQueue;
  readonly emit: Emit;
}

/** A group whose issue has to be read: the search does not show it, or shows it otherwise than the record. */
interface Question {
  readonly group: GroupKey;
  readonly issue: OwnIssue;
}

interface Change {
  readonly next: GroupRecord;
  readonly note: HistoryNote | null;
}

/**
 * Compares every issue that the store knows with what a search has shown, and reads those that differ. The search may lag, so it decides nothing by
 * itself. @param shown by the search, by id @param how `dryRun`: only reports
 */
export function createFollowIssues(
  deps: FollowDeps,
): (shown: ReadonlyMap<string, IssueNow>, how: { readonly dryRun: boolean; readonly signal: AbortSignal }) => Promise<FollowedIssues> {
  const { store, tracker, queue, emit } = deps;

  async function compare(
    shown: ReadonlyMap<string, IssueNow>,
  ): Promise<{ questions: readonly Question[]; known: ReadonlyMap<string, number>; older: readonly GroupKey[] }> {
    const older: GroupKey[] = [];
    const known = new Map<string, number>();
    const questions: Question[] = [];
    for (const side of ['open', 'closed', 'deleted'])
      for await (const { items } of eachPage(store, GROUPS, [`issue:${side}`]))
        for (const { id, doc } of items) {
          const { issue } = doc;
          if (issue === null) continue;
          if (!isDerived(doc)) older.push(id);
          if (!isDeleted(issue)) known.set(issue.projectKey, (known.get(issue.projectKey) ?? 0) + 1);
          if (wantsReading(doc, issue, shown.get(issue.id))) questions.push({ group: id, issue });
        }
    return { questions, known, older };
  }

  /** @returns null where some could not be read, so that nothing is known of what is missing */
  async function read(
    questions: readonly Question[],
    signal: AbortSignal,
  ): Promise<{ found: ReadonlyMap<string, FoundIssue>; absent: ReadonlySet<string>; isWhole: boolean }> {
    const found = new Map<string, FoundIssue>();
    const absent = new Set<string>();
    let isWhole = true;
    for (let from = 0; from < questions.length; from += PER_CALL) {
      const permit = signal.aborted ? null : await tracker.permit('read');
      const ids = questions.slice(from, from + PER_CALL).map(({ issue }) => issue.id);
      const answer = permit?.granted === true ? await tracker.readAll(ids).finally(() => permit.release()) : null;
      if (answer?.ok !== true) {
        isWhole = false;
        continue;
      }
      for (const one of answer.found) found.set(one.issue.id, one);
      for (const id of answer.absent) absent.add(id);
    }
    return { found, absent, isWhole };
  }

  /** Asks of each project whether Jira shows it. @returns the projects that may have lost single issues, and those where it proves nothing */
  async function judge(
    absent: readonly Question[],
    known: ReadonlyMap<string, number>,
  ): Promise<{ readonly credible: ReadonlySet<string>; readonly vanished: readonly Vanished[] }> {
    const credible = new Set<string>();
    const vanished: Vanished[] = [];
    for (const [projectKey, { length: missing }] of Map.groupBy(absent, ({ issue }) => issue.projectKey)) {
      const of = known.get(projectKey) ?? missing;
      const project = await visible(projectKey);
      const isMany = missing >= MANY.least && missing > MANY.part * of;
      if (isMany || project === 'archived' || project === 'gone') vanished.push({ projectKey, missing, of });
      else if (project === 'yes') credible.add(projectKey);
    }
    return { credible, vanished };
  }

  async function visible(projectKey: string): ReturnType<IssueTracker['project']> {
    const permit = await tracker.permit('read');
    return permit.granted ? tracker.project(projectKey).finally(() => permit.release()) : null;
  }

  /** @returns false where the record needs no change */
  async function change(group: GroupKey, decide: (record: GroupRecord, now: number) => Change | null): Promise<boolean> {
    for (;;) {
      const view = await readGroup(store, deps.rules, group);
      const decided = view === null ? null : decide(view.record, view.now);
      if (view === null || decided === null) return false;
      const saved = await saveGroup(store, view, decided.next, decided.note);
      if (saved.saved) {
        if (decided.next.generation > view.record.generation) await queue.ask(group, 'sweep');
        return true;
      }
    }
  }

  async function follow({ group, issue }: Question, now: FoundIssue): Promise<'moved' | 'foundAgain' | null> {
    const { key } = now.issue;
    const isBack = isDeleted(issue);
    const note = isBack ? ({ what: 'found-again', because: 'jira-shows-it', issueKey: key } as const) : null;
    const isFollowed = await change(group, (record, at) => {
      const next = followed(record, now, at);
      return next === null ? null : { next: isBack ? soon(next) : next, note };
    });
    if (!isFollowed) return null;
    if (isBack) emit({ what: 'issue-found-again', group, issueKey: key });
    if (isBack) return 'foundAgain';
    if (issue.key === key) return null;
    emit({ what: 'issue-moved', group, issueKey: key, fromKey: issue.key });
    return 'moved';
  }

  async function miss({ group, issue }: Question): Promise<'missing' | 'deleted' | null> {
    const { missing } = issue;
    if (!(await isGone(issue))) return null;
    const now = await store.now();
    if (missing === undefined) {
      await change(group, (record) => withMissing(record, issue, { since: now }));
      return 'missing';
    }
    if (now - missing.since < CONFIRMED_AFTER_MS) return 'missing';
    const note = { what: 'deleted', because: 'issue-deleted', issueKey: issue.key } as const;
    const isNew = await change(group, (record) => {
      const confirmed = withMissing(record, issue, { ...missing, confirmedAt: now });
      return confirmed === null ? null : { next: soon({ ...confirmed.next, generation: record.generation + 1 }), note };
    });
    if (isNew) emit({ what: 'issue-deleted', group, issueKey: issue.key });
    return isNew ? 'deleted' : null;
  }

  /** Bulk fetch may lag; a single read does not. */
  async function isGone({ id }: OwnIssue): Promise<boolean> {
    const permit = await tracker.permit('read');
    if (!permit.granted) return false;
    const read = await tracker.read(id).finally(() => permit.release());
    return !read.ok && read.failure.code === 'jira-not-found';
  }

  return async (shown, { dryRun, signal }) => {
    const { questions, known, older } = await compare(shown);
    const answers = await read(questions, signal);
    const absent = questions.filter(({ issue }) => answers.absent.has(issue.id) && !isDeleted(issue));
    const { credible, vanished } = await judge(answers.isWhole ? absent : [], known);
    const became: Record<'moved' | 'missing' | 'deleted' | 'foundAgain', string[]> = {
      moved: [],
      missing: [],
      deleted: [],
      foundAgain: [],
    };
    for (const question of questions) {
      const { issue } = question;
      const now = answers.found.get(issue.id);
      const isMissing = credible.has(issue.projectKey) && answers.absent.has(issue.id) && !isDeleted(issue);
      const is = dryRun
        ? predict(issue, now, isMissing && (await isGone(issue)))
        : await skipUnreadable(() => (now !== undefined ? follow(question, now) : isMissing ? miss(question) : Promise.resolve(null)));
      if (is) became[is].push(now?.issue.key ?? issue.key);
    }
    // Written by an earlier version: a save adds times and terms, also to the mappings.
    if (!dryRun) for (const group of older) await skipUnreadable(() => change(group, (record) => ({ next: record, note: null })));
    if (!dryRun) for (const one of vanished) emit({ what: 'issues-vanished', ...one });
    return { ...became, vanished };
  };
}

/** The search shows it as the record has it, or does not show one that is deleted anyway: nothing to read. */
function wantsReading({ transition }: GroupRecord, issue: OwnIssue, shown: IssueNow | undefined): boolean {
  if (isDeleted(issue)) return shown !== undefined;
  if (shown === undefined || issue.missing !== undefined || differs(issue, shown)) return true;
  return transition === null && issue.lastApplied === 'open' && shown.status.category === 'done';
}

function withMissing(record: GroupRecord, { id }: OwnIssue, missing: NonNullable<OwnIssue['missing']>): Change | null {
  const { issue } = record;
  if (issue?.id !== id || isDeleted(issue)) return null;
  return { next: { ...record, issue: { ...issue, missing } }, note: null };
}

/** What is to be done now does not wait for the end of a failure's delay. */
function soon(record: GroupRecord): GroupRecord {
  return { ...record, requeueAt: outlastsNews(record.requeueAt) ? record.requeueAt : null };
}

function predict(issue: OwnIssue, now: FoundIssue | undefined, isMissing: boolean): 'moved' | 'missing' | 'foundAgain' | null {
  if (now === undefined) return isMissing ? 'missing' : null;
  if (isDeleted(issue)) return 'foundAgain';
  return issue.key === now.issue.key ? null : 'moved';
}
