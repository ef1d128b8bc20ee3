/** The values of `OperationRecord.kind`. */
export const OPERATION_KINDS = [
  'backtest',
  'rules-reconcile',
  'accounts-reconcile',
  'retry',
  'release',
  'resume',
  'redrive',
  'sweep',
] as const;
export type OperationKind = (typeof OPERATION_KINDS)[number];

export type OperationState = 'running' | 'done' | 'failed' | 'cancelled';
