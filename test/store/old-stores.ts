import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Redis } from 'ioredis';
import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import { expect } from 'vitest';
import type { Collection, Store } from '../../src/pipeline/ports/store.ts';
import { range } from '../support/findings/findings-by-number.ts';
import { note, notesIn } from './note.ts';

/**
 * Stores of schema version 2 as the service of that version wrote them, and what stands in them: `store.sql` is a dump of its SQLite file,
 * `redis.json` the commands that make its keys.
 */
const FIXTURES = join(import.meta.dirname, '../fixtures/store-2');

const OldDocument = Type.Object({
  collection: Type.String(),
  id: Type.String(),
  terms: Type.Array(Type.String()),
  at: Type.Number(),
  due: Type.Union([Type.Number(), Type.Null()]),
  doc: Type.Unknown(),
});
type OldDocument = Static<typeof OldDocument>;

/** The installation of the Redis keys. */
const OLD = 'old';

const ofFixture: readonly OldDocument[] = Value.Parse(
  Type.Array(OldDocument),
  JSON.parse(readFileSync(join(FIXTURES, 'documents.json'), 'utf8')),
);

/** Further documents, so that they are rewritten in several steps. */
function more(count: number): readonly OldDocument[] {
  return range(count).map((n) => {
    const doc = note({ text: `${n}`, words: [n % 2 === 0 ? 'even' : 'odd', `n:${n}`], at: 1_000 + (n % 7), due: n % 3 === 0 ? n : null });
    return { collection: 'notes', id: `id-${n}`, terms: [...doc.words], at: doc.at, due: doc.due, doc };
  });
}

/** Makes the SQLite file. @returns what stands in it */
export function fillOldFile(path: string, count: number): readonly OldDocument[] {
  const db = new DatabaseSync(path);
  db.exec(`BEGIN; ${readFileSync(join(FIXTURES, 'store.sql'), 'utf8')} COMMIT;`);
  const insert = db.prepare('INSERT INTO documents (collection, id, version, at, due, terms, json) VALUES (?, ?, ?, ?, ?, ?, ?)');
  const others = more(count);
  db.exec('BEGIN');
  for (const { collection, id, at, due, terms, doc } of others)
    insert.run(collection, id, 100, at, due, JSON.stringify(['', ...terms]), JSON.stringify(doc));
  db.exec('COMMIT');
  db.close();
  return [...ofFixture, ...others];
}

const Command = Type.Array(Type.Union([Type.String(), Type.Object({ base64: Type.String() })]));

/** Makes the keys of an installation in Redis. @returns what stands in them */
export async function fillOldRedis(redis: Redis, installation: string, count: number): Promise<readonly OldDocument[]> {
  const commands = Value.Parse(Type.Array(Command), JSON.parse(readFileSync(join(FIXTURES, 'redis.json'), 'utf8')));
  const pipeline = redis.pipeline();
  for (const [name, key, ...args] of commands) {
    const renamed = String(key).replace(`{f2j:${OLD}}`, `{f2j:${installation}}`);
    pipeline.call(String(name), renamed, ...args.map((arg) => (typeof arg === 'string' ? arg : Buffer.from(arg.base64, 'base64'))));
  }
  const others = more(count);
  for (const { collection, id, at, due, terms, doc } of others) {
    const [place, time] = [`${collection.length}:${collection}`, String(at).padStart(16, '0')];
    const lua = `redis.call('HSET', KEYS[1], 'json', ARGV[1], 'version', ARGV[2], 'at', ARGV[3], 'terms', cmsgpack.pack({unpack(ARGV, 4)}))`;
    const key = `{f2j:${installation}}:doc:${place}:${id}`;
    pipeline.eval(lua, 1, key, JSON.stringify(doc), '1796110695924264', time, '', ...terms);
    for (const term of ['', ...terms]) pipeline.zadd(`{f2j:${installation}}:term:${place}:${term}`, 0, time + id);
    if (due !== null) pipeline.zadd(`{f2j:${installation}}:due:${collection}`, due, id);
  }
  await pipeline.exec();
  return [...ofFixture, ...others];
}

/** Everything can be read, is found, counted, paged and due as it was. */
export async function expectAll(store: Store, documents: readonly OldDocument[]): Promise<void> {
  for (const [name, some] of Map.groupBy(documents, ({ collection }) => collection)) {
    const known = new Map(some.map((one) => [JSON.stringify(one.doc), one]));
    const of = (doc: unknown): OldDocument =>
      known.get(JSON.stringify(doc)) ?? { ...some[0], terms: [], at: -1, due: null, doc, id: '', collection: name };
    const from: Collection<unknown> = { name, terms: (doc) => of(doc).terms, at: (doc) => of(doc).at, due: (doc) => of(doc).due };
    const read = await store.read(
      from,
      some.map(({ id }) => id),
    );
    expect(read.map((one) => one?.doc)).toEqual(some.map(({ doc }) => doc));
    const terms = [...new Set(['', 'nowhere', ...some.flatMap((one) => one.terms)])];
    const carriers = terms.map((term) => some.filter((one) => term === '' || one.terms.includes(term)));
    expect(await store.counts(from, terms)).toEqual(carriers.map(({ length }) => length));
    const paged = await Promise.all(terms.slice(0, 20).map((term) => store.page(from, { terms: [term], limit: 500, order: 'oldest' })));
    const sorted = carriers.map((all) => all.toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1)).map(({ id }) => id));
    expect(paged.map(({ items }) => items.map(({ id }) => id))).toEqual(sorted.slice(0, 20).map((ids) => ids.slice(0, 500)));
    const due = some.filter((one) => one.due !== null).toSorted((a, b) => Number(a.due) - Number(b.due));
    expect(await store.due(from, Number.MAX_SAFE_INTEGER, 2_000)).toEqual(due.map(({ id }) => id));
  }
}

/** The collection of the further documents. */
export const OLD_NOTES = notesIn('notes');
