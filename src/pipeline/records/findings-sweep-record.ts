import type { AnalyzerSwept, ChosenAnalyzer, ListingPosition, RegionProblem } from './listing-position.ts';

/** A sweep over AWS that is under way. Times: store's clock, epoch ms. */
export interface FindingsSweepRun {
  readonly startedAt: number;
  /** The operation that an admin started; null: its time had come. */
  readonly operation: string | null;
  /** Null: not chosen yet. */
  readonly analyzers: readonly ChosenAnalyzer[] | null;
  /** Those whose analyzers AWS listed. */
  readonly regions: readonly string[];
  readonly regionProblems: readonly RegionProblem[];
  /** Of the analyzers that are done, in that order. */
  readonly swept: readonly AnalyzerSwept[];
  /** Where the next analyzer is. */
  readonly position: ListingPosition;
  /** Calls to AWS so far, by name. */
  readonly calls: Readonly<Record<string, number>>;
}

/** What a sweep over AWS found and did. */
export interface FindingsSwept {
  /** Store's clock, epoch ms. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly listed: number;
  readonly added: number;
  readonly changed: number;
  readonly missing: number;
  readonly ended: number;
  readonly gone: number;
  /** Calls to AWS, by name. */
  readonly calls: Readonly<Record<string, number>>;
  /** How many analyzers were listed completely, and how many were to be. */
  readonly complete: number;
  readonly of: number;
  /** The first of them, those with a problem before the others. */
  readonly analyzers: readonly AnalyzerSwept[];
  /** Regions whose analyzers AWS listed, and those where it did not. */
  readonly regions: readonly string[];
  readonly regionProblems: readonly RegionProblem[];
}

/** Analyzers named in a result. */
const MAX_NAMED = 100;

/** The result of a sweep whose analyzers are all done. */
export function sweptFrom({ startedAt, swept, calls, regions, regionProblems }: FindingsSweepRun, endedAt: number): FindingsSwept {
  const sum = (name: 'listed' | 'added' | 'changed' | 'missing' | 'ended' | 'gone'): number =>
    swept.reduce((total, one) => total + one[name], 0);
  const isFine = ({ problem, alarm }: AnalyzerSwept): boolean => problem === null && !alarm;
  return {
    startedAt,
    endedAt,
    listed: sum('listed'),
    added: sum('added'),
    changed: sum('changed'),
    missing: sum('missing'),
    ended: sum('ended'),
    gone: sum('gone'),
    calls,
    complete: swept.filter(({ is }) => is === 'complete').length,
    of: swept.filter(({ is }) => is !== 'not-active').length,
    analyzers: [...swept.filter((one) => !isFine(one)), ...swept.filter(isFine)].slice(0, MAX_NAMED),
    regions,
    regionProblems,
  };
}
