import { expect, test } from 'vitest';
import { f2j } from '../support/cli/f2j.ts';
import { serve } from '../support/cli/serve.ts';

const OPERATION = { id: 'o-1', kind: 'sweep', state: 'running', done: 1, total: 4, result: null, error: null };

/** Answers to the questions about one operation, in order; null: the connection breaks. */
async function follow(answers: readonly (object | null)[], line: readonly string[] = ['operation', 'o-1']) {
  const left = [...answers];
  const F2J_URL = await serve((_, response) => {
    const answer = left.shift() ?? null;
    if (answer === null) response.destroy();
    else response.end(JSON.stringify(answer));
  });
  return f2j(line, { env: { F2J_URL }, columns: 80 });
}

test('an operation is followed over a restart of the service, with a bar that shows how far it is', async () => {
  const broken = [null, null, null, null];
  const { exitCode, out, err } = await follow([
    OPERATION,
    ...broken,
    { ...OPERATION, done: 2 },
    { ...OPERATION, done: 4, state: 'done', result: { found: 3 } },
  ]);
  expect([exitCode, out]).toEqual([0, 'sweep: done, 4 of 4\n  found: 3\n']);
  const bars = err.split('\r\u001b[K').filter((bar) => bar !== '');
  expect(bars).toEqual([
    'sweep  ██████░░░░░░░░░░░░░░░░░░ 1 of 4',
    'sweep  ████████████░░░░░░░░░░░░ 2 of 4',
    'sweep  ████████████████████████ 4 of 4',
  ]);
});

test('one that fails ends with 1 and says why', async () => {
  const error = { code: 'jira-unavailable', message: 'Jira does not answer' };
  const { exitCode, err } = await follow([
    { ...OPERATION, total: null },
    { ...OPERATION, state: 'failed', error },
  ]);
  expect([exitCode, err]).toEqual([
    1,
    expect.stringMatching(/^\r\S+sweep {2}1 done.*f2j: The operation sweep has failed: Jira does not answer \(jira-unavailable\)\n$/s),
  ]);
});
