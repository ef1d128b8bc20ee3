import type { PermitKind } from '../../pipeline/ports/issue-tracker.ts';

/** A permit; `another`: one more call of a step that holds one; `held`: a request that was about to be sent and waits for its endpoint. */
export type TurnKind = PermitKind | 'another' | 'held';

/** In which order those who wait get their turns. */
export interface TurnOrder {
  /** @param waiting in the order in which they came */
  of<T extends { readonly kind: TurnKind }>(waiting: readonly T[]): T[];
  /** A turn was given. */
  given(kind: TurnKind): void;
}

/** What was begun goes on first; opening and closing are what people wait for. */
const ORDER: Readonly<Record<TurnKind, number>> = { another: 0, held: 0, open: 2, close: 2, look: 3, update: 4 };

/** Before all that is not begun yet. */
const OVERDUE = 1;

/** What has seen so many turns go by is next: looks are what uncertain creates and reading back wait for, however long the line before them is. */
const MOST_PASSED = 10;

export function createTurnOrder(): TurnOrder {
  let turns = 0;
  /** How many turns there had been after a kind's last one. */
  const lastTurn = new Map<TurnKind, number>();

  function rank(kind: TurnKind): number {
    const passed = turns - (lastTurn.get(kind) ?? 0);
    return passed < MOST_PASSED ? ORDER[kind] : Math.min(ORDER[kind], OVERDUE);
  }

  return {
    of: (waiting) => waiting.toSorted((a, b) => rank(a.kind) - rank(b.kind)),
    given(kind) {
      turns += 1;
      lastTurn.set(kind, turns);
    },
  };
}
