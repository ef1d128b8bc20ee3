import { UNREADABLE, type UnreadableRecord } from '../records/unreadable-collections.ts';
import { readReplaceable } from '../records/read-replaceable.ts';
import { countedBytes } from '../records/unreadable-size.ts';
import type { Emit } from '../ports/service-event.ts';
import { put, type Store } from '../ports/store.ts';
import { createUnreadableSpace, type UnreadableBounds } from './unreadable-space.ts';

/** A message that could not be read, as intake received it. */
export interface UnreadableMessage {
  /** sha256 of the body, hex. */
  readonly hash: string;
  readonly body: string;
  readonly because: string;
  readonly path: string;
  readonly message: string;
  readonly queueUrl: string;
  /** No dead-letter queue will have it: it may not make room for another one. */
  readonly onlyCopy: boolean;
}

/** Whether a message was kept. `full`: there is no room, and nothing that may be dropped. */
export type KeptUnreadable = { readonly kept: true } | { readonly kept: false; readonly because: 'full' };

/** Keeps it once for all its deliveries. @throws StoreUnavailable */
export type KeepUnreadable = (message: UnreadableMessage) => Promise<KeptUnreadable>;

/** SQS and EventBridge take no more, so nothing is cut in practice. */
const MAX_BODY = 1_048_576;

/** What is kept at most: the oldest messages that a dead-letter queue has as well make room for newer ones. */
export const UNREADABLE_BOUNDS: UnreadableBounds = { messages: 10_000, bytes: 64 * 1_048_576 };

export function createKeepUnreadable(deps: {
  store: Store;
  emit: Emit;
  /** @see UNREADABLE_BOUNDS */
  bounds?: UnreadableBounds;
}): KeepUnreadable {
  const { store } = deps;
  const space = createUnreadableSpace({ ...deps, bounds: deps.bounds ?? UNREADABLE_BOUNDS });
  return async ({ hash, body, onlyCopy, ...why }) => {
    for (;;) {
      const { doc: known, version } = await readReplaceable(store, UNREADABLE, hash);
      const kept = body.slice(0, MAX_BODY);
      if (version === null && !(await space.make(countedBytes(kept)))) return { kept: false, because: 'full' };
      const now = await store.now();
      const record: UnreadableRecord = {
        ...why,
        body: kept,
        onlyCopy: onlyCopy || (known !== null && known.onlyCopy !== false),
        times: (known?.times ?? 0) + 1,
        firstSeenAt: known?.firstSeenAt ?? now,
        lastSeenAt: now,
      };
      const result = await store.commit([put(UNREADABLE, hash, version, record)]);
      if (result.ok) return { kept: true };
    }
  };
}
