import { describe, expect, test } from 'vitest';
import { createKeepUnreadable, UNREADABLE_BOUNDS, type KeepUnreadable } from '../../../src/pipeline/accept/keep-unreadable.ts';
import type { UnreadableBounds } from '../../../src/pipeline/accept/unreadable-space.ts';
import { UNREADABLE, UNREADABLE_DROPS } from '../../../src/pipeline/records/unreadable-collections.ts';
import { droppedMessages } from '../../../src/pipeline/records/dropped-messages.ts';
import { COUNTED_BYTES, countedBytes } from '../../../src/pipeline/records/unreadable-size.ts';
import type { ServiceEvent } from '../../../src/pipeline/ports/service-event.ts';
import { openSite, type SiteOnDisk } from '../../support/service/site.ts';
import { spoilDocument } from '../../support/service/spoil-document.ts';

interface Keeping {
  readonly site: SiteOnDisk;
  readonly serviceEvents: readonly ServiceEvent[];
  /** Keeps a message a second after the one before. */
  keep(hash: string, how?: { readonly onlyCopy?: boolean; readonly body?: string }): ReturnType<KeepUnreadable>;
  /** Hashes of the kept messages, the oldest first. */
  kept(): Promise<readonly string[]>;
}

async function keeping(bounds: UnreadableBounds): Promise<Keeping> {
  const site = await openSite();
  await site.start();
  const serviceEvents: ServiceEvent[] = [];
  const keepUnreadable = createKeepUnreadable({ store: site.store, emit: (event) => void serviceEvents.push(event), bounds });
  return {
    site,
    serviceEvents,
    keep(hash, { onlyCopy = false, body = hash } = {}) {
      site.clock.forward(1_000);
      return keepUnreadable({ hash, body, because: 'not-json', path: '', message: '', queueUrl: 'q', onlyCopy });
    },
    async kept() {
      const { items, unreadable = [] } = await site.store.page(UNREADABLE, { terms: [], limit: 100, order: 'oldest' });
      return [...unreadable, ...items].map(({ id }) => id);
    },
  };
}

const KEPT = { kept: true };
const FULL = { kept: false, because: 'full' };
const ENOUGH = 1_000_000;

describe('the number of messages', () => {
  test('is bounded: the oldest makes room, and is counted and told of', async () => {
    const { site, keep, kept, serviceEvents } = await keeping({ messages: 3, bytes: ENOUGH });
    for (const hash of ['a', 'b', 'c', 'd', 'e']) expect(await keep(hash)).toEqual(KEPT);
    expect(await kept()).toEqual(['c', 'd', 'e']);
    expect(serviceEvents).toEqual(['a', 'b'].map((hash) => ({ what: 'unreadable-dropped', hash })));
    expect(await droppedMessages(site.store)).toBe(2);
  });

  test('another delivery of a known message takes no more room', async () => {
    const { keep, kept } = await keeping({ messages: 2, bytes: ENOUGH });
    for (const hash of ['a', 'b', 'b', 'a', 'b']) expect(await keep(hash)).toEqual(KEPT);
    expect(await kept()).toEqual(['a', 'b']);
  });
});

describe('the bytes of the messages', () => {
  test('are bounded: as many of the oldest make room as a new one needs', async () => {
    const { keep, kept } = await keeping({ messages: 100, bytes: 10 * 1_024 });
    for (const hash of ['a', 'b', 'c', 'd', 'e', 'f']) await keep(hash);
    expect(await keep('large', { body: 'x'.repeat(6 * 1_024) })).toEqual(KEPT);
    expect(await kept()).toEqual(['c', 'd', 'e', 'f', 'large']);
    expect(await keep('too large', { body: 'x'.repeat(11 * 1_024) })).toEqual(FULL);
    expect(await kept()).toEqual(['c', 'd', 'e', 'f', 'large']);
  });

  test('are counted with the bytes of each character, and at most a quarter too high', () => {
    expect(countedBytes('ü'.repeat(2_048))).toBe(4_096);
    expect(countedBytes('')).toBe(1_024);
    for (const bytes of [1_025, 1_279, 5_000, 65_537, 1_048_575, 1_048_576, 3 * 1_048_576]) {
      const counted = countedBytes('x'.repeat(bytes));
      expect(counted).toBeGreaterThanOrEqual(bytes);
      expect(counted).toBeLessThanOrEqual(bytes * 1.25);
      expect(COUNTED_BYTES).toContain(counted);
    }
  });
});

describe('what no dead-letter queue has', () => {
  test('is never dropped: a newer one takes the place of another, or is left in its queue', async () => {
    const { site, keep, kept } = await keeping({ messages: 3, bytes: ENOUGH });
    await keep('only-1', { onlyCopy: true });
    await keep('copied');
    await keep('only-2', { onlyCopy: true });
    expect(await keep('only-3', { onlyCopy: true })).toEqual(KEPT);
    expect(await kept()).toEqual(['only-1', 'only-2', 'only-3']);
    expect(await keep('only-4', { onlyCopy: true })).toEqual(FULL);
    expect(await keep('copied-again')).toEqual(FULL);
    expect(await kept()).toEqual(['only-1', 'only-2', 'only-3']);
    expect(await droppedMessages(site.store)).toBe(1);
  });

  test('stays the only copy when another queue delivers it too, or an earlier version did not say', async () => {
    const { site, keep, kept } = await keeping({ messages: 2, bytes: ENOUGH });
    await keep('both', { onlyCopy: true });
    await keep('both');
    const record = { because: 'not-json', path: '', message: '', body: '', queueUrl: '', times: 1, firstSeenAt: 1, lastSeenAt: 1 };
    const becomes = { json: JSON.stringify(record), terms: UNREADABLE.terms(record), at: 1, due: null };
    await site.store.commit([{ collection: UNREADABLE.name, id: 'early', expected: null, becomes }]);
    await keep('early');
    expect(await keep('more')).toEqual(FULL);
    expect(await kept()).toEqual(['early', 'both']);
  });
});

test('a record of a message that can not be read makes room first, and is written anew by another delivery', async () => {
  const { site, keep, kept } = await keeping({ messages: 3, bytes: ENOUGH });
  for (const hash of ['a', 'b', 'c']) await keep(hash);
  for (const hash of ['b', 'c']) spoilDocument(site.folder, UNREADABLE.name, hash, '{');
  await keep('b');
  expect(await keep('d')).toEqual(KEPT);
  expect(await kept()).toEqual(['a', 'b', 'd']);
  spoilDocument(site.folder, UNREADABLE_DROPS.name, 'all', '{');
  expect(await keep('e')).toEqual(KEPT);
  expect(await droppedMessages(site.store)).toBe(1);
});

test('in the service 10,000 messages and 64 MB are kept', () => {
  expect(UNREADABLE_BOUNDS).toEqual({ messages: 10_000, bytes: 67_108_864 });
});
