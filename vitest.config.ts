import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Folders whose tests mostly wait for processes, and for waits of the service that no test shortens. */
const SLOW = /\/test\/(?:chaos|e2e)\//;

/** Begins with what takes longest, so that the end does not wait for a single file. */
class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => Number(SLOW.test(b.moduleId)) - Number(SLOW.test(a.moduleId)));
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Tests start servers and end processes: each file has a process of its own. As most of them wait, more run than there are cores.
    pool: 'forks',
    maxWorkers: 5,
    sequence: { sequencer: SlowFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
