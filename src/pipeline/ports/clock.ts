/** The process's own clocks. Replicas agree by the store's clock instead (`Store.now`). */
export interface Clock {
  /** Epoch ms, wall clock. */
  now(): number;
  /** Ms that only go forward, for bounds inside one process. */
  monotonic(): number;
}
