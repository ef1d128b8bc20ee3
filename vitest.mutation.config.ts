import { defineConfig } from 'vitest/config';

/** The tests of the file that `npm run mutation` mutates, in one process: it runs some of them for each mutant. */
export default defineConfig({
  test: {
    include: (process.env['MUTATION_TESTS'] ?? 'test/{findings,issues,rules}/*.test.ts').split(' '),
    isolate: false,
    testTimeout: 60_000,
  },
});
