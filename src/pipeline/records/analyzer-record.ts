import type { RefusalCode } from '../ports/details-source.ts';

/** From one note of an event to the next, for each analyzer and process, ms: not every event is worth a write. */
export const EVENT_NOTED_EVERY_MS = 10 * 60_000;

/** What is known of an analyzer. Times: store's clock, epoch ms. */
export interface AnalyzerRecord {
  readonly firstSeenAt: number;
  readonly namedByEvent: boolean;
  /** When the last event came, give or take `EVENT_NOTED_EVERY_MS`; null: none has. */
  readonly lastEventAt: number | null;
  /** When the sweep began that last had it among its analyzers; null: none has. */
  readonly chosenAt: number | null;
  /** As ListAnalyzers last said; null: it has never named the analyzer. */
  readonly type: string | null;
  /** As ListAnalyzers last said; null: it did not name the analyzer. */
  readonly status: string | null;
  /** When the first sweep began that did not find it at work, of those since it last was. Absent: it is at work, or nothing is known. */
  readonly idleSince?: number;
  /** When the sweep began that was the second to say so: its findings have ended. Absent: none was. */
  readonly endedAt?: number;
  /** When the sweep began that last listed its ACTIVE findings completely, and the one that last listed all others; null: none has. */
  readonly completeAt: number | null;
  readonly othersAt: number | null;
  /** How the last complete listing differed from what was known; null: there is none. */
  readonly mismatch: Mismatch | null;
  /** The last complete listing but the first that had news while no event came since the one before it; null: none had. */
  readonly unannounced: { readonly at: number; readonly findings: number } | null;
  /** ACTIVE findings that the last complete listing lacked and that AWS does not know; short ids. */
  readonly missing: string;
  /** Why the last listing was not complete; null: it was. */
  readonly problem: AnalyzerProblem | null;
  /** So many findings were missing at once that none was ended; null: no alarm. */
  readonly alarm: { readonly at: number; readonly missing: number; readonly of: number } | null;
}

/** Findings that no event had brought, that had changed without one, and that were held as ACTIVE and not listed. */
export interface Mismatch {
  readonly added: number;
  readonly changed: number;
  readonly missing: number;
}

export interface AnalyzerProblem {
  readonly code: RefusalCode;
  readonly message: string;
  readonly at: number;
}

/** The record of an analyzer that was not known. */
export function newAnalyzer(now: number): AnalyzerRecord {
  return {
    firstSeenAt: now,
    namedByEvent: false,
    lastEventAt: null,
    chosenAt: null,
    type: null,
    status: null,
    completeAt: null,
    othersAt: null,
    mismatch: null,
    unannounced: null,
    missing: '',
    problem: null,
    alarm: null,
  };
}

/** The record of an analyzer that AWS says is at work. */
export function atWork({ idleSince: _idle, endedAt: _ended, ...record }: AnalyzerRecord): AnalyzerRecord {
  return record;
}

/** The findings on one page of a listing that is under way. */
export interface ListedRecord {
  /** Short ids. */
  readonly ids: string;
}
