import type { PermitKind } from '../../pipeline/ports/issue-tracker.ts';

/** A permit; `another`: one more call of a step that holds one; `held`: a request that was about to be sent and waits for its endpoint. */
export type CallKind = PermitKind | 'another' | 'slowed';

/** In which order those who wait get their turns. */
export interface PermitOrder {
  /** @param waiting in the order in which they came */
  of<T extends { readonly kind: CallKind }>(waiting: readonly T[]): T[];
  /** A turn was given. */
  given(kind: CallKind): void;
}

/** What was begun goes on first; opening and closing are what people wait for. */
const ORDER: Readonly<Record<CallKind, number>> = { another: 0, slowed: 0, create: 2, transition: 2, read: 3, update: 4 };

/** Before all that is not begun yet. */
const OVERDUE = 1;

/** What has seen so many turns go by is next: looks are what uncertain creates and reading back wait for, however long the line before them is. */
const MAX_PASSED = 10;

export function createPermitOrder(): PermitOrder {
  let turns = 0;
  /** How many turns there had been after a kind's last one. */
  const lastGrant = new Map<CallKind, number>();

  function rank(kind: CallKind): number {
    const passed = turns - (lastGrant.get(kind) ?? 0);
    return passed < MAX_PASSED ? ORDER[kind] : Math.min(ORDER[kind], OVERDUE);
  }

  return {
    of: (waiting) => waiting.toSorted((a, b) => rank(a.kind) - rank(b.kind)),
    given(kind) {
      turns += 1;
      lastGrant.set(kind, turns);
    },
  };
}
