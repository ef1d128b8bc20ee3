import type { RefusalCode } from '../ports/details-source.ts';

/** An analyzer that a sweep lists. */
export interface ChosenAnalyzer {
  readonly arn: string;
  /** As ListAnalyzers says; null: it does not name the analyzer, or does not answer. */
  readonly type: string | null;
  readonly status: string | null;
  /** Absent: it may be at work. */
  readonly idle?: Idleness;
}

/**
 * Why an analyzer is taken not to be at work. `said`: AWS says so, or no longer names it among others of its account. `unnamed`: AWS named it once,
 * and now names no analyzer at all. `elsewhere`: AWS named it once, and now names those of other accounts only, so the service asks for another account.
 */
export type Idleness = 'said' | 'unnamed' | 'elsewhere';

/** A Region whose analyzers AWS did not list. */
export interface RegionProblem {
  readonly region: string;
  readonly code: RefusalCode;
  readonly message: string;
}

/** How far the listing of one analyzer has come: after a kill, another process goes on here. */
export interface ListingPosition {
  /** `active`: its ACTIVE findings. `others`: all others. `compare`: what the store holds as ACTIVE and the listing lacked. */
  readonly phase: 'active' | 'others' | 'compare';
  /** Of the next page; null: the first one. */
  readonly token: string | null;
  /** Short hashes of the tokens of this phase: one that comes again is a circle. */
  readonly tokens: string;
  /** Pages of ACTIVE findings. */
  readonly pages: number;
  /** A token was refused, and the phase began anew. */
  readonly restarted: boolean;
  readonly othersListed: boolean;
  /** Times that throttling put it off. */
  readonly putOff: number;
  readonly counts: ListingCounts;
}

/** What a listing found, and what was done about it. */
export interface ListingCounts {
  readonly listed: number;
  /** Findings that the store did not know. */
  readonly added: number;
  readonly changed: number;
  /** Rows that are no finding, or of an account that is not allowed: they are left alone. */
  readonly unreadable: number;
  readonly notAllowed: number;
  /** Held as ACTIVE, or named by an open issue alone, and not listed. */
  readonly missing: number;
  /** Those of them that AWS says have ended, that it no longer has, and that it did not answer about. */
  readonly ended: number;
  readonly gone: number;
  readonly unanswered: number;
}

/** The outcome for one analyzer. */
export interface AnalyzerSwept extends ListingCounts {
  readonly analyzerArn: string;
  /** `not-active`: AWS does not monitor with it, so it was not listed. `incomplete`: `problem` says why, and nothing follows from what it lacks. */
  readonly is: 'complete' | 'incomplete' | 'not-active';
  readonly problem: { readonly code: RefusalCode; readonly message: string } | null;
  /** So many were missing at once that none was ended. */
  readonly alarm: boolean;
}

const NO_COUNTS: ListingCounts = {
  listed: 0,
  added: 0,
  changed: 0,
  unreadable: 0,
  notAllowed: 0,
  missing: 0,
  ended: 0,
  gone: 0,
  unanswered: 0,
};

export const AT_THE_BEGINNING: ListingPosition = {
  phase: 'active',
  token: null,
  tokens: '',
  pages: 0,
  restarted: false,
  othersListed: false,
  putOff: 0,
  counts: NO_COUNTS,
};

/** The position with more counted. */
export function counted(position: ListingPosition, more: Partial<ListingCounts>): ListingPosition {
  const { counts } = position;
  const sum = (name: keyof ListingCounts): number => counts[name] + (more[name] ?? 0);
  return {
    ...position,
    counts: {
      listed: sum('listed'),
      added: sum('added'),
      changed: sum('changed'),
      unreadable: sum('unreadable'),
      notAllowed: sum('notAllowed'),
      missing: sum('missing'),
      ended: sum('ended'),
      gone: sum('gone'),
      unanswered: sum('unanswered'),
    },
  };
}
