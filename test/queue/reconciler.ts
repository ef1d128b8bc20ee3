import { setImmediate as turn } from 'node:timers/promises';

/** A handler that records its calls, and that can be blocked or made to fail. */
export interface Reconciler {
  readonly reconcile: (group: string) => Promise<void>;
  /** Groups in the order in which runs began and ended. */
  readonly started: readonly string[];
  readonly ended: readonly string[];
  /** Runs that began while one of the same group went on. */
  readonly overlaps: number;
  readonly mostAtOnce: number;
  /** Iterations of the event loop that a run takes. */
  ticks: number;
  running(): number;
  startsOf(group: string): number;
  /** Runs of the group wait until the returned function is called. */
  hold(group: string): () => void;
  /** Runs of the groups throw. */
  fail(...groups: readonly string[]): void;
}

export function createReconciler(): Reconciler {
  const [started, ended]: [string[], string[]] = [[], []];
  const current: string[] = [];
  const holds = new Map<string, Promise<void>>();
  const failing = new Set<string>();
  let [overlaps, mostAtOnce, ticks] = [0, 0, 0];

  return {
    async reconcile(group) {
      if (current.includes(group)) overlaps += 1;
      started.push(group);
      current.push(group);
      mostAtOnce = Math.max(mostAtOnce, current.length);
      for (let i = ticks; i >= 0; i -= 1) await turn();
      await holds.get(group);
      current.splice(current.indexOf(group), 1);
      ended.push(group);
      if (failing.has(group)) throw new Error('meant to fail');
    },
    started,
    ended,
    get overlaps() {
      return overlaps;
    },
    get mostAtOnce() {
      return mostAtOnce;
    },
    get ticks() {
      return ticks;
    },
    set ticks(value) {
      ticks = value;
    },
    running: () => current.length,
    startsOf: (group) => started.filter((one) => one === group).length,
    hold(group) {
      const { promise, resolve } = Promise.withResolvers<void>();
      holds.set(group, promise);
      return resolve;
    },
    fail(...groups) {
      for (const group of groups) failing.add(group);
    },
  };
}
