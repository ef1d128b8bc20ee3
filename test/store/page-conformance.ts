import { describe, expect, test } from 'vitest';
import { InvalidCursor, MAX_WRITES, put, type Store } from '../../src/pipeline/ports/store.ts';
import { NOTES, note, notesIn, versionsOf, walk, type Note } from './note.ts';

/**
 * The tests of `page` for every store.
 * @param fresh gives an empty store that accepts commits
 */
export function pageConformance(fresh: () => Promise<Store>): void {
  describe('pages', () => {
    async function filled(count: number, of: (i: number) => Partial<Note>): Promise<Store> {
      const store = await fresh();
      for (let from = 0; from < count; from += MAX_WRITES) {
        const some = Array.from({ length: Math.min(MAX_WRITES, count - from) }, (_, i) => from + i);
        versionsOf(await store.commit(some.map((i) => put(NOTES, `id-${i}`, null, note({ at: 1_000 + i, ...of(i) })))));
      }
      return store;
    }

    test('the newest first by default, and the oldest first on request', async () => {
      const store = await filled(5, () => ({}));
      expect((await store.page(NOTES, { terms: [], limit: 2 })).items.map(({ id }) => id)).toEqual(['id-4', 'id-3']);
      expect((await store.page(NOTES, { terms: [], limit: 2, order: 'oldest' })).items.map(({ id }) => id)).toEqual(['id-0', 'id-1']);
    });

    test('a page that ends exactly at the end has no cursor', async () => {
      const store = await filled(4, () => ({ words: ['w'] }));
      const first = await store.page(NOTES, { terms: ['w'], limit: 2 });
      expect(first.nextCursor).not.toBeNull();
      const second = await store.page(NOTES, { terms: ['w'], limit: 2, cursor: first.nextCursor ?? '' });
      expect(second.nextCursor).toBeNull();
      expect([...first.items, ...second.items]).toHaveLength(4);
      expect(await store.page(NOTES, { terms: ['nowhere'], limit: 2 })).toEqual({ items: [], nextCursor: null });
    });

    test('documents of one and the same time are each given once', async () => {
      const store = await filled(70, () => ({ at: 7, words: ['same'] }));
      for (const order of ['newest', 'oldest'] as const) {
        const seen = (await walk(store, NOTES, ['same'], 9, order)).map(({ id }) => id);
        expect(seen).toHaveLength(70);
        expect(new Set(seen).size).toBe(70);
      }
    });

    test('a document must have all terms', async () => {
      const store = await filled(60, (i) => ({ words: [...(i % 2 === 0 ? ['even'] : []), ...(i % 3 === 0 ? ['third'] : [])] }));
      expect((await walk(store, NOTES, ['even', 'third'], 4, 'oldest')).map(({ doc }) => doc.at - 1_000)).toEqual([
        0, 6, 12, 18, 24, 30, 36, 42, 48, 54,
      ]);
      expect(await walk(store, NOTES, ['even', 'nowhere'], 4, 'oldest')).toEqual([]);
    });

    test('a call examines at most 1,000 entries: matches further on come with a later page', async () => {
      const store = await filled(2_400, (i) => ({ words: i === 0 ? ['a', 'b'] : [i % 2 === 0 ? 'a' : 'b'] }));
      const first = await store.page(NOTES, { terms: ['a', 'b'], limit: 10 });
      expect(first.items).toEqual([]);
      expect(first.nextCursor).not.toBeNull();
      expect((await walk(store, NOTES, ['a', 'b'], 10, 'newest')).map(({ id }) => id)).toEqual(['id-0']);
    });

    test('inserts and removals between pages neither hide nor repeat the other documents', async () => {
      const store = await filled(60, (i) => ({ at: 1_000 + i * 10, words: ['w'] }));
      for (const order of ['newest', 'oldest'] as const) {
        const seen: string[] = [];
        let cursor: string | null = '';
        for (let step = 0; cursor !== null; step += 1) {
          const page: Awaited<ReturnType<typeof store.page<Note>>> = await store.page(NOTES, {
            terms: ['w'],
            limit: 7,
            order,
            ...(cursor === '' ? {} : { cursor }),
          });
          seen.push(...page.items.map(({ id }) => id));
          cursor = page.nextCursor;
          const born = [3, 250, 590].map((at) => put(NOTES, `${order}-${step}-${at}`, null, note({ at: 1_000 + at, words: ['w'] })));
          versionsOf(await store.commit(born));
          // The entry that the cursor names is removed.
          const last = page.items.at(-1);
          if (last?.id.startsWith('newest-')) versionsOf(await store.commit([put(NOTES, last.id, last.version, null)]));
        }
        expect(new Set(seen).size).toBe(seen.length);
        expect(seen.filter((id) => id.startsWith('id-')).length).toBe(60);
      }
    });

    test('a cursor works after the entry it names was removed', async () => {
      const store = await filled(4, () => ({}));
      const first = await store.page(NOTES, { terms: [], limit: 2 });
      versionsOf(await store.commit(first.items.map(({ id, version }) => put(NOTES, id, version, null))));
      const second = await store.page(NOTES, { terms: [], limit: 2, cursor: first.nextCursor ?? '' });
      expect(second.items.map(({ id }) => id)).toEqual(['id-1', 'id-0']);
    });

    test('cursors that were not given by this list are refused', async () => {
      const store = await filled(3, () => ({}));
      const { nextCursor } = await store.page(NOTES, { terms: [], limit: 1 });
      const json = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      const forged = [
        '',
        'x',
        '%',
        json(null),
        json([]),
        json(['notes', 'newest', 'a', 'b']),
        json(['notes', 'newest', -1, 'b']),
        json(['notes', 'up', 1, 'b']),
        json(['notes', 'newest', 1e300, 'b']),
        json({ at: 1 }),
      ];
      for (const cursor of forged) await expect(store.page(NOTES, { terms: [], limit: 1, cursor })).rejects.toThrow(InvalidCursor);
      const cursor = nextCursor ?? '';
      await expect(store.page(NOTES, { terms: [], limit: 1, cursor, order: 'oldest' })).rejects.toThrow(InvalidCursor);
      await expect(store.page(notesIn('others'), { terms: [], limit: 1, cursor })).rejects.toThrow(InvalidCursor);
    });

    test('a limit outside 1 to 500 is a mistake', async () => {
      const store = await fresh();
      for (const limit of [0, -1, 501, 1.5, Number.NaN]) await expect(store.page(NOTES, { terms: [], limit })).rejects.toThrow(RangeError);
    });
  });
}
