import { isJsonObject, type Json } from '../../findings/json.ts';
import { OperationFailed, type RunOperation } from '../operations/run-operation.ts';
import type { Sweep } from '../recovery/sweep.ts';
import type { FindingsSweep } from './sweep-findings.ts';

/**
 * A sweep that an admin requested: over AWS first, then over Jira. When another process takes it up, the part over AWS goes on where it was,
 * and the part over Jira starts over: work already done is not repeated.
 * @param findings null: Jira only
 */
export function createSweepOperation(sweep: Sweep, findings: FindingsSweep | null): RunOperation {
  return async ({ id, input, cursor, signal, progress }) => {
    const dryRun = isJsonObject(input) && input['dryRun'] === true;
    const joined = joinedOf(cursor);
    const onProgress = (done: number, startedAt: number): Promise<void> =>
      progress({ done, ...(dryRun ? {} : { cursor: { joined: startedAt } }) });
    const found = await findings?.run({ dryRun, operation: id, joined, onProgress, signal });
    const listed = found?.listed ?? 0;
    const ran = await sweep.run({ dryRun, onProgress: (done, total) => progress({ done: listed + done, total: listed + total }) });
    if (!ran.ok) throw new OperationFailed('jira-unavailable', ran.failure?.message ?? 'Jira is busy; try again later');
    const aws: Json = found === undefined ? null : JSON.parse(JSON.stringify(found));
    return { dryRun, ...ran.swept, aws };
  };
}

function joinedOf(cursor: Json): number | null {
  return isJsonObject(cursor) && typeof cursor['joined'] === 'number' ? cursor['joined'] : null;
}
