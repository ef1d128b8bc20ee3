import { parseArn } from '../../findings/arn.ts';
import { eachPage } from '../operations/each-page.ts';
import type { AnalyzerSource, ListedAnalyzer } from '../ports/analyzer-source.ts';
import type { Store } from '../ports/store.ts';
import { isManagedName } from '../records/managed-analyzer.ts';
import type { AnalyzerRecord } from '../records/analyzer-record.ts';
import { ANALYZERS } from '../records/analyzer-collections.ts';
import type { AskAnalyzer, Asked } from './ask-analyzer.ts';
import { analyzersOfUnknownMembers } from './unknown-members.ts';
import { allRegions, isOptIn } from './known-regions.ts';
import type { ChosenAnalyzer, Idleness, RegionProblem } from '../records/listing-position.ts';

/** Which analyzers sweeps list. */
export interface AnalyzerSettings {
  /** These and no others; null: those of the Regions, and those that events have named. */
  readonly arns: readonly string[] | null;
  /** Regions to ask; `all-like`: every Region of the partition of the one named. */
  readonly regions: readonly string[] | { readonly allLike: string };
}

export type Chosen =
  /** `regions`: those whose analyzers AWS listed. */
  | {
      readonly is: 'chosen';
      readonly analyzers: readonly ChosenAnalyzer[];
      readonly regions: readonly string[];
      readonly problems: readonly RegionProblem[];
    }
  | { readonly is: 'later'; readonly afterMs: number };

/** More analyzers than one installation lists in an hour. */
const MAX_ANALYZERS = 1_000;

/** An analyzer that only an event has named and that AWS does not let us list may belong to another account: it is tried once a day, ms. */
const REFUSED_MS = 23 * 60 * 60_000;

export interface ChooseAnalyzersDeps extends AnalyzerSettings {
  readonly store: Store;
  readonly source: Pick<AnalyzerSource, 'listAnalyzers'>;
  readonly ask: AskAnalyzer;
  /** When the sweep began; store's clock, epoch ms. */
  readonly startedAt: number;
}

/** The analyzers of a sweep, with the type and status that AWS names. A Region that refuses to list them keeps no other from being listed. */
export async function chooseAnalyzers(deps: ChooseAnalyzersDeps): Promise<Chosen> {
  const byIssues = await analyzersOfUnknownMembers(deps.store, MAX_ANALYZERS);
  const known = await knownAnalyzers(deps.store, byIssues);
  const byEvents = [...known].flatMap(([arn, { namedByEvent }]) => (namedByEvent ? [arn] : []));
  const named = deps.arns === null ? new Set([...byEvents, ...byIssues]) : new Set<string>();
  const regions = [...new Set([...settingRegions(deps), ...(deps.arns ?? [...named]).map(regionOf)])].filter((one) => one !== '');
  const listed = new Map<string, ListedAnalyzer>();
  const refused = new Map<string, RegionProblem & { readonly concernsAll: boolean }>();
  for (const region of regions) {
    const asked: Asked<readonly ListedAnalyzer[]> = await deps.ask(region, 'ListAnalyzers', (slot) =>
      deps.source.listAnalyzers(region, slot),
    );
    if (asked.is === 'later') return asked;
    if (asked.is === 'answer') for (const analyzer of asked.value) listed.set(analyzer.arn, analyzer);
    else
      refused.set(region, {
        region,
        code: asked.refusal.code,
        message: asked.refusal.message,
        concernsAll: asked.refusal.concerns === 'all',
      });
  }
  const isExpected = ({ region, concernsAll }: { readonly region: string; readonly concernsAll: boolean }): boolean =>
    concernsAll && isOptIn(region) && !Array.isArray(deps.regions) && refused.size < regions.length;
  const problems = [...refused.values()]
    .filter((problem) => !isExpected(problem))
    .map(({ region, code, message }) => ({ region, code, message }));
  const answered = new Set(regions.filter((region) => !refused.has(region)));
  const idle = new Map([...deletedAmong(byIssues, listed, answered), ...idleAmong(known, listed, answered)]);
  const chosen = deps.arns ?? [...customers(listed.values()), ...worthTrying(named, known, listed, deps.startedAt)];
  const arns = [...new Set([...chosen, ...idle.keys()])];
  const analyzers = arns.slice(0, MAX_ANALYZERS).map((arn) => {
    const { type, status } = listed.get(arn) ?? { type: null, status: null };
    const why = idle.get(arn) ?? (isIdle(status) ? 'said' : null);
    return { arn, type, status, ...(why === null ? {} : { idle: why }) };
  });
  return { is: 'chosen', analyzers, regions: regions.filter((region) => !refused.has(region)), problems };
}

function settingRegions({ arns, regions }: AnalyzerSettings): readonly string[] {
  if (arns !== null) return [];
  return 'allLike' in regions ? allRegions(regions.allLike) : regions;
}

/** Those that events or issues have named, and those that AWS has named. */
async function knownAnalyzers(store: Store, byIssues: ReadonlySet<string>): Promise<Map<string, AnalyzerRecord>> {
  const isNamed = (arn: string, { namedByEvent, type }: AnalyzerRecord): boolean => namedByEvent || type !== null || byIssues.has(arn);
  const known = new Map<string, AnalyzerRecord>();
  for await (const { items } of eachPage(store, ANALYZERS, [])) {
    for (const { id, doc } of items) if (isNamed(id, doc) && known.size < MAX_ANALYZERS) known.set(id, doc);
  }
  return known;
}

function isIdle(status: string | null): boolean {
  return status === 'DISABLED' || status === 'FAILED';
}

/** Analyzers that AWS has named once and that are not at work, by its lists; also where `ANALYZER_ARNS` names their successors only by now. */
function idleAmong(
  known: ReadonlyMap<string, AnalyzerRecord>,
  listed: ReadonlyMap<string, ListedAnalyzer>,
  answered: ReadonlySet<string>,
): ReadonlyMap<string, Idleness> {
  const accounts = accountsOf(listed);
  return new Map(
    [...known].flatMap(([arn, { type }]): [string, Idleness][] => {
      const now = listed.get(arn);
      if (type === null || !answered.has(regionOf(arn)) || (now !== undefined && !isIdle(now.status))) return [];
      return [[arn, now !== undefined || accounts.has(accountOf(arn)) ? 'said' : listed.size === 0 ? 'unnamed' : 'elsewhere']];
    }),
  );
}

/** Analyzers of issues from before the store was lost that AWS no longer has among others of the account. */
function deletedAmong(
  byIssues: ReadonlySet<string>,
  listed: ReadonlyMap<string, ListedAnalyzer>,
  answered: ReadonlySet<string>,
): ReadonlyMap<string, Idleness> {
  const accounts = accountsOf(listed);
  const isDeleted = (arn: string): boolean => answered.has(regionOf(arn)) && !listed.has(arn) && accounts.has(accountOf(arn));
  return new Map([...byIssues].filter(isDeleted).map((arn) => [arn, 'said']));
}

function accountsOf(listed: ReadonlyMap<string, ListedAnalyzer>): ReadonlySet<string> {
  return new Set([...listed.keys()].map(accountOf));
}

function customers(listed: Iterable<ListedAnalyzer>): readonly string[] {
  return [...listed].filter(({ managedBy }) => managedBy === null).map(({ arn }) => arn);
}

function worthTrying(
  named: ReadonlySet<string>,
  known: ReadonlyMap<string, AnalyzerRecord>,
  listed: ReadonlyMap<string, ListedAnalyzer>,
  startedAt: number,
): readonly string[] {
  return [...named].flatMap((arn) => {
    const problem = known.get(arn)?.problem ?? null;
    const isManaged = (listed.get(arn)?.managedBy ?? null) !== null || isManagedName(arn);
    const isElsewhere = !listed.has(arn) && (problem?.code === 'denied' || problem?.code === 'not-configured');
    return isManaged || (isElsewhere && problem.at > startedAt - REFUSED_MS) ? [] : [arn];
  });
}

function regionOf(arn: string): string {
  return parseArn(arn)?.region ?? '';
}

function accountOf(arn: string): string {
  return parseArn(arn)?.accountId ?? '';
}
