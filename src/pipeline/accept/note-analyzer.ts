import { UNKNOWN_ANALYZER } from '../../findings/finding.ts';
import { EVENT_NOTED_EVERY_MS, newAnalyzer } from '../records/analyzer-record.ts';
import { ANALYZERS } from '../records/analyzer-collections.ts';
import { readReplaceable } from '../records/read-replaceable.ts';
import type { Clock } from '../ports/clock.ts';
import { put, type Store } from '../ports/store.ts';

/** More analyzers than one organization has; a message may name any. */
const MAX_NOTED = 10_000;

/**
 * Remembers which analyzers events have named, since no list of AWS has those of other accounts and Regions, and when the last event came.
 * Each process notes an analyzer only now and then.
 */
export function createNoteAnalyzer(store: Store, clock: Clock): (analyzerArn: string) => Promise<void> {
  const noted = new Map<string, number>();

  return async (analyzerArn) => {
    const at = clock.monotonic();
    if (analyzerArn === UNKNOWN_ANALYZER || at - (noted.get(analyzerArn) ?? -Infinity) < EVENT_NOTED_EVERY_MS) return;
    const { doc, version } = await readReplaceable(store, ANALYZERS, analyzerArn);
    const now = await store.now();
    if (doc === null || !doc.namedByEvent || (doc.lastEventAt ?? -Infinity) <= now - EVENT_NOTED_EVERY_MS) {
      const next = { ...(doc ?? newAnalyzer(now)), namedByEvent: true, lastEventAt: now };
      // Where another writer is first, the next event notes it.
      if (!(await store.commit([put(ANALYZERS, analyzerArn, version, next)])).ok) return;
    }
    if (noted.size >= MAX_NOTED) noted.clear();
    noted.set(analyzerArn, at);
  };
}
