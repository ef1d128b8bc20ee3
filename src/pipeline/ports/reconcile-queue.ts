/**
 * The queue port. The queue is only a hint that a group wants a look; the group's record is the truth.
 * A job carries its group and nothing else, has one attempt and is never delayed.
 */
export interface ReconcileQueue {
  /**
   * Asks for a look at a group. While one is waiting, further asks are the same ask; while one is running, exactly one
   * more follows it. @throws StoreUnavailable when the ask could not be kept
   */
  ask(group: string, urgency: Urgency): Promise<void>;
  /** Starts working. `reconcile` is never run twice at once for one group by one queue. What it throws is told, never fatal. */
  work(reconcile: (group: string) => Promise<void>): void;
  /** Takes nothing new; what runs goes on. Resolves when no new job will start. */
  pause(): Promise<void>;
  /** Jobs waiting. */
  depth(): Promise<number>;
  /** Whether work makes progress: told from inside the process, without asking the other side. */
  health(): QueueHealth;
  /** Waits for what runs, at most `graceMs`, then lets go of it. */
  close(graceMs: number): Promise<void>;
}

/** People's retries and events first, then rule changes, then the sweep. */
export type Urgency = 'person' | 'event' | 'rules' | 'sweep';

/** `wedged`: work is waiting and nothing was started or finished for `forMs`. */
export type QueueHealth = { readonly state: 'working' } | { readonly state: 'wedged'; readonly forMs: number };
