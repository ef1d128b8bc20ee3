import { findingKey } from '../../findings/finding.ts';
import { FINDINGS } from '../../pipeline/records/finding-collections.ts';
import type { FindingRecord } from '../../pipeline/records/finding-record.ts';
import { wholePage } from '../../pipeline/records/whole-page.ts';
import type { Store, Stored } from '../../pipeline/ports/store.ts';
import { RequestRefused } from '../problem.ts';

/** The most analyzers that can be listed for one finding id. */
const MAX_CANDIDATES = 100;

/**
 * The record of a finding that a request names.
 * @param analyzerArn selects where several analyzers use the id
 * @throws RequestRefused when there is none, or more than one and no analyzer to select by
 */
export async function findFinding(store: Store, findingId: string, analyzerArn: string | undefined): Promise<FindingRecord> {
  const found =
    analyzerArn === undefined ? await recordsOf(store, findingId) : await store.read(FINDINGS, [findingKey(analyzerArn, findingId)]);
  const [first, second] = found;
  if (!first) throw new RequestRefused('mapping-not-found', 'No event has reported this finding');
  if (second) {
    const candidates = found.flatMap((stored) => (stored === null ? [] : [{ analyzerArn: stored.doc.finding.analyzerArn }]));
    throw new RequestRefused('ambiguous-finding', 'Select one of the candidates with ?analyzerArn=', { candidates });
  }
  return first.doc;
}

async function recordsOf(store: Store, findingId: string): Promise<readonly Stored<FindingRecord>[]> {
  return wholePage(store, FINDINGS, { terms: [`findingId:${findingId}`], limit: MAX_CANDIDATES, order: 'oldest' });
}
