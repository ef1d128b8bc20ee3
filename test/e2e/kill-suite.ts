import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { startJiraSimulator } from '../../src/sandbox/jira-simulator.ts';
import { seededRandom } from '../../src/sandbox/samples/seeded-random.ts';
import { startSqsEmulator } from '../../src/sandbox/sqs/sqs-emulator.ts';
import { numberedEvent, range, shuffled } from '../support/findings/findings-by-number.ts';
import { environmentFor, hurried, startService } from '../support/service/service-process.ts';
import { STORES } from '../support/service/stores.ts';
import { until } from '../support/until.ts';

const FINDINGS = range(60);
const KILLS = 5;

/** The kill test on one store; each store has its own test file, so that they run in parallel. */
export function killSuite(name: 'embedded' | 'redis'): void {
  const store = STORES.find((one) => one.name === name);
  if (store === undefined) throw new Error(`There is no store ${name}`);
  test.skipIf(store.missing)(
    'kill -9 five times in the middle of 60 findings, with lost answers: 60 issues',
    { timeout: 300_000 },
    async () => {
      const [sqs, jira] = await Promise.all([startSqsEmulator({ visibilitySeconds: 2 }), startJiraSimulator({ seed: 5 })]);
      onTestFinished(async () => void (await Promise.all([sqs.close(), jira.close()])));
      jira.faults.loseAnswerRate = 0.05;
      jira.faults.latencyMs = 150;
      const env = {
        ...environmentFor(sqs, jira),
        ...(await store.env()),
        ...(name === 'redis' ? hurried(3_000) : {}),
        JIRA_TIMEOUT_MS: '2000',
        JIRA_UNCERTAIN_WINDOW_MS: '5000',
        JIRA_REQUESTS_PER_SECOND: '20',
        JIRA_MAX_IN_FLIGHT: '4',
      };

      for (const event of shuffled(
        FINDINGS.map((n) => numberedEvent(n, 10)),
        1,
      ))
        await sqs.send(JSON.stringify(event));
      const random = seededRandom(9);
      for (let kills = 0; kills < KILLS; kills += 1) {
        const service = await startService(env);
        const aim = Math.min(FINDINGS.length - 1, jira.issues().length + 1 + Math.floor(random() * 7));
        await until(() => jira.issues().length >= aim, `there are ${aim} issues`, 120_000).catch((error: unknown) => {
          throw new Error(`Life ${kills + 1}, exit code ${service.exitCode()}: ${service.output().slice(-4_000)}`, { cause: error });
        });
        // At a random point of the next request.
        await sleep(random() * 100);
        await service.end('SIGKILL');
      }
      const service = await startService(env);
      await until(
        async () => Number(Object(await service.json('/api/v1/status'))['mappings']['open']) === FINDINGS.length,
        'every finding has its issue',
        200_000,
      );
      expect(jira.issues()).toHaveLength(FINDINGS.length);
      const groups = new Set(jira.issues().map(({ properties }) => JSON.stringify(Object(properties['findings-to-jira'])['group'])));
      expect(groups.size).toBe(FINDINGS.length);
      expect(await service.end('SIGTERM')).toBe(0);
    },
  );
}
