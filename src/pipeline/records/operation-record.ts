import type { Json } from '../../findings/json.ts';
import type { OperationKind, OperationState } from '../ports/operation-kind.ts';

/** A long-running operation; see `operations.ts`. */
export interface OperationRecord {
  readonly kind: OperationKind;
  readonly state: OperationState;
  /** The parameters of the request. */
  readonly input: Json;
  /** Steps done so far, and in all; null: not known yet. */
  readonly done: number;
  readonly total: number | null;
  /** Where another process would continue; null: at the beginning. */
  readonly cursor: Json;
  /** The result; until the end null, or the result so far. */
  readonly result: Json;
  /** Why it failed. */
  readonly error: { readonly code: OperationErrorCode; readonly message: string } | null;
  /** Who started it. */
  readonly startedBy: string;
  /** The process that runs it. */
  readonly owner: string;
  /** Store's clock, epoch ms: the owner's last heartbeat. */
  readonly heartbeatAt: number;
  readonly startedAt: number;
  readonly endedAt: number | null;
}

/** `interrupted`: its process ended, and the state in memory is lost. */
export type OperationErrorCode = 'interrupted' | 'internal' | 'store-unavailable' | 'jira-unavailable';
