import { appendFileSync } from 'node:fs';
import { TestRunner } from 'vitest';

/** What Stryker keeps in the process whose code it changes: which change is active, and what each test reaches. */
interface StrykerState {
  activeMutant?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number;
  currentTestId?: string;
  mutantCoverage?: { perTest: Record<string, Record<string, number>> };
}

declare global {
  var __stryker__: StrykerState | undefined;
}

/** In the copy of the project that Stryker works on: a line for each change that a test noticed, and the test. */
export const NOTICED = 'noticed.tsv';

/** A changed loop may not end. Stryker's own factor. */
const HITS = 100;

/** Runs each test once as it is, and in Stryker's first run once more with every change that it reaches and that no test has noticed yet. */
export default class MutationTests extends TestRunner {
  readonly #noticed = new Set<string>();

  async runTask(test: Parameters<typeof TestRunner.getTestFn>[0]): Promise<void> {
    const run = TestRunner.getTestFn(test);
    await run();
    const state = globalThis.__stryker__;
    const id = state?.currentTestId;
    const coverage = state?.mutantCoverage?.perTest;
    if (this.injectValue('mode') !== 'dry-run' || state === undefined || id === undefined || coverage === undefined) return;
    const reached = { ...coverage[id] };
    for (const [change, hits] of Object.entries(reached)) {
      if (this.#noticed.has(change)) continue;
      Object.assign(state, { activeMutant: change, hitCount: 0, hitLimit: hits * HITS });
      try {
        await run();
      } catch {
        this.#noticed.add(change);
        appendFileSync(NOTICED, `${change}\t${id}\n`);
      }
    }
    Object.assign(state, { activeMutant: undefined, hitCount: undefined });
    // What only changed code reaches does not count.
    coverage[id] = reached;
  }
}
