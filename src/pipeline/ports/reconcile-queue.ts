/**
 * The queue port. The queue is only a hint that a group wants a pass; the group's record is the truth.
 * A job carries its group and nothing else, has one attempt and is never delayed.
 */
export interface ReconcileQueue {
  /**
   * Asks for a pass over a group. While one is waiting, further asks are the same ask; while one is running, exactly one
   * more follows it. @throws StoreUnavailable when the ask could not be kept
   */
  ask(group: string, urgency: Urgency): Promise<void>;
  /** Starts working. `reconcile` is never run twice at once for one group by one queue. An error that it throws is reported, never fatal. */
  work(reconcile: (group: string) => Promise<void>): void;
  /** Starts no new job; running jobs go on. Resolves when no new job will start. */
  pause(): Promise<void>;
  /** Jobs waiting. */
  depth(): Promise<number>;
  /** Whether work makes progress, judged from inside the process alone. */
  health(): QueueHealth;
  /** Waits for running jobs, at most `graceMs`, then abandons them. */
  close(graceMs: number): Promise<void>;
}

/** People's retries and events first, then rule changes, then the sweep. */
export type Urgency = 'person' | 'event' | 'rules' | 'sweep';

/** `wedged`: work is waiting and nothing was started or finished for `forMs`. */
export type QueueHealth = { readonly state: 'working' } | { readonly state: 'wedged'; readonly forMs: number };
