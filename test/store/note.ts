import { EPOCH, put, type Collection, type CommitResult, type Store, type Stored } from '../../src/pipeline/ports/store.ts';

/** A document of the store's tests: its fields are its terms and times. */
export interface Note {
  readonly text: string;
  readonly words: readonly string[];
  /** Epoch ms. */
  readonly at: number;
  readonly due: number | null;
}

export function notesIn(name: string): Collection<Note> {
  const fields = { text: 'string', words: 'list', at: 'number', due: 'number or null' } as const;
  return { name, terms: ({ words }) => words, at: ({ at }) => at, due: ({ due }) => due, fields };
}

export const NOTES = notesIn('notes');

export const EPOCHS: Collection<{ identity: string }> = { name: EPOCH.collection, terms: () => [], at: () => 0, due: () => null };

export function note(overrides: Partial<Note> = {}): Note {
  return { text: 'something', words: [], at: 1_700_000_000_000, due: null, ...overrides };
}

/** Names the store in its epoch document, so that it accepts commits. */
export async function trust(store: Store): Promise<void> {
  const [epoch] = await store.read(EPOCHS, [EPOCH.id]);
  const result = await store.commit([put(EPOCHS, EPOCH.id, epoch?.version ?? null, { identity: await store.identity() })]);
  if (!result.ok) throw new Error(`The epoch was not written: ${result.because}`);
}

/** Versions of a commit that is meant to succeed. */
export function versionsOf(result: CommitResult): readonly (string | null)[] {
  if (!result.ok) throw new Error(`Not committed: ${result.because} ${result.id}`);
  return result.versions;
}

/** Every item of a list, page by page. */
export async function walk(
  store: Store,
  from: Collection<Note>,
  terms: readonly string[],
  limit: number,
  order: 'newest' | 'oldest',
): Promise<readonly Stored<Note>[]> {
  const all: Stored<Note>[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await store.page(from, { terms, limit, order, ...(cursor === undefined ? {} : { cursor }) });
    all.push(...page.items);
    if (page.nextCursor === null) return all;
    cursor = page.nextCursor;
  }
}
