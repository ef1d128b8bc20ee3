import type { PermitKind } from '../../pipeline/ports/issue-tracker.ts';

/** A permit. `another`: one more call of a step that holds one. `slowed`: a request that waits for an endpoint near its limit. */
export type CallKind = PermitKind | 'another' | 'slowed';

/** The order in which waiting calls get their permits. */
export interface PermitOrder {
  /** @param waiting in order of arrival */
  of<T extends { readonly kind: CallKind }>(waiting: readonly T[]): T[];
  /** Counts a granted permit. */
  given(kind: CallKind): void;
}

/** Steps under way go on first; then creates and transitions, which people wait for. */
const ORDER: Readonly<Record<CallKind, number>> = { another: 0, slowed: 0, create: 2, transition: 2, read: 3, update: 4 };

/** Before every step that has not begun. */
const OVERDUE = 1;

/** A kind that was passed over this often is next: uncertain creates and reading back wait for reads, however long the queue is. */
const MAX_PASSED = 10;

export function createPermitOrder(): PermitOrder {
  let grants = 0;
  /** The count of grants at the last one of each kind. */
  const lastGrant = new Map<CallKind, number>();

  function rank(kind: CallKind): number {
    const passed = grants - (lastGrant.get(kind) ?? 0);
    return passed < MAX_PASSED ? ORDER[kind] : Math.min(ORDER[kind], OVERDUE);
  }

  return {
    of: (waiting) => waiting.toSorted((a, b) => rank(a.kind) - rank(b.kind)),
    given(kind) {
      grants += 1;
      lastGrant.set(kind, grants);
    },
  };
}
