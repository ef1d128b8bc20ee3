import type { Store, Stored } from '../ports/store.ts';
import type { AnalyzerRecord } from './analyzer-record.ts';
import { ANALYZERS, IN_TROUBLE } from './analyzer-collections.ts';

/** As many as a status names. */
const MAX_IN_TROUBLE = 100;

/** Analyzers whose last listing was not complete, or raised an alarm. */
export async function analyzersInTrouble(store: Store): Promise<readonly Stored<AnalyzerRecord>[]> {
  return (await store.page(ANALYZERS, { terms: [IN_TROUBLE], limit: MAX_IN_TROUBLE })).items;
}
