import { describe, expect, test } from 'vitest';
import { put } from '../../src/pipeline/ports/store.ts';
import type { UnreadableDocument } from '../../src/pipeline/ports/unreadable-document.ts';
import { EPOCHS, NOTES, note, trust, versionsOf, walk } from './note.ts';
import type { OpenedForTest } from './opened-for-test.ts';

const BROKEN: readonly (readonly [string, string, UnreadableDocument['because']])[] = [
  ['text that is no JSON', '{"text":"cut', 'not-json'],
  ['nothing', '', 'not-json'],
  ['a list', '[]', 'wrong-shape'],
  ['null', 'null', 'wrong-shape'],
  ['an object without a field', '{"text":"x","at":1,"due":null}', 'wrong-shape'],
  ['a field of another kind', '{"text":7,"words":[],"at":1,"due":null}', 'wrong-shape'],
  ['a term that is no text', '{"text":"x","words":[{}],"at":1,"due":null}', 'wrong-shape'],
  ['a time that is none', '{"text":"x","words":[],"at":-1,"due":null}', 'wrong-shape'],
];

/**
 * What every store must hold about documents that can't be read.
 * @param fresh gives an empty store that takes commits
 */
export function unreadableConformance(fresh: () => Promise<OpenedForTest>): void {
  describe('a document that can not be read', () => {
    async function filled(): Promise<OpenedForTest & { readonly version: string | null }> {
      const opened = await fresh();
      const ids = ['before', 'broken', 'after'];
      const writes = ids.map((id, at) => put(NOTES, id, null, note({ text: id, words: ['w'], at, due: at })));
      const [, version = null] = versionsOf(await opened.store.commit(writes));
      return { ...opened, version };
    }

    test.each(BROKEN)('%s: fails the read of exactly this document, with its place, version and reason', async (_, json, because) => {
      const { store, spoil, version } = await filled();
      await spoil(NOTES.name, 'broken', json);
      const document = { collection: 'notes', id: 'broken', version, because };
      await expect(store.read(NOTES, ['broken'])).rejects.toMatchObject({ code: 'document-unreadable', document });
      await expect(store.read(NOTES, ['before', 'broken'])).rejects.toMatchObject({ code: 'document-unreadable', document });
      expect((await store.read(NOTES, ['before', 'after'])).map((stored) => stored?.id)).toEqual(['before', 'after']);
    });

    test.each(BROKEN)('%s: is left out of pages, which name it and go on', async (_, json, because) => {
      const { store, spoil, version } = await filled();
      await spoil(NOTES.name, 'broken', json);
      const page = await store.page(NOTES, { terms: ['w'], limit: 10, order: 'oldest' });
      expect(page.items.map(({ id }) => id)).toEqual(['before', 'after']);
      expect(page.unreadable).toEqual([{ collection: 'notes', id: 'broken', version, because }]);
      expect((await walk(store, NOTES, ['w'], 1, 'oldest')).map(({ id }) => id)).toEqual(['before', 'after']);
      expect((await walk(store, NOTES, [], 1, 'newest')).map(({ id }) => id)).toEqual(['after', 'before']);
      expect(await store.counts(NOTES, ['', 'w'])).toEqual([3, 3]);
    });

    test('is reported once, and listed until it can be read again', async () => {
      const { store, spoil, reported } = await filled();
      await spoil(NOTES.name, 'broken', '{');
      for (let times = 0; times < 3; times += 1) {
        await expect(store.read(NOTES, ['broken'])).rejects.toThrow('notes/broken');
        await store.page(NOTES, { terms: [], limit: 10 });
      }
      expect(reported).toMatchObject([{ collection: 'notes', id: 'broken', because: 'not-json' }]);
      expect(await store.unreadable()).toEqual(reported);
      await spoil(NOTES.name, 'broken', JSON.stringify(note({ text: 'again' })));
      expect(await store.unreadable()).toEqual([]);
      expect((await store.read(NOTES, ['broken']))[0]?.doc.text).toBe('again');
    });

    test('is due once, and then only after a backoff that grows', async () => {
      const { store, spoil, forward } = await filled();
      expect(await store.due(NOTES, 10, 10)).toEqual(['before', 'broken', 'after']);
      await spoil(NOTES.name, 'broken', '{');
      for (const minutes of [1, 2, 4]) {
        expect(await store.due(NOTES, 10, 2)).toEqual(['before', 'broken']);
        await expect(store.read(NOTES, ['broken'])).rejects.toThrow('notes/broken');
        expect(await store.due(NOTES, 10, 2)).toEqual(['before', 'after']);
        forward(minutes * 60_000 - 1);
        expect(await store.due(NOTES, 10, 10)).toEqual(['before', 'after']);
        forward(1);
      }
    });

    test('never keeps others from being due, however many there are', async () => {
      const { store, spoil } = await fresh();
      for (let at = 0; at < 30; at += 1) {
        versionsOf(await store.commit([put(NOTES, `n${at}`, null, note({ due: at }))]));
        if (at < 29) await spoil(NOTES.name, `n${at}`, '{');
      }
      const found = new Set<string>();
      for (let round = 0; round < 15; round += 1) {
        for (const id of await store.due(NOTES, 100, 2)) {
          found.add(id);
          await store.read(NOTES, [id]).catch(() => undefined);
        }
      }
      expect(found).toContain('n29');
      expect(found.size).toBe(30);
    });

    test('is taken for no absent one, and may be written over or removed by its version', async () => {
      const { store, spoil, version } = await filled();
      await spoil(NOTES.name, 'broken', '{');
      expect(await store.commit([put(NOTES, 'broken', null, note())])).toMatchObject({ ok: false, because: 'conflict' });
      const [next = null] = versionsOf(await store.commit([put(NOTES, 'broken', version, note({ text: 'new', words: ['v'] }))]));
      expect((await store.read(NOTES, ['broken']))[0]?.doc.text).toBe('new');
      expect(await store.counts(NOTES, ['w', 'v'])).toEqual([2, 1]);
      await spoil(NOTES.name, 'broken', '{');
      versionsOf(await store.commit([put(NOTES, 'broken', next, null)]));
      expect(await store.counts(NOTES, ['', 'v'])).toEqual([2, 0]);
    });

    test('with a broken index is not written over, and nothing else of that commit is written', async () => {
      const { store, spoilIndex, version } = await filled();
      await spoilIndex(NOTES.name, 'broken');
      const writes = [put(NOTES, 'more', null, note({ words: ['w'] })), put(NOTES, 'broken', version, note())];
      await expect(store.commit(writes)).rejects.toMatchObject({
        document: { collection: 'notes', id: 'broken', because: 'broken-index' },
      });
      expect(await store.read(NOTES, ['more'])).toEqual([null]);
      expect(await store.counts(NOTES, ['', 'w'])).toEqual([3, 3]);
    });

    test('an epoch that can not be read makes the store suspect, and is written over', async () => {
      const { store, spoil } = await filled();
      await spoil(EPOCHS.name, 'epoch', '{');
      expect(await store.commit([put(NOTES, 'a', null, note())])).toMatchObject({ ok: false, because: 'suspect' });
      await expect(trust(store)).rejects.toMatchObject({ code: 'document-unreadable' });
    });
  });
}
