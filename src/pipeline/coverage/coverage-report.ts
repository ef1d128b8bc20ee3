import { parseArn } from '../../findings/arn.ts';
import type { AnalyzerRecord, Mismatch } from '../records/analyzer-record.ts';
import type { RegionProblem } from '../records/listing-position.ts';
import { coverageWarnings, type CoverageWarning, type KnownAnalyzer, type SweptRegions } from './coverage-warnings.ts';

/** What events and listings reach, Region by Region, and what seems to be missing. */
export interface CoverageReport {
  /** In the order of their names. */
  readonly regions: readonly RegionCoverage[];
  readonly warnings: readonly CoverageWarning[];
}

/** Times: store's clock, epoch ms. */
export interface RegionCoverage {
  readonly region: string;
  /** How many analyzers of each type the last sweep had; `unknown`: AWS did not name the type. */
  readonly analyzers: Readonly<Record<string, number>>;
  /** Null: no event came. */
  readonly lastEventAt: number | null;
  /** The last complete listing of the analyzer whose listing is the oldest; null: one of them was never listed completely. */
  readonly lastListingAt: number | null;
  /** The sum over their last complete listings. */
  readonly mismatch: Mismatch;
  /** Why the analyzers of the Region could not be listed; null: they could, or were not asked for. */
  readonly problem: RegionProblem | null;
}

/** Pure. @param swept the last sweep; null: none has ended @param now store's clock, epoch ms */
export function reportCoverage(
  records: readonly { readonly arn: string; readonly record: AnalyzerRecord }[],
  swept: SweptRegions | null,
  now: number,
): CoverageReport {
  const analyzers = records.flatMap(({ arn, record }): readonly KnownAnalyzer[] => {
    const { region = '', accountId = '' } = parseArn(arn) ?? {};
    const isCurrent = record.chosenAt !== null && record.chosenAt >= (swept?.startedAt ?? 0);
    return region === '' ? [] : [{ ...record, arn, region, accountId, isCurrent }];
  });
  const asked = [...(swept?.regions ?? []), ...(swept?.regionProblems ?? []).map(({ region }) => region)];
  const names = [
    ...new Set([
      ...asked,
      ...analyzers.filter(({ isCurrent, lastEventAt }) => isCurrent || lastEventAt !== null).map(({ region }) => region),
    ]),
  ];
  const regions = names.toSorted().map((region) =>
    regionCoverage(
      region,
      analyzers.filter((one) => one.region === region),
      swept?.regionProblems.find((problem) => problem.region === region) ?? null,
    ),
  );
  return { regions, warnings: swept === null ? [] : coverageWarnings(analyzers, swept, now) };
}

function regionCoverage(region: string, analyzers: readonly KnownAnalyzer[], problem: RegionProblem | null): RegionCoverage {
  const current = analyzers.filter(({ isCurrent }) => isCurrent);
  const types: Record<string, number> = {};
  for (const { type } of current) types[type ?? 'unknown'] = (types[type ?? 'unknown'] ?? 0) + 1;
  const sum = (name: keyof Mismatch): number => current.reduce((total, { mismatch }) => total + (mismatch?.[name] ?? 0), 0);
  const listings = current.map(({ completeAt }) => completeAt);
  return {
    region,
    analyzers: types,
    lastEventAt: analyzers.reduce<number | null>((latest, { lastEventAt }) => later(latest, lastEventAt), null),
    lastListingAt: listings.reduce((oldest, at) => (oldest === null || at === null ? null : Math.min(oldest, at)), listings[0] ?? null),
    mismatch: { added: sum('added'), changed: sum('changed'), missing: sum('missing') },
    problem,
  };
}

function later(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}
