import type { JsonObject } from '../../findings/json.ts';

/** What AWS is asked about. */
export interface FindingRef {
  /** ARN; its Region is where the question goes. */
  readonly analyzerArn: string;
  readonly findingId: string;
}

/**
 * Why AWS gave no answer. `throttled`: it asked to slow down. `denied`: the service may not ask. `gone`: AWS does not know the finding any more,
 * which is no proof that its access is gone. `unavailable`: not reached, or AWS failed. `not-configured`: no credentials, or no such analyzer.
 * `bad-answer`: what came is not what AWS says, or AWS did not take the question.
 */
export const REFUSAL_CODES = ['throttled', 'denied', 'gone', 'unavailable', 'not-configured', 'bad-answer'] as const;

export type RefusalCode = (typeof REFUSAL_CODES)[number];

export interface Refusal {
  readonly code: RefusalCode;
  /** What happened and what to do; completes the sentence "The list is missing: …". Without secrets. */
  readonly message: string;
  /** Ms that AWS wants to be left alone; null: it said nothing. */
  readonly afterMs: number | null;
  /** For what else the same answer would come: nothing, every finding of the analyzer, or everything. */
  readonly concerns: 'finding' | 'analyzer' | 'all';
}

export type Answered<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

/** A finding as GetFindingV2 tells it. */
export interface FindingDetails {
  readonly status: 'ACTIVE' | 'ARCHIVED' | 'RESOLVED';
  /** ISO 8601 with three fraction digits: the SDK keeps no more. */
  readonly updatedAt: string;
  /** `findingDetails` of all pages, with times in ISO 8601, cut to what can be kept. */
  readonly list: readonly JsonObject[];
  /** True when AWS told of more. */
  readonly isCut: boolean;
}

/** `none`: AWS recommends nothing, in its own words. `in-progress`: AWS is at it; to be read later. */
export type Recommendation =
  | { readonly state: 'made'; readonly steps: readonly JsonObject[]; readonly isCut: boolean }
  | { readonly state: 'none'; readonly because: string }
  | { readonly state: 'in-progress' };

/** Waits until the next call may be made. Not granted: the answer is `throttled`, and nothing is sent. */
export type AcquireSlot = () => Promise<{ readonly granted: true } | { readonly granted: false; readonly afterMs: number }>;

/** The port to what AWS knows of a finding beyond its events. Never throws; every single call waits for its turn first. */
export interface DetailsSource {
  read(ref: FindingRef, acquireSlot: AcquireSlot): Promise<Answered<FindingDetails>>;
  /**
   * Asks for a recommendation and reads it, looking again a few times.
   * @param wasAsked it was asked for before, and has to be read only
   */
  recommend(ref: FindingRef, acquireSlot: AcquireSlot, wasAsked: boolean): Promise<Answered<Recommendation>>;
  /** Gives up what is under way. */
  close(): void;
}

/** What is asked of AWS: the list of what is unused, or the policy that it recommends. Each needs rights of its own. */
export type DetailsCall = 'list' | 'policy';

/** A refusal that was heard a moment ago, and until when nothing is asked again; store's clock, epoch ms. */
export interface KnownRefusal {
  readonly refusal: Refusal;
  readonly until: number;
}
