import { eachPage } from '../operations/each-page.ts';
import type { Store } from '../ports/store.ts';
import { ANALYZERS } from '../records/analyzer-collections.ts';
import type { AnalyzerRecord } from '../records/analyzer-record.ts';
import { readReplaceable } from '../records/read-replaceable.ts';
import { SWEEP_OF_FINDINGS, SWEEPS } from '../records/service-collections.ts';
import { reportCoverage, type CoverageReport } from './coverage-report.ts';

/** More analyzers than an installation has; the newest. */
const MAX_READ = 1_000;

/** @throws StoreUnavailable */
export async function readCoverage(store: Store): Promise<CoverageReport> {
  const records: { arn: string; record: AnalyzerRecord }[] = [];
  for await (const { items } of eachPage(store, ANALYZERS, [])) {
    for (const { id, doc } of items) records.push({ arn: id, record: doc });
    if (records.length >= MAX_READ) break;
  }
  const { doc } = await readReplaceable(store, SWEEPS, SWEEP_OF_FINDINGS);
  return reportCoverage(records, doc?.lastSwept ?? null, await store.now());
}
