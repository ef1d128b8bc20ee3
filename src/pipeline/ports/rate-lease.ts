/** The port by which replicas share one budget of calls. */
export interface RateLease {
  /**
   * Takes or renews this replica's part. Never throws: while the others can't be heard, it is an equal part among those last seen.
   * @param wanted calls that it could make in the next second
   */
  take(wanted: number): Promise<Lease>;
}

export interface Lease {
  /** Calls per second. */
  readonly perSecond: number;
  /** Ms, counted from when it was asked for, during which nobody else is given it. */
  readonly forMs: number;
}
