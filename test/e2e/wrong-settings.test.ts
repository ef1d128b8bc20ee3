import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { readEnvironment } from '../../src/config/environment.ts';
import { startJiraSimulator, type JiraSimulator } from '../../src/sandbox/jira-simulator.ts';
import { startSqsEmulator, type SqsEmulator } from '../../src/sandbox/sqs/sqs-emulator.ts';
import { lockDataDir } from '../../src/store/data-dir-lock.ts';
import { redisServerPath, startRedis, type RedisServer } from '../support/servers/redis-server.ts';
import { environmentFor, runToEnd, startService, testFolder } from '../support/service/service-process.ts';
import { until } from '../support/until.ts';

let sqs: SqsEmulator;
let jira: JiraSimulator;
beforeAll(async () => {
  [sqs, jira] = await Promise.all([startSqsEmulator(), startJiraSimulator()]);
});
afterAll(async () => {
  await Promise.all([sqs.close(), jira.close()]);
});

type Env = Record<string, string>;

const TOKEN = 'a-token-of-16-or-more';
const AWS_QUEUE = 'https://sqs.eu-central-1.amazonaws.com/111122223333/findings';
/** The user that owns nothing, if the tests run as root. */
const OTHER_USER = process.getuid?.() === 0 ? 65_534 : undefined;

/** A right environment, changed to a wrong one. */
function wrong(changes: Env): Env {
  return { ...environmentFor(sqs, jira), DATA_DIR: testFolder(), HTTP_PORT: '0', ...changes };
}

/** @param isOpen something listens there until the test ends */
async function portThat({ isOpen }: { readonly isOpen: boolean }): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (isOpen) onTestFinished(() => void server.close());
  else server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

type Row = [what: string, make: () => Promise<Env> | Env, line: (env: Env) => string];

/** Seen before anything is opened. */
const IN_ENVIRONMENT: readonly Row[] = [
  [
    'no queue',
    () => wrong({ SQS_QUEUE_URL: '' }),
    () =>
      "SQS_QUEUE_URL: not set, expected a queue's URL (https://sqs.REGION.amazonaws.com/ACCOUNT/NAME), or several different ones separated by commas",
  ],
  [
    'a port that is no number',
    () => wrong({ HTTP_PORT: 'eighty' }),
    () => 'HTTP_PORT: expected a whole number from 0 to 65535, not "eighty"',
  ],
  [
    'a file of a token that is not there',
    () => wrong({ JIRA_API_TOKEN: '', JIRA_API_TOKEN_FILE: '/run/secrets/jira-token' }),
    () =>
      'JIRA_API_TOKEN_FILE: expected a file that can be read, not "/run/secrets/jira-token": there is no such file (ENOENT); correct the path or mount the file there',
  ],
  [
    'an unknown role',
    () => wrong({ ADMIN_TOKENS: `ops:root:${TOKEN}` }),
    () => 'ADMIN_TOKENS: entry 1: expected the role to be one of viewer, operator, admin, not "root"',
  ],
];

const ENDS: readonly Row[] = [
  [
    'a rules file that is not there',
    () => wrong({ RULES_FILE: '/etc/none.yaml' }),
    () =>
      'RULES_FILE: expected a file that can be read, not "/etc/none.yaml": there is no such file (ENOENT); correct the path or mount the file there',
  ],
  [
    'no Region',
    () => wrong({ AWS_REGION: '', SQS_QUEUE_URL: AWS_QUEUE }),
    () => "AWS_REGION: not set, expected the queue's Region, which is eu-central-1",
  ],
  ["no Region and an emulator's queue", () => wrong({ AWS_REGION: '' }), () => "AWS_REGION: not set, expected the queue's Region"],
  [
    'another Region',
    () => wrong({ AWS_REGION: 'us-east-1', SQS_QUEUE_URL: AWS_QUEUE }),
    () => 'AWS_REGION: expected eu-central-1, the Region of the queue in SQS_QUEUE_URL, not "us-east-1"',
  ],
  [
    'queues in two Regions',
    () => wrong({ SQS_QUEUE_URL: `${AWS_QUEUE},https://sqs.us-east-1.amazonaws.com/111122223333/findings` }),
    () => 'SQS_QUEUE_URL: the queues are in eu-central-1 and us-east-1, expected one Region; run one service for each Region',
  ],
  [
    'a queue that does not exist',
    () => wrong({ SQS_QUEUE_URL: `${sqs.queueUrl}-not` }),
    ({ SQS_QUEUE_URL = '' }) => `SQS_QUEUE_URL: there is no queue at "${SQS_QUEUE_URL}" (QueueDoesNotExist); create it, or correct the URL`,
  ],
  [
    'a port that is in use',
    async () => wrong({ HTTP_PORT: String(await portThat({ isOpen: true })) }),
    ({ HTTP_PORT = '' }) => `HTTP_PORT: ${HTTP_PORT} on 127.0.0.1 is in use (EADDRINUSE); stop the other process, or set another port`,
  ],
  [
    'an address of another machine',
    () => wrong({ HTTP_HOST: '192.0.2.1', ADMIN_TOKENS: `ops:admin:${TOKEN}` }),
    () => "HTTP_HOST: 192.0.2.1 can't be bound (EADDRNOTAVAIL); expected an address of this machine, such as 127.0.0.1",
  ],
  [
    'a folder that is a file',
    () => {
      const file = join(testFolder(), 'file');
      writeFileSync(file, '');
      return wrong({ DATA_DIR: join(file, 'data') });
    },
    ({ DATA_DIR = '' }) => `DATA_DIR: ${join(DATA_DIR, '..')} is a file, expected a folder; set another path`,
  ],
  [
    'a folder in use',
    () => {
      const folder = testFolder();
      const lock = lockDataDir(folder);
      onTestFinished(() => lock.release());
      return wrong({ DATA_DIR: folder });
    },
    ({ DATA_DIR = '' }) => `DATA_DIR: another process already works in the folder ${DATA_DIR}; stop it, or set another folder`,
  ],
  [
    'a Redis that does not run',
    () => wrong({ REDIS_URL: 'redis://user:secret-word@127.0.0.1:1/2' }),
    () => 'REDIS_URL: redis://127.0.0.1:1/2 does not answer (ECONNREFUSED); start Redis, or correct the host and the port',
  ],
  [
    'a Redis of an unknown name',
    () => wrong({ REDIS_URL: 'redis://no-such-host.invalid:6379' }),
    () => 'REDIS_URL: redis://no-such-host.invalid:6379 has a host name that is not known (ENOTFOUND); correct it, or the DNS',
  ],
];

async function runWrong(env: Env, uid?: number): Promise<{ exitCode: number | null; lines: readonly string[] }> {
  const { exitCode, output } = await runToEnd(env, uid);
  return { exitCode, lines: output.split('\n').filter((line) => line !== '') };
}

test.each(IN_ENVIRONMENT)('one line for %s', async (_what, make, line) => {
  const env = await make();
  expect(readEnvironment(env, (path) => readFileSync(path, 'utf8'))).toEqual({ ok: false, problems: [line(env)] });
});

describe('the process ends with 1 and one line', () => {
  test.each(ENDS)('%s', async (_what, make, line) => {
    const env = await make();
    expect(await runWrong(env)).toEqual({ exitCode: 1, lines: [line(env)] });
  });

  test.each([
    ['the folder', (folder: string) => folder, false],
    ['a folder that is to be made in it', (folder: string) => join(folder, 'data'), false],
    ['the file of the store', (folder: string) => folder, true],
  ])('%s may not be written by the user of the service', { timeout: 120_000 }, async (_what, dataDirIn, withStore) => {
    const folder = testFolder();
    const env = wrong({ DATA_DIR: dataDirIn(folder) });
    const barred = withStore ? join(folder, 'lock.sqlite') : folder;
    if (withStore) lockDataDir(folder).release();
    for (const path of [folder, barred, dirname(env['RULES_FILE'] ?? '')]) chmodSync(path, 0o755);
    chmodSync(folder, withStore && OTHER_USER !== undefined ? 0o777 : 0o755);
    if (OTHER_USER === undefined) chmodSync(barred, 0o555);
    const [owner, user] = [process.getuid?.(), OTHER_USER ?? process.getuid?.()];
    const advice = `run chown -R ${user} on it, mount it writable, or set another folder`;
    const line = `DATA_DIR: ${barred} can't be written: it belongs to uid ${owner}, and the service runs as uid ${user}; ${advice}`;
    expect(await runWrong(env, OTHER_USER)).toEqual({ exitCode: 1, lines: [line] });
  });
});

describe.skipIf(redisServerPath() === null)('with a Redis that wants a password the process ends with 1 and one line', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
    await redis.configure('requirepass', 'right-word');
  });
  afterAll(() => redis.remove());

  test.each([
    [
      'redis://:wrong-word@127.0.0.1:PORT',
      'refuses the credentials (WRONGPASS); correct the user and the password in the URL, or their rights',
    ],
    ['redis://127.0.0.1:PORT', 'refuses the credentials (NOAUTH); correct the user and the password in the URL, or their rights'],
    [
      'redis://:right-word@127.0.0.1:PORT/99',
      'names a database that is not there; correct the number at the end, or raise `databases` in Redis',
    ],
  ])('%s', async (template, meaning) => {
    const url = template.replace('PORT', String(redis.port));
    const line = `REDIS_URL: ${url.replace(/\/\/.*@/, '//')} ${meaning}`;
    expect(await runWrong(wrong({ REDIS_URL: url }))).toEqual({ exitCode: 1, lines: [line] });
  });
});

const NO_PROJECT = `version: 1
rules:
  - id: one
    match: { detail: { isPublic: [true] } }
    action: issue
    issue: { project: NOWHERE, issueType: Task }
  - id: two
    match: { source: ["aws.access-analyzer"] }
    action: issue
    issue: { project: NOWHERE, issueType: Task }
`;

describe('the process goes on, is ready, and logs one line', () => {
  test.each<[string, () => Env | Promise<Env>, RegExp, { ok: boolean; message?: unknown }, 'accepted' | 'refused']>([
    [
      'for a token that Jira refuses',
      () => wrong({ JIRA_API_TOKEN: 'not-the-right-token' }),
      /"level":"error".*"msg":"JIRA_API_TOKEN, JIRA_BEARER_TOKEN or JIRA_OAUTH_CLIENT_SECRET: Jira refuses the token, and nothing is sent before it is accepted again"/g,
      { ok: false, message: expect.stringContaining('Jira does not accept the credentials; renew JIRA_API_TOKEN') },
      'refused',
    ],
    [
      'for a Jira that does not answer',
      async () => wrong({ JIRA_BASE_URL: `http://127.0.0.1:${await portThat({ isOpen: false })}` }),
      /"level":"warn".*"msg":"JIRA_BASE_URL: http:\/\/127\.0\.0\.1:\d+ can't be used yet: Jira was not reached or the connection broke \(ECONNREFUSED\); check JIRA_BASE_URL, the network and the proxy, if there is one"/g,
      { ok: false, message: expect.stringContaining('ECONNREFUSED') },
      'accepted',
    ],
    [
      'for a project that Jira does not show',
      () => {
        const env = wrong({});
        writeFileSync(env['RULES_FILE'] ?? '', NO_PROJECT);
        return env;
      },
      /"level":"error".*"msg":"rules\[0\]\.issue\.project and 1 more: there is no project NOWHERE, or the account may not see it; give it \\"Browse projects\\" there, or correct the key"/g,
      { ok: true, message: 'answers' },
      'accepted',
    ],
  ])('%s', async (_what, make, line, jiraPart, token) => {
    const service = await startService(await make());
    await until(() => line.test(service.output()), 'the line is logged');
    expect(await service.json('/readyz')).toMatchObject({ ok: true, parts: { jira: jiraPart } });
    expect(await service.json('/api/v1/status')).toMatchObject({ jira: { token } });
    expect(service.output().match(line)).toHaveLength(1);
    expect(service.output().match(/"level":"(?:warn|error)"/g)).toHaveLength(1);
    expect(await service.end('SIGTERM')).toBe(0);
  });
});
