import type { AccessAnalyzerSimulator } from '../access-analyzer/access-analyzer-simulator.ts';
import { sampleDetails } from './sample-details.ts';
import { sampleFindings } from './sample-findings.ts';

const DAY_MS = 86_400_000;

/** Another seed than that of the stream: its findings have other ids. */
const SEED = 40;

/** Puts findings into a simulated Access Analyzer that are older than any event, one for each day. */
export function putOldFindings(analyzer: Pick<AccessAnalyzerSimulator, 'follow'>, count: number, nowMs: number): void {
  for (const event of sampleFindings({ count, seed: SEED, startMs: nowMs - (count + 1) * DAY_MS, everyMs: DAY_MS }))
    analyzer.follow({ ...event }, sampleDetails(event));
}
