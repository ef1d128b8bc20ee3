/** Documents whose index is remembered: more than the passes that are under way have read. */
const MAX_REMEMBERED = 500;

/**
 * What is noted of the index of documents that were read lately, by version, so that a change of one of them need not read it again.
 */
export interface RecentIndexes {
  remember(place: string, version: string, index: string): void;
  /** @returns undefined: not read lately, or in another version */
  of(place: string, version: string): string | undefined;
}

export function createRecentIndexes(): RecentIndexes {
  const known = new Map<string, { readonly version: string; readonly index: string }>();
  return {
    remember(place, version, index) {
      known.delete(place);
      known.set(place, { version, index });
      if (known.size <= MAX_REMEMBERED) return;
      const [oldest = place] = known.keys();
      known.delete(oldest);
    },
    of(place, version) {
      const one = known.get(place);
      return one?.version === version ? one.index : undefined;
    },
  };
}
