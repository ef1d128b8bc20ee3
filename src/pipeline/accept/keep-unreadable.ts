import { UNREADABLE, type UnreadableRecord } from '../records/collections.ts';
import { put, type Store } from '../ports/store.ts';
import type { StoreTrust } from '../ports/store-trust.ts';

/** A message that could not be read, as intake received it. */
export interface UnreadableMessage {
  /** sha256 of the body, hex. */
  readonly hash: string;
  readonly body: string;
  readonly because: string;
  readonly path: string;
  readonly message: string;
  readonly queueUrl: string;
}

/** Keeps it once for all its deliveries. @throws StoreUnavailable */
export type KeepUnreadable = (message: UnreadableMessage) => Promise<void>;

/** SQS and EventBridge take no more, so nothing is cut in practice. */
const MAX_BODY = 1_048_576;

export function createKeepUnreadable(deps: { store: Store; trust: Pick<StoreTrust, 'ensure'> }): KeepUnreadable {
  const { store, trust } = deps;
  return async ({ hash, body, ...why }) => {
    for (;;) {
      const [known] = await store.read(UNREADABLE, [hash]);
      const now = await store.now();
      const record: UnreadableRecord = {
        ...why,
        body: body.slice(0, MAX_BODY),
        times: (known?.doc.times ?? 0) + 1,
        firstSeenAt: known?.doc.firstSeenAt ?? now,
        lastSeenAt: now,
      };
      const result = await store.commit([put(UNREADABLE, hash, known?.version ?? null, record)]);
      if (result.ok) return;
      if (result.because === 'suspect') await trust.ensure();
    }
  };
}
