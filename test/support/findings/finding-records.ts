import { parseFinding } from '../../../src/findings/parse-finding.ts';
import { severityOf } from '../../../src/findings/severity.ts';
import { FINDINGS } from '../../../src/pipeline/records/finding-collections.ts';
import { EPOCHS } from '../../../src/pipeline/records/service-collections.ts';
import type { FindingRecord } from '../../../src/pipeline/records/finding-record.ts';
import { EPOCH, MAX_WRITES, put, type Store } from '../../../src/pipeline/ports/store.ts';
import { externalEvent, type EventOverrides } from './finding-events.ts';

/** The record of a finding that was accepted from an event. @param overrides further fields of the record */
export function findingRecord(event: EventOverrides = {}, overrides: Partial<FindingRecord> = {}): FindingRecord {
  const firstSeenAt = overrides.firstSeenAt ?? Date.parse('2026-03-01T10:06:00Z');
  const parsed = parseFinding(externalEvent(event), firstSeenAt);
  if (!parsed.ok) throw new Error(`Not a finding: ${parsed.path} ${parsed.message}`);
  const { finding } = parsed;
  return {
    finding,
    group: `finding:${finding.key}`,
    severity: severityOf(finding),
    decision: { action: 'issue', because: 'rule-matched', ruleId: 'everything-else' },
    mapping: { state: 'pending', because: 'not-reconciled-yet', projectKey: 'SEC', issue: null, error: null },
    history: [{ at: firstSeenAt, what: 'accepted', because: 'ACTIVE: new', issueKey: null }],
    firstSeenAt,
    updatedAt: firstSeenAt,
    ...overrides,
  };
}

/** Makes the store trusted, and puts the records into it. */
export async function keepFindings(store: Store, records: readonly FindingRecord[]): Promise<void> {
  const epoch = { identity: await store.identity(), trusted: true, since: null, secondPass: false, nextPassAt: 0 };
  const writes = [put(EPOCHS, EPOCH.id, null, epoch), ...records.map((record) => put(FINDINGS, record.finding.key, null, record))];
  for (let from = 0; from < writes.length; from += MAX_WRITES) {
    const result = await store.commit(writes.slice(from, from + MAX_WRITES));
    if (!result.ok) throw new Error(`Not kept: ${result.because} ${result.id}`);
  }
}
