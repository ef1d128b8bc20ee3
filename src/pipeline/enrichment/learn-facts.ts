import { savedOver } from '../../issues/derived.ts';
import { awake } from '../groups/request-pass.ts';
import type { LearnFacts } from '../ports/enricher.ts';
import type { ReconcileQueue } from '../ports/reconcile-queue.ts';
import { put, type Store } from '../ports/store.ts';
import { FINDINGS } from '../records/finding-collections.ts';
import { remember } from '../records/finding-record.ts';
import { GROUPS } from '../records/group-collections.ts';

export interface LearnFactsDeps {
  readonly store: Store;
  readonly queue: ReconcileQueue;
}

/** Passes change a group often and for a short time; a document of the enricher's own that has changed stays changed. */
const MAX_TRIES = 10;

/** @see LearnFacts */
export function createLearnFacts({ store, queue }: LearnFactsDeps): LearnFacts {
  return async (key, because, alongside) => {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const [[finding], now] = await Promise.all([store.read(FINDINGS, [key]), store.now()]);
      const [group] = finding ? await store.read(GROUPS, [finding.doc.group]) : [];
      const writes = [...alongside];
      if (group) writes.push(put(GROUPS, group.id, group.version, awake(group.doc, now)));
      if (finding && because !== null) {
        const entry = { at: now, what: 'enriched', because, issueKey: finding.doc.mapping.issue?.key ?? null } as const;
        const record = { ...finding.doc, history: remember(finding.doc.history, entry), ...savedOver(finding.doc, now) };
        writes.push(put(FINDINGS, key, finding.version, record));
      }
      const result = await store.commit(writes);
      if (result.ok) {
        if (group) await queue.ask(group.id, 'event');
        return true;
      }
    }
    return false;
  };
}
