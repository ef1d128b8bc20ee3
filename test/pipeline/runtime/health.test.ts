import { expect, test } from 'vitest';
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
