import { setTimeout as sleep } from 'node:timers/promises';
import type { AccessAnalyzerSimulator } from '../../src/sandbox/access-analyzer/access-analyzer-simulator.ts';
import type { AwsBlow } from './blows.ts';
import { ANALYZERS } from './finding-history.ts';
import { companyAnalyzer, type ChaosSite } from './site.ts';

/** Calls that a throttling AWS answers in a second. */
const CALLS_A_SECOND = 1;
/** Where a list ends that is cut short. */
const ROWS = 3;

/** Resolves when AWS answers as before. */
export async function troubleAws({ kind, atMs, forMs }: AwsBlow, { parts }: ChaosSite): Promise<void> {
  const all = parts.map(({ aws }) => aws);
  const analyzerArn = ANALYZERS[atMs % ANALYZERS.length] ?? '';
  for (const aws of all) begin(kind, aws, analyzerArn);
  await sleep(forMs);
  for (const aws of all) end(kind, aws, analyzerArn);
}

function begin(kind: AwsBlow['kind'], { faults, putAnalyzer }: AccessAnalyzerSimulator, analyzerArn: string): void {
  if (kind === 'analyzer-disabled') putAnalyzer(companyAnalyzer(analyzerArn, 'DISABLED'));
  else if (kind === 'analyzers-denied') faults.analyzersDenied = true;
  else if (kind === 'lists-cut') faults.listsEndAfter = ROWS;
  else if (kind === 'lists-late') faults.listsAreLate = true;
  else if (kind === 'aws-throttled') faults.requestsPerSecond = CALLS_A_SECOND;
  else faults.down = true;
}

function end(kind: AwsBlow['kind'], { faults, putAnalyzer }: AccessAnalyzerSimulator, analyzerArn: string): void {
  if (kind === 'analyzer-disabled') putAnalyzer(companyAnalyzer(analyzerArn, 'ACTIVE'));
  else if (kind === 'analyzers-denied') faults.analyzersDenied = false;
  else if (kind === 'lists-cut') faults.listsEndAfter = null;
  else if (kind === 'lists-late') faults.listsAreLate = false;
  else if (kind === 'aws-throttled') faults.requestsPerSecond = null;
  else faults.down = false;
}
