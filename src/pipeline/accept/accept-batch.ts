import type { Finding } from '../../findings/finding.ts';
import { MAX_WRITES, type Write } from '../ports/store.ts';
import { acknowledge, overtaken, type AcceptDeps, type Accepted, type AcceptFinding } from './accept-finding.ts';
import { gatherReads } from './gather-reads.ts';
import { createNoteAnalyzer } from './note-analyzer.ts';
import { prepareFinding, type Prepared } from './prepare-finding.ts';

/**
 * Accepts observations that events have brought together, in as few calls to the store as one takes. Never throws.
 * @returns what became of each, in their order. Where it is rejected, nothing was acknowledged: the same observation may come again
 */
export type AcceptBatch = (seen: readonly Finding[]) => Promise<readonly PromiseSettledResult<Accepted>[]>;

/** As many as one receive brings; a message that holds more does not make commits larger. */
const MAX_TOGETHER = 10;

/** @param deps `accept`: for an observation that can't be stored with the others */
export function createAcceptBatch(deps: AcceptDeps & { readonly accept: AcceptFinding }): AcceptBatch {
  const { store, rules, emit, enrichers = [], accept } = deps;
  const noteAnalyzer = createNoteAnalyzer(store, deps.clock);

  async function together(some: readonly Finding[]): Promise<readonly PromiseSettledResult<Accepted>[]> {
    for (const analyzerArn of new Set(some.map((seen) => seen.analyzerArn))) await noteAnalyzer(analyzerArn);
    const book = await rules.current();
    const gathered = gatherReads(store);
    const prepared = await Promise.allSettled(some.map((seen) => prepareFinding(gathered, { enrichers, emit }, book, seen, 'event')));
    const stored = await storeAll(prepared.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])));
    const isOvertaken = await overtaken(deps, [...stored]);
    return Promise.allSettled(
      some.map(async (seen, at) => {
        const one = prepared[at];
        if (one?.status === 'rejected') throw one.reason;
        return one !== undefined && stored.has(one.value) ? acknowledge(deps, one.value, isOvertaken, seen, 'event') : accept(seen);
      }),
    );
  }

  /** @returns those that are in the store now */
  async function storeAll(prepared: readonly Prepared[]): Promise<ReadonlySet<Prepared>> {
    const stored = new Set(prepared.filter(({ writes }) => writes.length === 0));
    for (const bundle of bundlesOf(prepared)) {
      if (await isStored(bundle.flatMap(({ writes }) => writes))) for (const one of bundle) stored.add(one);
    }
    return stored;
  }

  /** Whatever keeps the commit from being written may concern one of them alone; accepting it by itself shows it. */
  async function isStored(writes: readonly Write[]): Promise<boolean> {
    try {
      return (await store.commit(writes)).ok;
    } catch {
      return false;
    }
  }

  return async (seen) => {
    const results: PromiseSettledResult<Accepted>[] = [];
    for (let from = 0; from < seen.length; from += MAX_TOGETHER) {
      const some = seen.slice(from, from + MAX_TOGETHER);
      results.push(...(await together(some).catch((reason: unknown) => some.map(() => ({ status: 'rejected', reason }) as const))));
    }
    return results;
  };
}

/**
 * What each commit is to hold: observations that have no document in common, so that any order of them has the same result. One that changes a
 * document of an earlier one is in none: it has to begin from what the other one leaves, as after any other writer.
 */
function bundlesOf(prepared: readonly Prepared[]): readonly (readonly Prepared[])[] {
  const changed = new Set<string>();
  const bundles: Prepared[][] = [];
  let room = 0;
  for (const one of prepared) {
    const documents = one.writes.map(({ collection, id }) => JSON.stringify([collection, id]));
    if (documents.length === 0 || documents.some((document) => changed.has(document))) continue;
    for (const document of documents) changed.add(document);
    if (room < documents.length) {
      bundles.push([]);
      room = MAX_WRITES;
    }
    bundles.at(-1)?.push(one);
    room -= documents.length;
  }
  return bundles;
}
