import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Store } from '../../../src/pipeline/ports/store.ts';
import { startJiraSimulator, type JiraSimulator, type JiraSimulatorOptions } from '../../../src/sandbox/jira-simulator.ts';
import { openEmbeddedStore, type EmbeddedStore } from '../../../src/store/embedded-store.ts';
import { startServiceParts, testClock, type ServiceParts, type ServicePartsOptions, type TestClock } from './service-parts.ts';

/** A simulated Jira and a store on the disk, on which a test starts, kills and restarts service parts. Ends with the test. */
export interface Site {
  readonly clock: TestClock;
  readonly jira: JiraSimulator;
  readonly store: Store;
  start(options?: Partial<ServicePartsOptions>): Promise<ServiceParts>;
  /** Another, empty store, as after the loss of the old one. */
  emptyStore(): Store;
  /** Number of creates that Jira carried out. */
  created(): number;
}

/** A site whose store's file a test may damage. */
export interface SiteOnDisk extends Site {
  readonly store: EmbeddedStore;
  /** The folder of `store`. */
  readonly folder: string;
}

export async function openSite(options: JiraSimulatorOptions = {}): Promise<SiteOnDisk> {
  const clock = testClock();
  const jira = await startJiraSimulator({ now: clock.now, ...options });
  const folders: string[] = [];
  const stores: EmbeddedStore[] = [];
  const started: ServiceParts[] = [];
  const emptyStore = (): EmbeddedStore => {
    const folder = mkdtempSync(join(tmpdir(), 'f2j-test-'));
    folders.push(folder);
    const store = openEmbeddedStore(folder, clock);
    stores.push(store);
    return store;
  };
  const store = emptyStore();
  const [folder = ''] = folders;
  onTestFinished(async () => {
    for (const parts of started) await parts.stop();
    await jira.close();
    for (const one of stores) await one.close();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });
  return {
    clock,
    jira,
    store,
    folder,
    emptyStore,
    async start(overrides = {}) {
      const parts = await startServiceParts({ store, jira, clock, working: false, ...overrides });
      started.push(parts);
      return parts;
    },
    created: () => jira.history().filter(({ operation, done }) => operation === 'POST /issue' && done).length,
  };
}
