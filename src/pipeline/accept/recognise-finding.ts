import { parseArn } from '../../findings/arn.ts';
import { partsOfKey, UNKNOWN_ANALYZER, type Finding, type FindingKey } from '../../findings/finding.ts';
import { withEnvelope } from '../../findings/with-envelope.ts';
import { FINDING_NAMES, FINDINGS } from '../records/finding-collections.ts';
import type { FindingRecord } from '../records/finding-record.ts';
import { underAnyAnalyzer } from '../groups/groups-naming.ts';
import { put, type Store, type Stored, type Write } from '../ports/store.ts';

/** An observation and the stored record of its finding. */
export interface Recognised {
  /** The observation, with the known analyzer. */
  readonly seen: Finding;
  /** The record to continue; null: the finding is new. */
  readonly record: FindingRecord | null;
  /** Of the document under `seen.key`; null: there is none. */
  readonly version: string | null;
  /** The key by which the finding was known, and is a member of its group. */
  readonly was: FindingKey;
  /** Further writes of the commit that stores the observation. */
  readonly writes: readonly Write[];
}

/**
 * Finds the finding of an observation. The bare detail of an event does not name the analyzer; a finding of that id on that resource is then the
 * same one, whichever came first. When an event brings the analyzer, the record moves to the key with the analyzer.
 */
export async function recogniseFinding(store: Store, seen: Finding): Promise<Recognised> {
  const [stored] = await store.read(FINDINGS, [seen.key]);
  if (stored) return known(seen, stored);
  const name = nameOf(seen);
  const [named] = await store.read(FINDING_NAMES, [name]);
  const [other] = named ? await store.read(FINDINGS, [named.doc.key]) : [];
  const unheard = (told: Finding): Recognised => ({ seen: told, record: null, version: null, was: told.key, writes: [] });
  const naming = ({ key }: Finding): Write => put(FINDING_NAMES, name, named?.version ?? null, { key });
  if (!other) {
    const told = (await asItsIssueNamesIt(store, seen)) ?? seen;
    return { ...unheard(told), writes: [naming(told)] };
  }
  const { finding } = other.doc;
  if (seen.analyzerArn === UNKNOWN_ANALYZER) {
    const told = withEnvelope(seen, finding.event);
    return told === null ? unheard(seen) : known(told, other);
  }
  const told = finding.analyzerArn === UNKNOWN_ANALYZER ? withEnvelope(finding, seen.event) : null;
  if (told === null) return unheard(seen);
  const record = { ...other.doc, finding: told };
  return { seen, record, version: null, was: other.id, writes: [put(FINDINGS, other.id, other.version, null), naming(seen)] };
}

/**
 * After a lost store, an issue that was read back may name a finding of this id that is not stored yet, and its analyzer.
 * @returns null when the observation names its analyzer itself, or the analyzer is unknown
 */
async function asItsIssueNamesIt(store: Store, seen: Finding): Promise<Finding | null> {
  if (seen.analyzerArn !== UNKNOWN_ANALYZER) return null;
  const [named] = await underAnyAnalyzer(store, seen.findingId);
  const analyzerArn = named === undefined ? undefined : partsOfKey(named.was)?.analyzerArn;
  const arn = analyzerArn === undefined ? null : parseArn(analyzerArn);
  if (analyzerArn === undefined || arn === null) return null;
  return withEnvelope(seen, { ...seen.event, account: arn.accountId, region: arn.region, resources: [analyzerArn] });
}

function known(seen: Finding, { id, doc, version }: Stored<FindingRecord>): Recognised {
  return { seen, record: doc, version, was: id, writes: [] };
}

/** The name of a finding whose analyzer is unknown. */
function nameOf({ findingId, resource }: Finding): string {
  return `${findingId}|${resource}`;
}
