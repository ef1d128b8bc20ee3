import fc from 'fast-check';
import { expect } from 'vitest';
import { put, type Collection, type Store } from '../../src/pipeline/ports/store.ts';
import { notesIn, walk, type Note } from './note.ts';

/** Makes random commits in an empty store and in a Map, and compares both after each sequence. */
export async function expectModel(store: Store): Promise<void> {
  let run = 0;
  const commits = fc.array(fc.array(anyWrite, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(commits, fc.subarray(WORDS, { maxLength: 2 }), async (made, terms) => {
      run += 1;
      await compare(store, notesIn(`run-${run}`), made, terms);
    }),
    { numRuns: 25 },
  );
}

const WORDS = ['state:open', 'state:closed', 'a', 'ü:x', '__proto__'];

interface AnyWrite {
  readonly id: string;
  /** Null: removed. */
  readonly doc: Note | null;
  /** Written with a stale version. */
  readonly stale: boolean;
}

const anyWrite: fc.Arbitrary<AnyWrite> = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'д', '🗝️', '__proto__', 'x:y', ''),
  doc: fc.option(
    fc.record({
      text: fc.string(),
      words: fc.subarray(WORDS),
      at: fc.constantFrom(0, 1, 999, 1_000, 1_700_000_000_000),
      due: fc.option(fc.constantFrom(0, 5, 50, 1_700_000_000_000)),
    }),
    { freq: 4 },
  ),
  stale: fc.boolean(),
});

/** Makes the commits in the store and in a Map, then compares both. */
async function compare(
  store: Store,
  notes: Collection<Note>,
  commits: readonly (readonly AnyWrite[])[],
  terms: readonly string[],
): Promise<void> {
  const model = new Map<string, { doc: Note; version: string }>();
  for (const writes of commits) {
    const distinct = [...new Map(writes.map((write) => [write.id, write])).values()];
    const stale = distinct.length > 3 && distinct.some((write) => write.stale);
    const result = await store.commit(
      distinct.map(({ id, doc }, i) =>
        put(notes, id, stale && i === distinct.length - 1 ? 'stale' : (model.get(id)?.version ?? null), doc),
      ),
    );
    expect(result.ok).toBe(!stale);
    if (!result.ok) continue;
    distinct.forEach(({ id, doc }, i) => {
      const version = result.versions[i] ?? null;
      if (doc === null || version === null) model.delete(id);
      else model.set(id, { doc, version });
    });
  }

  const expected = [...model].map(([id, { doc, version }]) => ({ id, doc, version }));
  const read = await store.read(
    notes,
    expected.map(({ id }) => id),
  );
  expect(read).toEqual(expected);
  expect(await store.counts(notes, ['', ...WORDS])).toEqual([
    expected.length,
    ...WORDS.map((word) => expected.filter(({ doc }) => doc.words.includes(word)).length),
  ]);

  const bytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
  const due = expected.flatMap(({ id, doc }) => (doc.due !== null && doc.due <= 50 ? [{ id, due: doc.due }] : []));
  expect(await store.due(notes, 50, 100)).toEqual(due.toSorted((a, b) => a.due - b.due || bytes(a.id, b.id)).map(({ id }) => id));

  const oldest = expected
    .filter(({ doc }) => terms.every((term) => doc.words.includes(term)))
    .toSorted((a, b) => a.doc.at - b.doc.at || bytes(a.id, b.id));
  expect(await walk(store, notes, terms, 2, 'oldest')).toEqual(oldest);
  expect(await walk(store, notes, terms, 3, 'newest')).toEqual(oldest.toReversed());
}
