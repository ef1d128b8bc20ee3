import { UNKNOWN_ANALYZER } from '../../findings/finding.ts';
import { newAnalyzer } from '../records/analyzer-record.ts';
import { ANALYZERS } from '../records/analyzer-collections.ts';
import { readReplaceable } from '../records/read-replaceable.ts';
import { put, type Store } from '../ports/store.ts';

/** More analyzers than one organization has; a message may name any. */
const MAX_NOTED = 10_000;

/** Remembers which analyzers events have named, since no list of AWS has those of other accounts and Regions. Once for each process. */
export function createNoteAnalyzer(store: Store): (analyzerArn: string) => Promise<void> {
  const noted = new Set<string>();

  return async (analyzerArn) => {
    if (analyzerArn === UNKNOWN_ANALYZER || noted.has(analyzerArn)) return;
    const { doc, version } = await readReplaceable(store, ANALYZERS, analyzerArn);
    if (doc?.namedByEvent !== true) {
      const next = { ...(doc ?? newAnalyzer(await store.now())), namedByEvent: true };
      // Where another writer is first, the next event notes it.
      if (!(await store.commit([put(ANALYZERS, analyzerArn, version, next)])).ok) return;
    }
    if (noted.size >= MAX_NOTED) noted.clear();
    noted.add(analyzerArn);
  };
}
