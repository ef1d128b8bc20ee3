import { describe, expect, onTestFinished, test } from 'vitest';
import { startJiraSimulator, type JiraSimulator } from '../../src/sandbox/jira-simulator.ts';
import { startSqsEmulator, type SqsEmulator } from '../../src/sandbox/sqs/sqs-emulator.ts';
import { numberedEvent, range } from '../support/findings/findings-by-number.ts';
import { openRaw, type RawConnection } from '../support/servers/raw-connection.ts';
import { environmentFor, hurried, startService, testFolder, type ServiceProcess } from '../support/service/service-process.ts';
import { STORES } from '../support/service/stores.ts';
import { until } from '../support/until.ts';

interface Running {
  readonly sqs: SqsEmulator;
  readonly jira: JiraSimulator;
  readonly env: Record<string, string>;
  readonly service: ServiceProcess;
}

/** @param store the variables of its store */
async function start(store: Record<string, string> = { DATA_DIR: testFolder() }): Promise<Running> {
  const [sqs, jira] = await Promise.all([startSqsEmulator(), startJiraSimulator()]);
  onTestFinished(async () => void (await Promise.all([sqs.close(), jira.close()])));
  const env = { ...environmentFor(sqs, jira), ...store };
  return { sqs, jira, env, service: await startService(env) };
}

const HEAD = 'Host: localhost\r\n';

/** Each opens one connection that a client may leave behind, and waits until the service has it. */
const LEFT_BEHIND: Readonly<Record<string, (url: string) => Promise<RawConnection>>> = {
  'a connection without a byte': (url) => openRaw(url),
  'an idle keep-alive connection': async (url) => {
    const raw = await openRaw(url, `GET /livez HTTP/1.1\r\n${HEAD}\r\n`);
    await raw.receives('work makes progress');
    return raw;
  },
  'a half-sent header': (url) => openRaw(url, `GET /livez HTTP/1.1\r\n${HEAD}X-Half:`),
  'a half-sent body': (url) =>
    openRaw(url, `PUT /api/v1/pauses/all HTTP/1.1\r\n${HEAD}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"reason":`),
  'a stream': async (url) => {
    const raw = await openRaw(url, `GET /api/v1/stream HTTP/1.1\r\n${HEAD}\r\n`);
    await raw.receives('event: status');
    return raw;
  },
};

/** The service answers what came after it: whatever was sent before is there. */
async function hasArrived(url: string): Promise<void> {
  expect((await fetch(`${url}/livez`)).status).toBe(200);
}

describe('SIGTERM ends the process with 0', () => {
  test.each(Object.entries(LEFT_BEHIND))('with %s', async (_what, leave) => {
    const { service } = await start();
    const raw = await leave(service.url);
    await hasArrived(service.url);
    expect(await service.end('SIGTERM')).toBe(0);
    await until(raw.isClosed, 'the connection is closed');
  });

  test('after an answer that takes its time has been given in full', async () => {
    const { service, jira } = await start();
    jira.faults.latencyMs = 300;
    const raw = await openRaw(service.url, `GET /api/v1/doctor HTTP/1.1\r\n${HEAD}\r\n`);
    const asked = jira.history().length;
    await until(() => jira.history().length > asked, 'Jira is asked');
    const ended = service.end('SIGTERM');
    await raw.receives('HTTP/1.1 200');
    await raw.receives('jira-credentials');
    await until(raw.isClosed, 'the connection is closed');
    expect(raw.received().endsWith(']}')).toBe(true);
    expect(await ended).toBe(0);
  });

  describe.each(STORES)('under load, on the $name store,', ({ name, env: storeEnv, missing }) => {
    test.skipIf(missing)('with every connection that clients leave behind; each finding gets one issue after a restart', async () => {
      const { sqs, jira, env, service } = await start({ ...(await storeEnv()), ...(name === 'redis' ? hurried(500) : {}) });
      jira.faults.latencyMs = 100;
      for (const leave of Object.values(LEFT_BEHIND)) await leave(service.url);
      for (const n of range(30)) await sqs.send(JSON.stringify(numberedEvent(n, 10)));
      await until(() => jira.issues().length >= 5, 'it is at work');
      expect(await service.end('SIGTERM')).toBe(0);
      expect(jira.history().filter(({ status }) => status === 'lost')).toEqual([]);
      const second = await startService(env);
      await until(() => jira.issues().length === 30, 'the rest is opened', 40_000);
      expect(await second.end('SIGTERM')).toBe(0);
      expect(jira.issues()).toHaveLength(30);
    });
  });
});
