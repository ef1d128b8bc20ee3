import { UNKNOWN_ANALYZER, type Finding, type FindingKey } from '../findings/finding.ts';
import { withEnvelope } from '../findings/with-envelope.ts';
import { FINDING_NAMES, FINDINGS } from './collections.ts';
import type { FindingRecord } from './finding-record.ts';
import { put, type Store, type Stored, type Write } from './store.ts';

/** An observation with what the store knows of its finding. */
export interface Recognised {
  /** The observation, as of the analyzer that is known. */
  readonly seen: Finding;
  /** The record as it goes on; null: the finding is new. */
  readonly record: FindingRecord | null;
  /** Of the document under `seen.key`; null: there is none. */
  readonly version: string | null;
  /** The key by which the finding was known, and is a member of its group. */
  readonly was: FindingKey;
  /** Belong to the commit that stores the observation. */
  readonly writes: readonly Write[];
}

/**
 * Finds what an observation is about. The bare detail of an event does not say which analyzer it was; a finding of that id on that resource is the
 * same one then, whichever came first. When an event brings the analyzer, the record moves to the key that has it in.
 */
export async function recogniseFinding(store: Store, seen: Finding): Promise<Recognised> {
  const [stored] = await store.read(FINDINGS, [seen.key]);
  if (stored) return known(seen, stored);
  const name = nameOf(seen);
  const [named] = await store.read(FINDING_NAMES, [name]);
  const [other] = named ? await store.read(FINDINGS, [named.doc.key]) : [];
  const unheard: Recognised = { seen, record: null, version: null, was: seen.key, writes: [] };
  const naming = put(FINDING_NAMES, name, named?.version ?? null, { key: seen.key });
  if (!other) return { ...unheard, writes: [naming] };
  const { finding } = other.doc;
  if (seen.analyzerArn === UNKNOWN_ANALYZER) {
    const told = withEnvelope(seen, finding.event);
    return told === null ? unheard : known(told, other);
  }
  const told = finding.analyzerArn === UNKNOWN_ANALYZER ? withEnvelope(finding, seen.event) : null;
  if (told === null) return unheard;
  const record = { ...other.doc, finding: told };
  return { seen, record, version: null, was: other.id, writes: [put(FINDINGS, other.id, other.version, null), naming] };
}

function known(seen: Finding, { id, doc, version }: Stored<FindingRecord>): Recognised {
  return { seen, record: doc, version, was: id, writes: [] };
}

/** What a finding is called by whoever does not know its analyzer. */
function nameOf({ findingId, resource }: Finding): string {
  return `${findingId}|${resource}`;
}
