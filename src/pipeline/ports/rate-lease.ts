/** The port by which replicas share one budget of calls. */
export interface RateLease {
  /**
   * Takes or renews this replica's share. Never throws: while the store does not answer, it is an equal share among the replicas last seen.
   * @param wanted calls that this replica could make in the next second
   */
  take(wanted: number): Promise<Lease>;
}

export interface Lease {
  /** Calls per second. */
  readonly perSecond: number;
  /** Ms, counted from the request, during which no other replica gets this share. */
  readonly forMs: number;
}
