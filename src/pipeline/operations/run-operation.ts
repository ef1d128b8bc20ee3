import type { Json } from '../../findings/json.ts';
import type { OperationErrorCode, OperationRecord } from '../records/operation-record.ts';

/** Does it and gives its result. May run again from its cursor, so every step must bear being done twice. */
export type RunOperation = (run: Run) => Promise<Json>;

/** What an operation works with. */
export interface Run {
  readonly id: string;
  readonly input: Json;
  /** Where the run before had come to; null at the beginning. */
  readonly cursor: Json;
  /** How far the run before had come. */
  readonly done: number;
  readonly startedBy: string;
  /** Aborted when it was cancelled, when another process has it, and when this one stops. */
  readonly signal: AbortSignal;
  /** Says how far it is, also as a sign of life. Written now and then only. @throws OperationEnded: nothing more is to be done */
  progress(at: Partial<Pick<OperationRecord, 'done' | 'total' | 'cursor' | 'result'>>): Promise<void>;
}

/** It was cancelled, or this process has it no longer. */
export class OperationEnded extends Error {
  constructor() {
    super('The operation was ended');
  }
}

/** It can't be done now, for a reason that whoever asked may know. */
export class OperationFailed extends Error {
  readonly code: OperationErrorCode;
  constructor(code: OperationErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
