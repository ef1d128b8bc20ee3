import { existsSync, readFileSync } from 'node:fs';
import { strykerPlugins as itsPlugins } from '@stryker-mutator/vitest-runner';
import { NOTICED } from './mutation-tests.ts';

export { strykerValidationSchema } from '@stryker-mutator/vitest-runner';

type Runner = ReturnType<(typeof itsPlugins)[number]['factory']>;

/**
 * Stryker's runner for Vitest starts a worker for every change, which takes longer than the tests. Here its first run tries all changes that a test
 * reaches (`mutation-tests.ts`), and the answers come from what that found. Only code that runs as a module is loaded needs a worker for a change.
 */
export const strykerPlugins = itsPlugins.flatMap(({ factory, ...plugin }) => {
  if (!('inject' in factory)) return [];
  const answering = (injector: Parameters<typeof factory>[0]) => withAnswers(factory(injector));
  return [{ ...plugin, factory: Object.assign(answering, { inject: factory.inject }) }];
});

function withAnswers(runner: Runner) {
  return {
    capabilities: () => runner.capabilities(),
    init: () => runner.init?.(),
    dispose: () => runner.dispose?.(),
    dryRun: (options: Parameters<Runner['dryRun']>[0]) => runner.dryRun(options),
    mutantRun: async (options: Parameters<Runner['mutantRun']>[0]) => {
      const nrOfTests = options.testFilter?.length ?? 1;
      const test = noticedBy().get(options.activeMutant.id);
      if (test !== undefined) return { status: 'killed', killedBy: [test], failureMessage: '', nrOfTests };
      return options.mutantActivation === 'static' ? await runner.mutantRun(options) : { status: 'survived', nrOfTests };
    },
  };
}

/** The tests that noticed a change, by the change. */
function noticedBy(): ReadonlyMap<string, string> {
  const lines = existsSync(NOTICED) ? readFileSync(NOTICED, 'utf8').trimEnd().split('\n') : [];
  return new Map(lines.map((line): [string, string] => [line.slice(0, line.indexOf('\t')), line.slice(line.indexOf('\t') + 1)]));
}
