import { setTimeout as sleep } from 'node:timers/promises';
import type { LiveProofOptions } from '../../../src/proof/live-proof.ts';
import type { JiraSimulator } from '../../../src/sandbox/jira-simulator.ts';
import { trackerOf } from './tracker.ts';

/** Options of a proof on a simulated site, with short bounds. The search's is what a run without any sighting waits for. */
export function liveProofOptions(jira: JiraSimulator | string, more: Partial<LiveProofOptions> = {}): LiveProofOptions {
  return {
    jira: trackerOf(jira).parts,
    projectKey: 'SEC',
    issueType: 'Task',
    fields: {},
    uncertainWindowMs: 60_000,
    bounds: { searchMs: 800, graceMs: 200, readMs: 800, everyMs: 20 },
    run: 'run-1',
    sleep: (ms, signal) => sleep(ms, undefined, { signal }),
    signal: new AbortController().signal,
    say: () => undefined,
    ...more,
  };
}
