import { expect, test } from 'vitest';
import type { AccessState } from '../../../src/pipeline/ports/tracker-access.ts';
import { createHealth, type HealthDeps } from '../../../src/pipeline/runtime/health.ts';
import { systemClock } from '../../support/jira/scripted-jira.ts';
import { openSite } from '../../support/service/site.ts';

/** Every question is answered well; a test says what the service's own calls met with. */
async function readiness(overrides: Partial<HealthDeps>): Promise<Awaited<ReturnType<ReturnType<typeof createHealth>['readiness']>>> {
  const site = await openSite();
  const { queue, trust, rules } = await site.start();
  const health = createHealth({
    queue,
    trust,
    rules,
    ticker: { start: () => undefined, stop: async () => undefined, lastTickAt: () => 0 },
    rulesFileProblem: () => null,
    clock: systemClock,
    checkJira: async () => null,
    access: { state: () => ({ access: 'accepted', since: null, message: 'Jira accepts the token', refusals: 0, outages: 0 }) },
    storeProblem: () => null,
    heldMessages: () => 0,
    sqs: [queueThat(null)],
    ...overrides,
  });
  return health.readiness();
}

function queueThat(problem: string | null): HealthDeps['sqs'][number] {
  return {
    url: 'https://sqs.eu-central-1.amazonaws.com/111122223333/findings',
    attributes: async () => ({ waiting: 0, inFlight: 0, redrives: true }),
    receiveProblem: () => problem,
  };
}

test('ready, when every part answers and took the last work', async () => {
  expect(await readiness({})).toMatchObject({ ok: true, parts: { store: { ok: true }, queue: { ok: true, message: '1 queue answers' } } });
});

test.each<[string, Partial<HealthDeps>, 'store' | 'queue', string]>([
  ['a store that took no commit', { storeProblem: () => 'The store does not answer: OOM' }, 'store', 'The store does not answer: OOM'],
  ['messages that wait for the store', { heldMessages: () => 3 }, 'store', '3 received messages wait for it'],
  ['a queue that refused a receive', { sqs: [queueThat(null), queueThat('KmsAccessDenied: no')] }, 'queue', 'KmsAccessDenied: no'],
])('not ready: %s, although it answers questions', async (_what, overrides, part, message) => {
  const answer = await readiness(overrides);
  expect(answer.ok).toBe(false);
  expect(answer.parts[part]).toEqual({ ok: false, message });
});

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
    access: { state: () => ({ access, since: 0, message: 'Jira does not accept the credentials', refusals: 1, outages: 0 }) },
    storeProblem: () => null,
    heldMessages: () => 0,
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
