import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startJiraSimulator, type JiraSimulator } from '../../src/sandbox/jira-simulator.ts';
import { startSqsEmulator, type SqsEmulator } from '../../src/sandbox/sqs/sqs-emulator.ts';
import { numberedEvent, range } from '../support/findings/findings-by-number.ts';
import { environmentFor, runToEnd, startService, testFolder } from '../support/service/service-process.ts';
import { until } from '../support/until.ts';

async function sides(
  options: { visibilitySeconds?: number; withDeadLetterQueue?: boolean } = {},
): Promise<{ sqs: SqsEmulator; jira: JiraSimulator; env: Record<string, string> }> {
  const [sqs, jira] = await Promise.all([startSqsEmulator(options), startJiraSimulator()]);
  onTestFinished(async () => void (await Promise.all([sqs.close(), jira.close()])));
  return { sqs, jira, env: { ...environmentFor(sqs, jira), DATA_DIR: testFolder() } };
}

describe('starting', () => {
  test('without settings: exit code 1 and one line for each missing variable', async () => {
    const { exitCode, output } = await runToEnd({});
    expect(exitCode).toBe(1);
    for (const name of ['SQS_QUEUE_URL', 'JIRA_BASE_URL', 'JIRA_EMAIL']) expect(output).toMatch(new RegExp(`^${name}`, 'm'));
  });

  test('with a wrong rules file: exit code 1, the path in the file and what was expected', async () => {
    const { env } = await sides();
    const rulesFile = join(testFolder(), 'wrong.yaml');
    writeFileSync(
      rulesFile,
      'version: 1\nrules:\n  - id: one\n    match: { detail: { isPublic: true } }\n    action: issue\n    issue: { project: SEC, issueType: Task }\n',
    );
    const { exitCode, output } = await runToEnd({ ...env, RULES_FILE: rulesFile, HTTP_PORT: '0' });
    expect(exitCode).toBe(1);
    expect(output).toContain('rules[0].match.detail.isPublic');
    expect(output).toContain('expected');
  });

  test('an unknown variable with a prefix of ours is reported', async () => {
    const { env } = await sides();
    const service = await startService({ ...env, JIRA_TIMEOUT: '5000' });
    expect(service.output()).toContain('JIRA_TIMEOUT');
    expect(await service.end('SIGTERM')).toBe(0);
  });

  test('what it writes is for its own user alone', async () => {
    const { env, sqs, jira } = await sides();
    const folder = env['DATA_DIR'] ?? '';
    // As a volume or an administrator makes it: its files can't hide behind it.
    chmodSync(folder, 0o755);
    const service = await startService(env);
    await sqs.send(JSON.stringify(numberedEvent(1, 10)));
    await until(() => jira.issues().length === 1, 'an issue is opened');
    const written = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    expect(written).toEqual(expect.arrayContaining(['lock.sqlite', 'store.sqlite', 'store.sqlite-wal', 'store.identity', 'rules/1.yaml']));
    expect(written.filter((file) => (statSync(join(folder, file)).mode & 0o077) !== 0)).toEqual([]);
    expect(await service.end('SIGTERM')).toBe(0);
  });

  test('a second process on the same folder is refused, and the first goes on', async () => {
    const { env } = await sides();
    const first = await startService(env);
    const second = await runToEnd({ ...env, HTTP_PORT: '0' });
    expect(second.exitCode).toBe(1);
    expect(second.output).toContain(env['DATA_DIR']);
    expect(first.exitCode()).toBeNull();
    await first.end('SIGKILL');
    const third = await startService(env);
    expect(await third.end('SIGTERM')).toBe(0);
  });

  test('while Jira is away, the service starts, is ready, and reports it', async () => {
    const { jira, env, sqs } = await sides();
    jira.faults.down = true;
    const service = await startService(env);
    expect(await service.json('/readyz')).toMatchObject({ ok: true, parts: { jira: { ok: false } } });
    await sqs.send(JSON.stringify(numberedEvent(1, 10)));
    await until(async () => (await sqs.depth()).waiting === 0 && (await sqs.depth()).inFlight === 0, 'the message is taken');
    jira.faults.down = false;
    await until(() => jira.issues().length === 1, 'the issue is opened when Jira is back', 40_000);
    expect(await service.end('SIGTERM')).toBe(0);
  });
});

describe('receiving', () => {
  test('a queue that answers questions and refuses each receive: not ready, and the doctor says what to grant', async () => {
    const { sqs, env } = await sides();
    const service = await startService(env);
    sqs.faults.refused = { ReceiveMessage: 'kms-access-denied', ChangeMessageVisibility: 'access-denied' };
    // Ends the long polls, so that the next receive comes.
    await sqs.send(JSON.stringify({ ...numberedEvent(1, 10), 'detail-type': 'Access Preview State Change' }));
    await until(async () => (await fetch(`${service.url}/readyz`)).status === 503, 'it is not ready', 30_000);
    expect(await service.json('/readyz')).toMatchObject({ parts: { store: { ok: true }, queue: { ok: false } } });
    const doctor = JSON.stringify(await service.json('/api/v1/doctor'));
    for (const right of ['kms:Decrypt', 'sqs:ChangeMessageVisibility']) expect(doctor).toContain(`Give the right ${right}`);
    sqs.faults.refused = {};
    await until(async () => (await fetch(`${service.url}/readyz`)).status === 200, 'it is ready', 30_000);
    expect(await service.end('SIGTERM')).toBe(0);
  });
});

describe('stopping', () => {
  test('SIGTERM under load exits with 0; accepted findings go on after a restart, one issue each', async () => {
    const { sqs, jira, env } = await sides();
    jira.faults.latencyMs = 200;
    const first = await startService(env);
    for (const n of range(40)) await sqs.send(JSON.stringify(numberedEvent(n, 10)));
    await until(() => jira.issues().length >= 5, 'it is at work');
    expect(await first.end('SIGTERM')).toBe(0);
    expect(jira.history().filter(({ status }) => status === 'lost')).toEqual([]);
    const second = await startService(env);
    await until(() => jira.issues().length === 40, 'the rest is opened', 40_000);
    expect(await second.end('SIGTERM')).toBe(0);
    expect(jira.issues()).toHaveLength(40);
  });
});

describe('messages that are not findings', () => {
  const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
  const hostile = [
    'not json',
    '{}',
    'null',
    '[]',
    '"text"',
    deep,
    JSON.stringify({ source: 'aws.s3', detail: {} }),
    `{"__proto__":{"polluted":true},"source":"aws.access-analyzer","detail":{"__proto__":{"id":1}}}`,
    `{"a":"${'x'.repeat(900_000)}"}`,
  ];

  test('hostile messages are stored and go to the dead-letter queue; the others are processed; none is logged in full', async () => {
    const { sqs, jira, env } = await sides({ visibilitySeconds: 1 });
    const service = await startService(env);
    for (const body of hostile) await sqs.send(body);
    await sqs.send(JSON.stringify({ ...numberedEvent(1, 10), 'detail-type': 'Access Preview State Change' }));
    await sqs.send(JSON.stringify(numberedEvent(2, 10)));
    await until(() => jira.issues().length === 1, 'the good one is opened');
    await until(async () => (await sqs.depth()).deadLettered === hostile.length, 'all hostile ones are in the dead-letter queue', 60_000);
    expect(service.exitCode()).toBeNull();
    expect(service.output().length).toBeLessThan(200_000);
    expect(service.output()).not.toContain('x'.repeat(1_000));
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(metrics).toMatch(/f2j_messages_ignored_total\{because="access-preview"\} 1/);
    expect(await service.end('SIGTERM')).toBe(0);
  });

  test('without a redrive policy they are stored, then deleted', async () => {
    const { sqs, env } = await sides({ visibilitySeconds: 1, withDeadLetterQueue: false });
    const service = await startService(env);
    for (const body of hostile) await sqs.send(body);
    await until(async () => Object.values(await sqs.depth()).every((count) => count === 0), 'the queue is empty', 30_000);
    expect(service.output()).toContain('redrive');
    expect(await service.end('SIGTERM')).toBe(0);
  });
});
