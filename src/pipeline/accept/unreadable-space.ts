import { UNREADABLE, UNREADABLE_DROPS } from '../records/unreadable-collections.ts';
import { DROPS_ID } from '../records/dropped-messages.ts';
import { readReplaceable } from '../records/read-replaceable.ts';
import { COUNTED_BYTES, countedBytes } from '../records/unreadable-size.ts';
import type { Emit } from '../ports/service-event.ts';
import { put, type Store } from '../ports/store.ts';

/** How many messages that can't be read are kept at most, and how many bytes of them. */
export interface UnreadableBounds {
  readonly messages: number;
  readonly bytes: number;
}

/** The room for messages that can't be read. */
export interface UnreadableSpace {
  /** Drops the oldest messages that have a copy elsewhere until another one of this size fits. @returns false: too few can be dropped */
  make(bytes: number): Promise<boolean>;
}

/** A message that may be dropped. `bytes` null: its record can't be read. */
interface Droppable {
  readonly id: string;
  readonly version: string | null;
  readonly bytes: number | null;
}

/** Messages that are dropped before the rest is counted again. */
const BATCH = 100;

/** Messages of several processes that arrive in the same moment may exceed the bounds by themselves; the next one makes up for it. */
export function createUnreadableSpace(deps: {
  readonly store: Store;
  readonly emit: Emit;
  readonly bounds: UnreadableBounds;
}): UnreadableSpace {
  const { store, emit, bounds } = deps;

  async function used(): Promise<UnreadableBounds> {
    const [messages = 0, ...each] = await store.counts(UNREADABLE, ['', ...COUNTED_BYTES.map((bytes) => `bytes:${bytes}`)]);
    return { messages, bytes: COUNTED_BYTES.reduce((sum, bytes, at) => sum + bytes * (each[at] ?? 0), 0) };
  }

  function fits({ messages, bytes }: UnreadableBounds, more: number): boolean {
    return messages + 1 <= bounds.messages && bytes + more <= bounds.bytes;
  }

  async function oldest(): Promise<readonly Droppable[]> {
    const { items, unreadable = [] } = await store.page(UNREADABLE, { terms: ['has-copy'], limit: BATCH, order: 'oldest' });
    return [
      ...unreadable.map(({ id, version }) => ({ id, version, bytes: null })),
      ...items.map(({ id, version, doc }) => ({ id, version, bytes: countedBytes(doc.body) })),
    ];
  }

  async function drop({ id, version }: Droppable): Promise<void> {
    const [drops, now] = [await readReplaceable(store, UNREADABLE_DROPS, DROPS_ID), await store.now()];
    const next = { dropped: (drops.doc?.dropped ?? 0) + 1, lastAt: now };
    const result = await store.commit([put(UNREADABLE, id, version, null), put(UNREADABLE_DROPS, DROPS_ID, drops.version, next)]);
    if (result.ok) emit({ what: 'unreadable-dropped', hash: id });
  }

  return {
    async make(bytes) {
      if (!fits({ messages: 0, bytes: 0 }, bytes)) return false;
      for (;;) {
        let left = await used();
        if (fits(left, bytes)) return true;
        const droppable = await oldest();
        if (droppable.length === 0) return false;
        for (const one of droppable) {
          if (fits(left, bytes)) break;
          await drop(one);
          left = { messages: left.messages - 1, bytes: left.bytes - (one.bytes ?? 0) };
        }
      }
    },
  };
}
