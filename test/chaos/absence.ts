/** Whether the store is available, as recorded by the code that takes it away. */
export interface Absence {
  begins(): void;
  ends(): void;
  /** A moment for `wasAwaySince`. */
  now(): number;
  /** Whether the store was away at that moment or later: a service that started then may have failed to. */
  wasAwaySince(moment: number): boolean;
}

export function createAbsence(): Absence {
  /** Counts departures and returns; odd while the store is away. */
  let changes = 0;
  return {
    begins: () => void (changes += 1 - (changes % 2)),
    ends: () => void (changes += changes % 2),
    now: () => changes,
    wasAwaySince: (moment) => moment % 2 === 1 || changes !== moment,
  };
}
