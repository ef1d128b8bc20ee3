import type { Json } from '../../src/findings/json.ts';
import { AUDIT, OPERATIONS } from '../../src/pipeline/records/collections.ts';
import type { Store, Write } from '../../src/pipeline/ports/store.ts';

/** A request that was sent to Jira. */
export interface SentRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly body: Json;
}

/** Keeps every request that goes out through `fetch` to an address. @returns what ends it */
export function recordRequests(address: string, requests: SentRequest[]): () => void {
  const before = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const url = String(input instanceof Request ? input.url : input);
    if (url.startsWith(address))
      requests.push({ method: init?.method ?? 'GET', path: url.slice(address.length), body: bodyOf(init?.body) });
    return before(input, init);
  };
  return () => {
    globalThis.fetch = before;
  };
}

function bodyOf(body: RequestInit['body']): Json {
  return typeof body === 'string' ? JSON.parse(body) : null;
}

/** A store whose last writes are kept, and words for what is random in them. */
export interface RecordedStore {
  readonly store: Store;
  /** By collection and id. */
  readonly last: ReadonlyMap<string, Write>;
}

/** @param random where random ids are noted, with what stands for them @param now the clock that the store goes by */
export function recordStore(store: Store, random: Map<string, string>, now: () => number): RecordedStore {
  const last = new Map<string, Write>();
  return {
    last,
    store: {
      ...store,
      now: async () => now(),
      async commit(writes) {
        const result = await store.commit(writes);
        if (result.ok) for (const write of writes) keep(write, last, random);
        return result;
      },
    },
  };
}

function keep(write: Write, last: Map<string, Write>, random: Map<string, string>): void {
  const kind = write.collection === OPERATIONS.name ? 'OPERATION' : write.collection === AUDIT.name ? 'AUDIT' : null;
  const known = [...random.values()].filter((word) => kind !== null && word.startsWith(kind)).length;
  if (kind !== null && !random.has(write.id)) random.set(write.id, `${kind}-${known + 1}`);
  last.set(`${write.collection} ${write.id}`, write);
}

/** The documents that are there in the end, by the golden data's own names. @param nth of the scenario's stores */
export function documentsOf({ last }: RecordedStore, nth: number): object[] {
  return [...last.values()].flatMap((write) => {
    if (write.becomes === null) return [];
    const doc: Json = JSON.parse(write.becomes.json);
    return [
      {
        store: nth,
        collection: write.collection,
        id: write.id,
        doc,
        terms: write.becomes.terms,
        at: write.becomes.at,
        due: write.becomes.due,
      },
    ];
  });
}
