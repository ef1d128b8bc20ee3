import type { Clock } from '../pipeline/ports/clock.ts';
import { StoreUnavailable, type Store } from '../pipeline/ports/store.ts';
import type { StoreMemory } from '../pipeline/ports/store-memory.ts';
import { dataDirProblem } from './data-dir-problem.ts';
import { redisProblem } from './redis-problem.ts';
import type { RedisStore } from './redis-store.ts';
import type { OnUnreadable } from './set-aside.ts';
import type { SchemaMismatch } from './schema-version.ts';

/** Which store, and where. */
export type StoreChoice = { readonly kind: 'embedded'; readonly dataDir: string } | { readonly kind: 'redis'; readonly url: string };

export interface OpenStoreOptions {
  readonly choice: StoreChoice;
  readonly installation: string;
  readonly clock: Clock;
  /** Gets a sentence for each thing that an operator should change. */
  readonly warn: (message: string) => void;
  /** @see RedisStoreOptions.onOutdated */
  readonly onOutdated: (mismatch: SchemaMismatch) => void;
  readonly onUnreadable: OnUnreadable;
}

/** A store that reports its settings that may lose records, its memory, its documents that can't be read, and the durability of an answered write for the status. */
export type OpenedStore = Store &
  Pick<RedisStore, 'settings' | 'unreadable'> & { memory(): Promise<StoreMemory | null>; readonly durability: string };

const DURABILITY = {
  embedded: 'every write is on the disk before it is answered',
  redis: 'as Redis is set: with appendfsync everysec the last second may be lost; our issues are read back from Jira then',
} as const;

/** @throws DataDirInUse, SchemaMismatch, RedisClusterRefused, SettingRefused when the store can't be opened */
export async function openStore(options: OpenStoreOptions): Promise<OpenedStore> {
  const { choice } = options;
  try {
    return await open(options);
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    throw choice.kind === 'redis' ? redisProblem(choice.url, error.cause) : dataDirProblem(choice.dataDir, error);
  }
}

/** Only the store that is chosen is imported, with its package. */
async function open({ choice, installation, clock, warn, onOutdated, onUnreadable }: OpenStoreOptions): Promise<OpenedStore> {
  if (choice.kind === 'redis') {
    const { openRedisStore } = await import('./redis-store.ts');
    const store = await openRedisStore({ url: choice.url, installation, onOutdated, onUpgrade: warn, onUnreadable });
    for (const problem of await store.settings()) warn(problem);
    return { ...store, durability: DURABILITY.redis };
  }
  const { openEmbeddedStore } = await import('./embedded-store.ts');
  const store = openEmbeddedStore(choice.dataDir, clock, onUnreadable, warn);
  if (store.setAside !== null) warn(`The store could not be read and was set aside as ${store.setAside}; an empty one is used`);
  return { ...store, durability: DURABILITY.embedded };
}
