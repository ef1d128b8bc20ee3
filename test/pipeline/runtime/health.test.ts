import { expect, test } from 'vitest';
import type { AccessState } from '../../../src/pipeline/ports/tracker-access.ts';
import { createHealth } from '../../../src/pipeline/runtime/health.ts';
import { openSite } from '../../support/service/site.ts';

test('a refused token shows at once, costs no call for a probe, and does not decide; accepted again, it shows at once, too', async () => {
  const site = await openSite();
  const parts = await site.start();
  let [access, asked]: [AccessState['access'], number] = ['accepted', 0];
  const health = createHealth({
    ...parts,
    ticker: { start: () => undefined, stop: async () => undefined, lastTickAt: () => site.clock.monotonic() },
    clock: site.clock,
    rulesFileProblem: () => null,
    sqs: [],
    access: { state: () => ({ access, since: 0, message: 'Jira does not accept the credentials', refusals: 1 }) },
    checkJira: async () => {
      asked += 1;
      return null;
    },
  });
  const shown = async () => {
    const { ok, parts: all } = await health.readiness();
    return [ok, all.jira];
  };
  expect(await shown()).toEqual([true, { ok: true, message: 'answers' }]);
  access = 'refused';
  expect(await shown()).toEqual([true, { ok: false, message: 'Jira does not accept the credentials' }]);
  expect(asked).toBe(1);
  access = 'accepted';
  expect(await shown()).toEqual([true, { ok: true, message: 'answers' }]);
});
