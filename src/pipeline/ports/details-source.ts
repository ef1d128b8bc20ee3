import type { JsonObject } from '../../findings/json.ts';

/** The finding that a question to AWS is about. */
export interface FindingRef {
  /** ARN; the question goes to its Region. */
  readonly analyzerArn: string;
  readonly findingId: string;
}

/**
 * Why AWS gave no answer. `throttled`: it asked to slow down. `denied`: the service has no permission. `gone`: AWS no longer knows the finding,
 * which is no proof that its access is gone. `unavailable`: not reached, or AWS failed. `not-configured`: no credentials, or no such analyzer.
 * `bad-answer`: the answer makes no sense, or AWS did not accept the question.
 */
export const REFUSAL_CODES = ['throttled', 'denied', 'gone', 'unavailable', 'not-configured', 'bad-answer'] as const;

export type RefusalCode = (typeof REFUSAL_CODES)[number];

export interface Refusal {
  readonly code: RefusalCode;
  /** The cause, and what to do; completes the sentence "The list is missing: …". Without secrets. */
  readonly message: string;
  /** Ms for which AWS wants no calls; null: it did not say. */
  readonly afterMs: number | null;
  /** The scope of the refusal: this finding, every finding of the analyzer, or everything. */
  readonly concerns: 'finding' | 'analyzer' | 'all';
}

export type Answered<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

/** A finding as GetFindingV2 returns it. */
export interface FindingDetails {
  readonly status: 'ACTIVE' | 'ARCHIVED' | 'RESOLVED';
  /** ISO 8601 with three fraction digits: the SDK keeps no more. */
  readonly updatedAt: string;
  /** `findingDetails` of all pages, with times in ISO 8601, cut to the size that is kept. */
  readonly list: readonly JsonObject[];
  /** True when AWS returned more. */
  readonly isCut: boolean;
}

/** `none`: AWS recommends nothing; `because` has AWS's own words. `in-progress`: AWS is working on it; read it later. */
export type Recommendation =
  | { readonly state: 'made'; readonly steps: readonly JsonObject[]; readonly isCut: boolean }
  | { readonly state: 'none'; readonly because: string }
  | { readonly state: 'in-progress' };

/** Waits until the next call may be made. Not granted: the answer is `throttled`, and nothing is sent. */
export type AcquireSlot = () => Promise<{ readonly granted: true } | { readonly granted: false; readonly afterMs: number }>;

/** The port to AWS's details of a finding, which its events lack. Never throws; every call acquires a slot first. */
export interface DetailsSource {
  read(ref: FindingRef, acquireSlot: AcquireSlot): Promise<Answered<FindingDetails>>;
  /**
   * Requests a recommendation and reads it, polling a few times.
   * @param wasAsked it was requested before and only has to be read
   */
  recommend(ref: FindingRef, acquireSlot: AcquireSlot, wasAsked: boolean): Promise<Answered<Recommendation>>;
  /** Aborts the calls under way. */
  close(): void;
}

/** A question to AWS: the list of details, or the recommended policy. Each needs permissions of its own. */
export type DetailsCall = 'list' | 'policy';

/** A recent refusal, and until when AWS is not asked again; store's clock, epoch ms. */
export interface KnownRefusal {
  readonly refusal: Refusal;
  readonly until: number;
}
