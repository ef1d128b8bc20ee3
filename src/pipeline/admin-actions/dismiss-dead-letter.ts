import type { JsonObject } from '../../findings/json.ts';
import { auditWrite, type AskedBy } from '../records/audit.ts';
import { AUDIT } from '../records/admin-collections.ts';
import { readReplaceable } from '../records/read-replaceable.ts';
import { UNREADABLE, type UnreadableRecord } from '../records/unreadable-collections.ts';
import { put, type Store } from '../ports/store.ts';

/** Who dismissed a message that could not be read, and when; epoch ms. */
export interface Dismissed {
  readonly at: number;
  readonly by: string;
}

/**
 * Removes a message that could not be read, in one commit with its audit entry; also where its own document can't be read. A second call gets the answer of the first one, which the
 * audit remembers. @returns null: no such message was ever dismissed. @throws StoreUnavailable
 */
export type DismissDeadLetter = (id: string, by: AskedBy) => Promise<Dismissed | null>;

const ACTION = 'dead-letter.dismissed';

export function createDismissDeadLetter({ store }: { readonly store: Store }): DismissDeadLetter {
  return async (id, by) => {
    for (;;) {
      const { doc, version } = await readReplaceable(store, UNREADABLE, id);
      if (version === null) return lastDismissal(store, id);
      const now = await store.now();
      const change = { action: ACTION, target: id, before: doc === null ? null : essence(doc), after: null };
      const result = await store.commit([put(UNREADABLE, id, version, null), auditWrite(by, change, now)]);
      if (result.ok) return { at: now, by: by.actor };
    }
  };
}

/** Without its body, which may hold anything. */
function essence({ because, queueUrl, times, body }: UnreadableRecord): JsonObject {
  return { because, queueUrl, times, length: body.length };
}

async function lastDismissal(store: Store, id: string): Promise<Dismissed | null> {
  const { items } = await store.page(AUDIT, { terms: [`action:${ACTION}`, `target:${id}`], limit: 1 });
  const [last] = items;
  return last === undefined ? null : { at: last.doc.at, by: last.doc.actor };
}
