import type { Collection, Store, Stored } from '../ports/store.ts';

/** One of several calls that go out together. The answers are in the order of what it asks for. */
interface Call<T> {
  readonly asks: readonly string[];
  done(answers: readonly T[]): void;
  failed(error: unknown): void;
}

type Ask<T> = (asked: readonly string[]) => Promise<readonly T[]>;

/**
 * The store for work on several findings at a time: what is read or counted in one collection at the same moment is one call, so that ten findings
 * take as many calls as one. A document that can't be read fails only those who ask for it.
 */
export function gatherReads(store: Store): Store {
  const reads = new Map<Collection<unknown>, Call<Stored<unknown> | null>[]>();
  const counts = new Map<Collection<unknown>, Call<number>[]>();
  let time: Promise<number> | null = null;
  return {
    ...store,
    read<T>(from: Collection<T>, ids: readonly string[]) {
      return new Promise<readonly (Stored<T> | null)[]>((done, failed) => {
        const call: Call<Stored<T> | null> = { asks: ids, done, failed };
        gather(reads, from, call, (asked) => store.read(from, asked));
      });
    },
    counts<T>(of: Collection<T>, terms: readonly string[]) {
      return new Promise<readonly number[]>((done, failed) => {
        gather(counts, of, { asks: terms, done, failed }, (asked) => store.counts(of, asked));
      });
    },
    now() {
      time ??= store.now().finally(() => (time = null));
      return time;
    },
  };
}

function gather<T>(waiting: Map<Collection<unknown>, Call<T>[]>, from: Collection<unknown>, call: Call<T>, ask: Ask<T>): void {
  const before = waiting.get(from);
  if (before !== undefined) return void before.push(call);
  const calls = [call];
  waiting.set(from, calls);
  // Runs when no promise has anything left to do now, so that whatever is asked next is among the calls.
  process.nextTick(() => {
    waiting.delete(from);
    void answerAll(calls, ask);
  });
}

async function answerAll<T>(calls: readonly Call<T>[], ask: Ask<T>): Promise<void> {
  const asked = [...new Set(calls.flatMap(({ asks }) => asks))];
  try {
    const answers = await ask(asked);
    const places = new Map(asked.map((name, at) => [name, at]));
    for (const call of calls) call.done(call.asks.flatMap((name) => answers.slice(places.get(name), (places.get(name) ?? -1) + 1)));
  } catch (error) {
    if (calls.length === 1) return calls[0]?.failed(error);
    for (const call of calls) void ask(call.asks).then(call.done, call.failed);
  }
}
