import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Tests that mostly wait, for processes and for waits of the service that no test shortens; and the longest of the others. */
const SLOW = /\/test\/(?:chaos|e2e)\/|\/(?:evaluate-equals|render-issue|fuzz|ended-analyzer|lost-events)\.test\.ts$/;

/** Runs the slowest files first, so that the run does not end with a single slow file. */
class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => Number(SLOW.test(b.moduleId)) - Number(SLOW.test(a.moduleId)));
  }
}

/** Tests that start or end processes of the service. Each file has a process of its own. */
const PROCESSES = ['test/chaos/**/*.test.ts', 'test/e2e/**/*.test.ts', 'test/queue/**/*.test.ts'];

export default defineConfig({
  test: {
    pool: 'forks',
    // Most tests wait, so more run than there are cores.
    maxWorkers: 4,
    sequence: { sequencer: SlowFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'processes', include: PROCESSES } },
      // The source has no global state, so these files share processes and load it once in each: that takes a third of the time.
      { extends: true, test: { name: 'source', include: ['test/**/*.test.ts'], exclude: PROCESSES, isolate: false } },
    ],
  },
});
