import { EPOCH, type CommitResult, type Stored, type Write } from '../../src/pipeline/ports/store.ts';

/** A document of the store in memory. */
export interface Document {
  readonly collection: string;
  readonly id: string;
  readonly json: string;
  /** Counts its writes, so that content that returns is another version all the same. */
  readonly version: number;
}

/** What a store holds at one moment; never changed, so that many schedules go on from it. By collection and id. */
export type Documents = ReadonlyMap<string, Document>;

function documentIn(documents: Documents, collection: string, id: string): Document | undefined {
  return documents.get(keyOf(collection, id));
}

export function documentsIn(documents: Documents, collection: string, ids: readonly string[]): readonly (Document | null)[] {
  return ids.map((id) => documentIn(documents, collection, id) ?? null);
}

/** All or nothing, by the versions that were read. */
export function commitTo(documents: Documents, writes: readonly Write[]): { readonly documents: Documents; readonly result: CommitResult } {
  const other = writes.find(({ collection, id, expected }) => (versionOf(documents, collection, id)?.toString() ?? null) !== expected);
  if (other !== undefined) return { documents, result: { ok: false, because: 'conflict', id: other.id } };
  const next = new Map(documents);
  const versions = writes.map(({ collection, id, becomes }) => {
    if (collection === EPOCH.collection) throw new Error('The model has no epoch');
    if (becomes === null) {
      next.delete(keyOf(collection, id));
      return null;
    }
    const version = (versionOf(documents, collection, id) ?? 0) + 1;
    next.set(keyOf(collection, id), { collection, id, json: withoutHistory(becomes.json), version });
    return String(version);
  });
  return { documents: next, result: { ok: true, versions } };
}

/** Nothing is decided by the history of a finding, so it must not tell apart what is otherwise the same. */
function withoutHistory(json: string): string {
  const document: object = JSON.parse(json);
  return 'history' in document ? JSON.stringify({ ...document, history: [] }) : json;
}

/** The same contents, read by no replica: versions are only compared, so with no reader left they tell nothing. */
export function unread(documents: Documents): Documents {
  return new Map([...documents].map(([key, document]) => [key, document.version === 1 ? document : { ...document, version: 1 }]));
}

function versionOf(documents: Documents, collection: string, id: string): number | undefined {
  return documentIn(documents, collection, id)?.version;
}

/** A document as the store's port hands it out. */
export function storedOf<T>({ id, json, version }: Document): Stored<T> {
  return { id, doc: JSON.parse(json), version: String(version) };
}

function keyOf(collection: string, id: string): string {
  return `${collection} ${id}`;
}
