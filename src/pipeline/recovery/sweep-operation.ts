import { isJsonObject } from '../../findings/json.ts';
import { OperationFailed, type RunOperation } from '../operations/run-operation.ts';
import type { Sweep } from './sweep.ts';

/** A sweep that somebody asked for. Begins anew when another process takes it up: what was done is found done. */
export function createSweepOperation(sweep: Sweep): RunOperation {
  return async ({ input, progress }) => {
    const dryRun = isJsonObject(input) && input['dryRun'] === true;
    const ran = await sweep.run({ dryRun, onProgress: (done, total) => progress({ done, total }) });
    if (ran.ok) return { dryRun, ...ran.swept };
    throw new OperationFailed('jira-unavailable', ran.failure?.message ?? 'Jira is busy; try again later');
  };
}
