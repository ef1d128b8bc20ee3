import { EVENT_NOTED_EVERY_MS, type AnalyzerRecord } from '../records/analyzer-record.ts';
import { isManagedName } from '../records/managed-analyzer.ts';
import type { FindingsSwept } from '../records/findings-sweep-record.ts';

/** Why findings may be missed, or cost more than they must. */
export const COVERAGE_CODES = ['events-missing', 'listing-missing', 'external-in-some-regions', 'unused-in-several-regions'] as const;

export type CoverageCode = (typeof COVERAGE_CODES)[number];

export interface CoverageWarning {
  readonly code: CoverageCode;
  /** A sentence with what was seen. */
  readonly message: string;
  /** What to do. */
  readonly advice: string;
}

/** An analyzer with its ARN, split up. */
export interface KnownAnalyzer extends AnalyzerRecord {
  readonly arn: string;
  readonly region: string;
  readonly accountId: string;
  /** The last sweep, or one under way, had it. */
  readonly isCurrent: boolean;
}

/** The part of a sweep's result that says what it asked. */
export type SweptRegions = Pick<FindingsSwept, 'startedAt' | 'regions' | 'regionProblems'>;

/** Warnings of one kind: so many are read. */
const MAX_OF_A_KIND = 20;

/** An analyzer that was deleted long ago has no events any more, ms. */
const RECENTLY_MS = 7 * 24 * 60 * 60_000;

const ADVICE: Readonly<Record<CoverageCode, string>> = {
  'events-missing':
    'Is the EventBridge rule missing in this Region, does it filter, or may it not send to the queue? Until then findings come with the next sweep only. A single lost event ends this warning with the next event',
  'listing-missing':
    'Give the service the rights that the README lists and run it in the account of the analyzer, or add the analyzer to ANALYZER_ARNS. Until then a lost event stays lost',
  'external-in-some-regions':
    'Create an analyzer of external access in each Region that is in use: it sees the resources of its own Region only',
  'unused-in-several-regions':
    'Keep the analyzer of unused access in one Region: IAM is global, so the others report the same again and are charged again',
};

/** Pure. The order is that of the codes. */
export function coverageWarnings(analyzers: readonly KnownAnalyzer[], swept: SweptRegions, now: number): readonly CoverageWarning[] {
  return [
    ...analyzers.flatMap(withoutEvents).slice(0, MAX_OF_A_KIND),
    ...analyzers.flatMap((one) => withoutListing(one, now)).slice(0, MAX_OF_A_KIND),
    ...externalInSome(analyzers, swept),
    ...unusedInSeveral(analyzers).slice(0, MAX_OF_A_KIND),
  ];
}

function withoutEvents({ arn, isCurrent, lastEventAt, unannounced }: KnownAnalyzer): readonly CoverageWarning[] {
  if (!isCurrent || unannounced === null || (lastEventAt ?? -Infinity) >= unannounced.at - EVENT_NOTED_EVERY_MS) return [];
  const since = lastEventAt === null ? 'no event of it ever came' : `its last event came at ${iso(lastEventAt)}`;
  return [
    warning('events-missing', `The listing of ${arn} at ${iso(unannounced.at)} had news of ${count(unannounced.findings)}, and ${since}`),
  ];
}

function withoutListing(
  { arn, isCurrent, lastEventAt, completeAt, problem, status }: KnownAnalyzer,
  now: number,
): readonly CoverageWarning[] {
  const isListed = isCurrent && problem === null && completeAt !== null;
  // One that AWS says is not active is not listed for a reason that is not ours.
  const isInactive = isCurrent && status !== null && status !== 'ACTIVE';
  if (lastEventAt === null || lastEventAt < now - RECENTLY_MS || isListed || isInactive || isManagedName(arn)) return [];
  const last = completeAt === null ? 'it was never listed completely' : `its last complete listing was at ${iso(completeAt)}`;
  const why = problem === null ? '' : ` (${problem.code}: ${problem.message})`;
  return [warning('listing-missing', `Events of ${arn} came until ${iso(lastEventAt)}, and ${last}${why}`)];
}

/** A Region where AWS did not say what there is counts on neither side. */
function externalInSome(analyzers: readonly KnownAnalyzer[], { regions, regionProblems }: SweptRegions): readonly CoverageWarning[] {
  const active = analyzers.filter(({ isCurrent, status }) => isCurrent && status === 'ACTIVE');
  const having = regionsOf(active.filter(({ type }) => type === 'ACCOUNT' || type === 'ORGANIZATION'));
  const doubtful = new Set([
    ...regionProblems.map(({ region }) => region),
    ...regionsOf(analyzers.filter(({ isCurrent, type, lastEventAt }) => (isCurrent || lastEventAt !== null) && type === null)),
  ]);
  const lacking = [...new Set([...regions, ...regionsOf(active)])]
    .filter((region) => !having.includes(region) && !doubtful.has(region))
    .toSorted();
  if (having.length === 0 || lacking.length === 0) return [];
  return [
    warning(
      'external-in-some-regions',
      `There are analyzers of external access in ${having.join(', ')}, and none in ${lacking.join(', ')}`,
    ),
  ];
}

function unusedInSeveral(analyzers: readonly KnownAnalyzer[]): readonly CoverageWarning[] {
  const unused = analyzers.filter(
    ({ isCurrent, status, type }) => isCurrent && status === 'ACTIVE' && type?.endsWith('_UNUSED_ACCESS') === true,
  );
  const byScope = Map.groupBy(unused, ({ accountId, type }) => `${accountId} ${type}`);
  return [...byScope.values()].flatMap((same) => {
    const regions = regionsOf(same);
    if (regions.length < 2) return [];
    const [one] = same;
    return [warning('unused-in-several-regions', `Account ${one?.accountId} has ${one?.type} analyzers in ${regions.join(', ')}`)];
  });
}

function regionsOf(analyzers: readonly KnownAnalyzer[]): readonly string[] {
  return [...new Set(analyzers.map(({ region }) => region))].toSorted();
}

function warning(code: CoverageCode, message: string): CoverageWarning {
  return { code, message, advice: ADVICE[code] };
}

function count(findings: number): string {
  return findings === 1 ? 'one finding' : `${findings} findings`;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
