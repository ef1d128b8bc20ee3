/**
 * The rate at which all replicas together make a kind of call to AWS. AWS often names no limit, so the rate adapts: throttling slows it down,
 * answers speed it up again, never above the usual rate.
 */
export interface AdaptiveRateLimiter {
  /** Takes the next free slot. @param lane what has a rate of its own, such as a Region @returns how long to wait for it, ms; not granted: longer than a caller can wait */
  acquire(lane: string): Promise<{ readonly granted: boolean; readonly afterMs: number }>;
  /** Ms until the next free slot; 0: there is one now. */
  waitMs(lane: string): Promise<number>;
  /** AWS asked to slow down. @param afterMs how long it wants no calls; null: it did not say */
  slowDown(lane: string, afterMs: number | null): Promise<void>;
  /** AWS answered. */
  speedUp(lane: string): Promise<void>;
}
