import { setTimeout as sleep } from 'node:timers/promises';
import type { LiveProofOptions, ProofBounds } from '../../../src/proof/live-proof.ts';
import type { JiraSimulator } from '../../../src/sandbox/jira-simulator.ts';
import { trackerOf } from './tracker.ts';

/** How long a proof waits for what a site that breaks an assumption never shows. It outlasts the stale answers of such a site. */
export const SHORT_BOUNDS: ProofBounds = { searchMs: 800, graceMs: 200, readMs: 800, everyMs: 20 };

/** Options of a proof on a simulated site, with bounds that no slow machine meets. */
export function liveProofOptions(jira: JiraSimulator | string, more: Partial<LiveProofOptions> = {}): LiveProofOptions {
  return {
    jira: trackerOf(jira).parts,
    projectKey: 'SEC',
    issueType: 'Task',
    fields: {},
    uncertainWindowMs: 60_000,
    bounds: { searchMs: 30_000, graceMs: 30_000, readMs: 30_000, everyMs: 20 },
    run: 'run-1',
    sleep: (ms, signal) => sleep(ms, undefined, { signal }),
    signal: new AbortController().signal,
    say: () => undefined,
    ...more,
  };
}
