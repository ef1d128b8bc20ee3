/** The port by which replicas share one budget of calls, whose size they learn together. */
export interface RateLease {
  /**
   * Takes or renews this replica's share. Never throws: while the store does not answer, it is an equal share among the replicas last seen.
   * @param wanted calls that this replica could make in the next second
   * @param heard what the answers since the last time have told this replica
   */
  take(wanted: number, heard: RateHeard): Promise<Lease>;
}

export interface Lease {
  /** Calls per second of this replica. */
  readonly perSecond: number;
  /** Ms, counted from the request, during which no other replica gets this share. */
  readonly forMs: number;
  /** Of all replicas together. */
  readonly rate: LearnedRate;
}

/** What Jira's answers say about the rate of calls. */
export interface RateHeard {
  /** Calls were refused because there were too many of them. */
  readonly refused: boolean;
  /** Jira has just said that a limit is near. */
  readonly near: boolean;
  /** The smallest limit that Jira announces, calls per second; null: none. */
  readonly announced: number | null;
  /** Calls of the last second that were not refused. */
  readonly passed: number;
}

/** The calls per second that all replicas together may make, as Jira's answers have taught it. */
export interface LearnedRate {
  readonly perSecond: number;
  /** Why the last decision ended as it did. */
  readonly because: RateReason;
  /** The rate at which Jira last refused calls; null: it has not, or the rate has left it behind. */
  readonly refusedAt: number | null;
  /** Epoch ms of the last time that refusals lowered it; null: never. */
  readonly loweredAt: number | null;
  /** Epoch ms of the last decision. */
  readonly at: number;
}

/**
 * `start`: nothing is known yet. `refused`: lowered after refusals; `same-refusals`: these belong to a lowering shortly before. `announced`
 * and `ceiling`: the most that Jira's announcement and the setting allow. `near-limit`: not raised, because Jira warns. `raised`: calls used
 * it up without a refusal. `not-used`: there were too few calls to learn from.
 */
export const RATE_REASONS = ['start', 'refused', 'same-refusals', 'announced', 'ceiling', 'near-limit', 'raised', 'not-used'] as const;

export type RateReason = (typeof RATE_REASONS)[number];

/**
 * Decides on the rate, purely.
 * @param known null: nothing is
 * @param heard by all replicas together
 * @param now epoch ms
 */
export type LearnRate = (known: LearnedRate | null, heard: RateHeard, now: number) => LearnedRate;

/** Opens the lease of a process for what it has learned how to decide. */
export type OpenRateLease = (learn: LearnRate) => RateLease;
