import type { Json } from '../../findings/json.ts';
import type { OperationErrorCode, OperationRecord } from '../records/operation-record.ts';

/** Runs an operation and returns its result. May run again from its cursor, so every step must be idempotent. */
export type RunOperation = (run: Run) => Promise<Json>;

/** One run of an operation. */
export interface Run {
  readonly id: string;
  readonly input: Json;
  /** The cursor of the previous run; null: at the beginning. */
  readonly cursor: Json;
  /** Steps done by the previous run. */
  readonly done: number;
  readonly startedBy: string;
  /** Aborted when it was cancelled, when another process has it, and when this one stops. */
  readonly signal: AbortSignal;
  /** Reports progress, also as a heartbeat. Not every report is written. @throws OperationEnded: the run must stop */
  progress(at: Partial<Pick<OperationRecord, 'done' | 'total' | 'cursor' | 'result'>>): Promise<void>;
}

/** The operation was cancelled, or no longer belongs to this process. */
export class OperationEnded extends Error {
  constructor() {
    super('The operation was ended');
  }
}

/** The operation can't be done now, for a reason that the caller may know. */
export class OperationFailed extends Error {
  readonly code: OperationErrorCode;
  constructor(code: OperationErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
