import { monthOf, overdueFrom } from '../../issues/due-date.ts';
import type { GroupRecord } from '../../issues/group-record.ts';
import type { OwnIssue } from '../../issues/own-issue.ts';
import { fixedAt, isOpen } from '../../issues/issue-times.ts';
import { eachPage } from '../operations/each-page.ts';
import type { Store, Stored } from '../ports/store.ts';
import { FINDINGS } from '../records/finding-collections.ts';
import type { FindingRecord } from '../records/finding-record.ts';
import { fixedTerm, GROUPS } from '../records/group-collections.ts';
import { readReadable } from '../records/read-readable.ts';
import type { Yielder } from '../rulebook/yielder.ts';
import { createTally, type Counted, type Dimension, type Figures, type Split, type Tally } from './tally.ts';

/** The days that a report is about; epoch ms, `to` excluded. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Fixes within a range, and the issues that are open at the time of the report. */
export interface Report extends Range {
  /** Store's clock, epoch ms. */
  readonly computedAt: number;
  readonly total: Figures;
  readonly by: Readonly<Record<Dimension, Split>>;
}

/** Values of one dimension that a report lists. */
const MAX_VALUES = 2_000;

/** Access Analyzer began in December 2019, so no issue is older. */
const FIRST_MONTH = '2019-12';

/**
 * Reads a report from the groups that have an open issue or were fixed within the range, and the first finding of each: one issue counts once,
 * however many findings share it. Page by page, so that only counters are in memory. Issues that change meanwhile may count as they were or are.
 * @throws StoreUnavailable
 */
export async function readReport(store: Store, yielder: Yielder, range: Range): Promise<Report> {
  const now = await store.now();
  const tally = createTally(MAX_VALUES);
  const source = { store, yielder, tally };
  await count(source, ['issue:open'], (issue) => openIssue(issue, now));
  for (const month of monthsOf(range, now)) await count(source, [fixedTerm(month)], (issue) => fixedIssue(issue, range));
  return {
    ...range,
    computedAt: now,
    total: tally.total(),
    by: {
      severity: tally.by('severity'),
      accountId: tally.by('accountId'),
      owner: tally.by('owner'),
      projectKey: tally.by('projectKey'),
    },
  };
}

async function count(
  { store, yielder, tally }: { readonly store: Store; readonly yielder: Yielder; readonly tally: Tally },
  terms: readonly string[],
  countedAs: (issue: OwnIssue) => Counted | null,
): Promise<void> {
  for await (const { items } of eachPage(store, GROUPS, terms)) {
    const counted = items.flatMap(({ doc }) => {
      const as = doc.issue === null ? null : countedAs(doc.issue);
      return as === null ? [] : [{ doc, as }];
    });
    const firsts = await firstFindings(
      store,
      counted.map(({ doc }) => doc),
    );
    for (const { doc, as } of counted) tally.add(subjectOf(doc, firsts.get(firstOf(doc) ?? '')), as);
    await yielder.yieldIfDue();
  }
}

function openIssue(issue: OwnIssue, now: number): Counted | null {
  if (!isOpen(issue)) return null;
  const { openedAt, dueDate = null } = issue;
  return { is: 'open', age: openedAt === undefined ? null : now - openedAt, overdue: dueDate !== null && overdueFrom(dueDate) <= now };
}

function fixedIssue(issue: OwnIssue, { from, to }: Range): Counted | null {
  const at = fixedAt(issue);
  if (at === null || at < from || at >= to) return null;
  return { is: 'fixed', timeToFix: issue.openedAt === undefined ? null : at - issue.openedAt };
}

/** The first member that is known by its whole key. All members of a group concern one resource, so it stands for them. */
function firstOf({ members }: GroupRecord): string | undefined {
  return members.find((member) => !member.startsWith('#'));
}

async function firstFindings(store: Store, groups: readonly GroupRecord[]): Promise<ReadonlyMap<string, Stored<FindingRecord>>> {
  const ids = groups.flatMap((group) => firstOf(group) ?? []);
  const found = ids.length === 0 ? [] : await readReadable(store, FINDINGS, ids);
  return new Map(found.map((stored) => [stored.id, stored]));
}

function subjectOf({ issue }: GroupRecord, first: Stored<FindingRecord> | undefined): Parameters<Tally['add']>[0] {
  return {
    severity: first?.doc.severity ?? null,
    accountId: first?.doc.finding.accountId ?? null,
    owner: first?.doc.owner?.name ?? null,
    projectKey: issue?.projectKey ?? null,
  };
}

/** The months that the range touches, up to now. */
function monthsOf({ from, to }: Range, now: number): readonly string[] {
  const last = Math.min(to, now);
  const months: string[] = [];
  for (let at = Math.max(from, Date.parse(FIRST_MONTH)); at <= last; at = nextMonth(at)) months.push(monthOf(at));
  return months;
}

function nextMonth(at: number): number {
  const day = new Date(at);
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1);
}
