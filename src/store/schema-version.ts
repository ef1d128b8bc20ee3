/** The version of what documents look like, raised with every change that an earlier version of the service would misread. */
export interface SchemaVersion {
  readonly current: number;
  /** Earlier versions whose documents this one reads: a store of them is raised to `current` when it is opened. */
  readonly upgradable: readonly number[];
}

/**
 * 3: packed documents and a short index. 2: the vocabulary of groups (`generation`, `requeueAt`, `lastApplied`, …); its stores are rewritten when
 * they are opened. Stores of version 1 are refused.
 */
export const SCHEMA: SchemaVersion = { current: 3, upgradable: [2] };

/** The first version whose documents are packed. */
export const PACKED_SCHEMA = 3;

/** Hears that the documents of an earlier version are rewritten, which takes a while. */
export type OnUpgrade = (sentence: string) => void;

/** @param setting the variable that names the store */
export function upgradeSentence(setting: 'DATA_DIR' | 'REDIS_URL'): string {
  return `${setting}: the documents of an earlier version are rewritten, about a minute for 50,000 findings; a stop in between loses nothing, and the next start goes on`;
}

/** The store holds documents of another version of the service. Nothing was read as ours, and nothing was changed. */
export class SchemaMismatch extends Error {
  readonly code = 'store-schema';
  /** @param setting the variable that names the store @param stored the version in it; 1 where it names none */
  constructor(setting: 'DATA_DIR' | 'REDIS_URL', stored: number, { current }: SchemaVersion = SCHEMA) {
    super(
      `${setting}: the store has schema version ${stored}, and this version of the service needs ${current}; ${adviceOn(setting, stored > current)}`,
    );
  }
}

function adviceOn(setting: 'DATA_DIR' | 'REDIS_URL', isNewer: boolean): string {
  if (isNewer) return 'start the newer version of the service again';
  return setting === 'DATA_DIR'
    ? 'move store.sqlite away to begin with an empty store: the issues are read back from Jira, and the rules stand in DATA_DIR/rules'
    : 'use another Redis database or delete the keys of this installation: the issues are read back from Jira; save the rules first';
}
