/** Whether the store is there, as those know who take it away. */
export interface Absence {
  begins(): void;
  ends(): void;
  /** A moment to look back at. */
  now(): number;
  /** Whether the store was away at that moment or at any since: a service that was started then need not have come up. */
  wasAwaySince(moment: number): boolean;
}

export function createAbsence(): Absence {
  /** How often it has gone and come back; odd while it is away. */
  let turns = 0;
  return {
    begins: () => void (turns += 1 - (turns % 2)),
    ends: () => void (turns += turns % 2),
    now: () => turns,
    wasAwaySince: (moment) => moment % 2 === 1 || turns !== moment,
  };
}
