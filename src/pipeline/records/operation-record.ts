import type { Json } from '../../findings/json.ts';
import type { OperationKind, OperationState } from '../ports/operation-kind.ts';

/** Something long that was asked for; see `operations.ts`. */
export interface OperationRecord {
  readonly kind: OperationKind;
  readonly state: OperationState;
  /** What it was asked with. */
  readonly input: Json;
  /** Steps done so far, and all of them; null: not known yet. */
  readonly done: number;
  readonly total: number | null;
  /** Where another process would go on; null: at the beginning. */
  readonly cursor: Json;
  /** What it found; null until it has ended, or what is known so far. */
  readonly result: Json;
  /** Why it failed. */
  readonly error: { readonly code: OperationErrorCode; readonly message: string } | null;
  /** Who asked. */
  readonly startedBy: string;
  /** The process that runs it. */
  readonly owner: string;
  /** Store's clock, epoch ms: when its owner last said that it is at it. */
  readonly heartbeatAt: number;
  readonly startedAt: number;
  readonly endedAt: number | null;
}

/** `interrupted`: its process ended, and what it had in memory with it. */
export type OperationErrorCode = 'interrupted' | 'internal' | 'store-unavailable' | 'jira-unavailable';
