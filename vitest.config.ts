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

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Tests start servers and end processes, so each file has its own process. Most of them wait, so more run than there are cores.
    pool: 'forks',
    maxWorkers: 5,
    sequence: { sequencer: SlowFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
