import { afterEach, describe, expect, test } from 'vitest';
import { MAX_WRITES, put, type CommitResult, type Store } from '../../src/pipeline/ports/store.ts';
import { EPOCHS, NOTES, note, notesIn, trust, versionsOf, walk } from './note.ts';
import type { OpenedForTest } from './opened-for-test.ts';
import { pageConformance } from './page-conformance.ts';
import { expectModel } from './store-model.ts';
import { unreadableConformance } from './unreadable-conformance.ts';

/**
 * What every store must hold.
 * @param openWithTools gives an empty store; it is closed after the test
 */
export function storeConformance(name: string, openWithTools: () => Promise<OpenedForTest>): void {
  describe(`the ${name} store keeps the port's promises`, () => {
    const opened: Store[] = [];
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
    });

    const open = async (): Promise<Store> => (await openWithTools()).store;

    async function freshWithTools(): Promise<OpenedForTest> {
      const tools = await openWithTools();
      opened.push(tools.store);
      await trust(tools.store);
      return tools;
    }

    const fresh = async (): Promise<Store> => (await freshWithTools()).store;

    describe('documents and versions', () => {
      test('a document is read back as it was written, and absent ones are null, in the order asked', async () => {
        const store = await fresh();
        await store.commit([put(NOTES, 'a', null, note({ text: 'A' })), put(NOTES, 'b', null, note({ text: 'B' }))]);
        const read = await store.read(NOTES, ['b', 'none', 'a', 'b']);
        expect(read.map((stored) => stored?.doc.text ?? null)).toEqual(['B', null, 'A', 'B']);
        expect(read.map((stored) => stored?.id ?? null)).toEqual(['b', null, 'a', 'b']);
        expect(await store.read(notesIn('others'), ['a'])).toEqual([null]);
        expect(await store.read(NOTES, [])).toEqual([]);
      });

      test('a commit returns the versions that a read then shows', async () => {
        const store = await fresh();
        const [first] = versionsOf(await store.commit([put(NOTES, 'a', null, note())]));
        const [read] = await store.read(NOTES, ['a']);
        expect(read?.version).toBe(first);
        const [second, removed] = versionsOf(
          await store.commit([put(NOTES, 'a', first ?? null, note({ text: 'again' })), put(NOTES, 'gone', null, null)]),
        );
        expect(second).not.toBe(first);
        expect(removed).toBeNull();
      });

      test('a write with a stale version is a conflict and names its document', async () => {
        const store = await fresh();
        const [version] = versionsOf(await store.commit([put(NOTES, 'a', null, note({ text: 'first' }))]));
        const conflict = { ok: false, because: 'conflict', id: 'a' };
        expect(await store.commit([put(NOTES, 'a', null, note())])).toEqual(conflict);
        expect(await store.commit([put(NOTES, 'a', 'never', note())])).toEqual(conflict);
        expect(await store.commit([put(NOTES, 'a', 'never', null)])).toEqual(conflict);
        expect(await store.commit([put(NOTES, 'b', version ?? '', note())])).toEqual({ ...conflict, id: 'b' });
        const [read] = await store.read(NOTES, ['a']);
        expect(read).toEqual({ id: 'a', version, doc: note({ text: 'first' }) });
      });

      test('a version of a document that was removed and created again is stale', async () => {
        const store = await fresh();
        const [old] = versionsOf(await store.commit([put(NOTES, 'a', null, note({ text: 'old' }))]));
        versionsOf(await store.commit([put(NOTES, 'a', old ?? null, null)]));
        expect(await store.read(NOTES, ['a'])).toEqual([null]);
        versionsOf(await store.commit([put(NOTES, 'a', null, note({ text: 'new' }))]));
        expect(await store.commit([put(NOTES, 'a', old ?? null, note())])).toMatchObject({ because: 'conflict' });
      });

      test('of many commits at once on one version exactly one wins, every time', async () => {
        const store = await fresh();
        let version: string | null = null;
        for (let round = 0; round < 10; round += 1) {
          const expected: string | null = version;
          const results: readonly CommitResult[] = await Promise.all(
            Array.from({ length: 20 }, (_, i) => store.commit([put(NOTES, 'a', expected, note({ text: `${round}/${i}` }))])),
          );
          const winners = results.flatMap((result, i) => (result.ok ? [{ i, version: result.versions[0] ?? null }] : []));
          expect(winners).toHaveLength(1);
          const [read] = await store.read(NOTES, ['a']);
          expect(read?.doc.text).toBe(`${round}/${winners[0]?.i}`);
          version = winners[0]?.version ?? null;
        }
      });
    });

    describe('all or nothing', () => {
      const ids = Array.from({ length: MAX_WRITES }, (_, i) => `id-${i}`);

      test('a commit of 32 documents is there whole', async () => {
        const store = await fresh();
        versionsOf(await store.commit(ids.map((id) => put(NOTES, id, null, note({ text: id, words: ['many'] })))));
        expect((await store.read(NOTES, ids)).map((stored) => stored?.doc.text)).toEqual(ids);
        expect(await store.counts(NOTES, ['', 'many'])).toEqual([MAX_WRITES, MAX_WRITES]);
      });

      test('one conflict among 32, even the last, leaves no trace of the others', async () => {
        const store = await fresh();
        versionsOf(await store.commit([put(NOTES, 'id-31', null, note())]));
        const writes = ids.map((id) => put(NOTES, id, null, note({ words: ['many'], due: 5 })));
        expect(await store.commit(writes)).toEqual({ ok: false, because: 'conflict', id: 'id-31' });
        expect((await store.read(NOTES, ids)).filter((stored) => stored !== null)).toHaveLength(1);
        expect(await store.counts(NOTES, ['', 'many'])).toEqual([1, 0]);
        expect(await store.due(NOTES, 10, 100)).toEqual([]);
      });

      test('more than 32 documents, one twice, or invalid times are refused as mistakes', async () => {
        const store = await fresh();
        const writes = [...ids, 'one-more'].map((id) => put(NOTES, id, null, note()));
        await expect(store.commit(writes)).rejects.toThrow(RangeError);
        await expect(store.commit([put(NOTES, 'a', null, note()), put(NOTES, 'a', null, null)])).rejects.toThrow(RangeError);
        await expect(store.commit([put(NOTES, 'a', null, note({ at: Number.NaN }))])).rejects.toThrow(RangeError);
        await expect(store.commit([put(NOTES, 'a', null, note({ at: -1 }))])).rejects.toThrow(RangeError);
        await expect(store.commit([put(NOTES, 'a', null, note({ due: Number.POSITIVE_INFINITY }))])).rejects.toThrow(RangeError);
        expect(await store.counts(NOTES, [''])).toEqual([0]);
      });

      test('several collections change together', async () => {
        const store = await fresh();
        const others = notesIn('others');
        versionsOf(await store.commit([put(NOTES, 'a', null, note({ words: ['w'] })), put(others, 'a', null, note({ words: ['w'] }))]));
        expect([await store.counts(NOTES, ['w']), await store.counts(others, ['w'])]).toEqual([[1], [1]]);
      });
    });

    describe('the epoch', () => {
      test('without an epoch document every commit is suspect, but for the one that writes it', async () => {
        const store = await open();
        opened.push(store);
        expect(await store.commit([put(NOTES, 'a', null, note())])).toEqual({ ok: false, because: 'suspect', id: 'epoch' });
        expect(await store.read(NOTES, ['a'])).toEqual([null]);
        const both = [put(EPOCHS, 'epoch', null, { identity: await store.identity() }), put(NOTES, 'a', null, note())];
        expect(await store.commit(both)).toMatchObject({ ok: true });
        expect(await store.commit([put(NOTES, 'b', null, note())])).toMatchObject({ ok: true });
      });

      test('an epoch document that names another store, or none, makes commits suspect', async () => {
        const store = await fresh();
        const [epoch] = await store.read(EPOCHS, ['epoch']);
        const [version] = versionsOf(await store.commit([put(EPOCHS, 'epoch', epoch?.version ?? null, { identity: 'another' })]));
        expect(await store.commit([put(NOTES, 'a', null, note())])).toMatchObject({ because: 'suspect' });
        versionsOf(await store.commit([put(EPOCHS, 'epoch', version ?? null, null)]));
        expect(await store.commit([put(NOTES, 'a', null, note())])).toMatchObject({ because: 'suspect' });
        await trust(store);
        expect(await store.commit([put(NOTES, 'a', null, note())])).toMatchObject({ ok: true });
      });

      test('suspect goes before conflict', async () => {
        const store = await open();
        opened.push(store);
        expect(await store.commit([put(NOTES, 'a', 'never', note())])).toMatchObject({ because: 'suspect' });
      });

      test('the identity stays the same while the store is open', async () => {
        const store = await fresh();
        const first = await store.identity();
        versionsOf(await store.commit([put(NOTES, 'a', null, note())]));
        expect(first).not.toBe('');
        expect(await store.identity()).toBe(first);
      });
    });

    describe('hostile names and great size', () => {
      const names = [
        'a:b',
        ':',
        '__proto__',
        'constructor',
        'ключ-键-🗝️',
        'with space\nand line',
        '{f2j:x}:',
        'x'.repeat(3_000),
        "'; DROP TABLE documents; --",
        '%00\u0001',
      ];

      test('any text serves as id and term, and none is taken for another', async () => {
        const store = await fresh();
        versionsOf(await store.commit(names.map((id, i) => put(NOTES, id, null, note({ text: `${i}`, words: [id], at: i, due: i })))));
        expect((await store.read(NOTES, names)).map((stored) => stored?.doc.text)).toEqual(names.map((_, i) => `${i}`));
        expect(await store.counts(NOTES, names)).toEqual(names.map(() => 1));
        expect(await store.due(NOTES, names.length, 100)).toEqual(names);
        for (const id of names) expect((await walk(store, NOTES, [id], 10, 'newest')).map((item) => item.id)).toEqual([id]);
        expect((await walk(store, NOTES, [], 1, 'oldest')).map((item) => item.id)).toEqual(names);
      });

      test('a colon in a collection, id or term does not lead into another', async () => {
        const store = await fresh();
        const [one, two] = [notesIn('a'), notesIn('a:b')];
        versionsOf(
          await store.commit([
            put(one, 'b:c', null, note({ text: 'one', words: ['b:t'] })),
            put(two, 'c', null, note({ text: 'two', words: ['t'] })),
          ]),
        );
        expect((await store.read(one, ['b:c', 'c'])).map((stored) => stored?.doc.text ?? null)).toEqual(['one', null]);
        expect((await store.read(two, ['b:c', 'c'])).map((stored) => stored?.doc.text ?? null)).toEqual([null, 'two']);
        expect([await store.counts(one, ['b:t', 't']), await store.counts(two, ['b:t', 't'])]).toEqual([
          [1, 0],
          [0, 1],
        ]);
      });

      test('half a surrogate pair breaks nothing', async () => {
        const store = await fresh();
        versionsOf(await store.commit([put(NOTES, 'half-\ud800', null, note({ text: '\udc00', words: ['\ud800', '\udbff'] }))]));
        const [read] = await store.read(NOTES, ['half-\ud800']);
        expect(read?.doc.text).toBe('\udc00');
        versionsOf(await store.commit([put(NOTES, 'half-\ud800', read?.version ?? null, null)]));
        expect(await store.counts(NOTES, ['', '\ud800'])).toEqual([0, 0]);
      });

      test('a document of 1 MB', async () => {
        const store = await fresh();
        const text = 'ü'.repeat(512 * 1_024);
        versionsOf(await store.commit([put(NOTES, 'great', null, note({ text }))]));
        const [read] = await store.read(NOTES, ['great']);
        expect(read?.doc.text === text).toBe(true);
      });
    });

    pageConformance(fresh);

    unreadableConformance(freshWithTools);

    describe('what is due', () => {
      test('comes longest waiting first, up to now, and no more than asked', async () => {
        const store = await fresh();
        const dues = [30, 10, null, 20, 40, 10];
        versionsOf(await store.commit(dues.map((due, i) => put(NOTES, `n${i}`, null, note({ due })))));
        expect(await store.due(NOTES, 30, 10)).toEqual(['n1', 'n5', 'n3', 'n0']);
        expect(await store.due(NOTES, 30, 2)).toEqual(['n1', 'n5']);
        expect(await store.due(NOTES, 9, 10)).toEqual([]);
        expect(await store.due(notesIn('others'), 100, 10)).toEqual([]);
      });

      test('follow their changes', async () => {
        const store = await fresh();
        const [first] = versionsOf(await store.commit([put(NOTES, 'a', null, note({ due: 10 }))]));
        const [second] = versionsOf(await store.commit([put(NOTES, 'a', first ?? null, note({ due: 20 }))]));
        expect([await store.due(NOTES, 15, 10), await store.due(NOTES, 20, 10)]).toEqual([[], ['a']]);
        const [third] = versionsOf(await store.commit([put(NOTES, 'a', second ?? null, note({ due: null }))]));
        expect(await store.due(NOTES, 1e15, 10)).toEqual([]);
        const [fourth] = versionsOf(await store.commit([put(NOTES, 'a', third ?? null, note({ due: 5 }))]));
        versionsOf(await store.commit([put(NOTES, 'a', fourth ?? null, null)]));
        expect(await store.due(NOTES, 1e15, 10)).toEqual([]);
      });
    });

    test('now is the current time', async () => {
      const store = await fresh();
      const now = await store.now();
      expect(Number.isInteger(now)).toBe(true);
      expect(Math.abs(now - Date.now())).toBeLessThan(3_600_000);
    });

    test('after any sequence of commits terms, counters, due times and pages are those of a plain model', async () => {
      await expectModel(await fresh());
    });
  });
}
