import { defineConfig } from 'vitest/config';

/** The tests of the file that `npm run mutation` changes, in one process, and each of them once for every change that it reaches. */
export default defineConfig({
  test: {
    include: (process.env['MUTATION_TESTS'] ?? 'test/{findings,issues,rules}/*.test.ts').split(' '),
    isolate: false,
    runner: './scripts/mutation-tests.ts',
    testTimeout: 60_000,
  },
});
