import type { GroupRecord, RequeueAt } from './group-record.ts';
import type { Step } from './step.ts';

/** The longest that an issue waits for details, from when its group was first seen, ms. After that it is opened without, and changed when they come. */
export const DETAILS_WAIT_MS = 60_000;

/** The wait of an issue that is not opened yet because the details of its finding may come any moment; null: it waits for nothing. Pure. */
export function awaitDetails({ firstSeenAt }: GroupRecord, step: Step, waitMs: number): RequeueAt | null {
  return step.step === 'create' && step.details === 'awaited' ? { time: firstSeenAt + waitMs, because: 'details-awaited' } : null;
}
