import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HistoryEntry } from '../src/sandbox/jira/request-history.ts';
import { startJiraSimulator } from '../src/sandbox/jira-simulator.ts';
import { startSqsEmulator } from '../src/sandbox/sqs/sqs-emulator.ts';
import { numberedEvent, range } from '../test/support/findings/findings-by-number.ts';
import { startRedis } from '../test/support/servers/redis-server.ts';
import { until } from '../test/support/until.ts';

/** The share of Jira's limit that the replicas use together, and the share of their calls that Jira refuses. */
export interface RateRow {
  readonly replicas: number;
  readonly issues: number;
  /** Calls per second that Jira allows; it refuses the rest. */
  readonly limit: number;
  readonly usedPerSecond: number;
  /** Share of the limit, 0 to 1. */
  readonly used: number;
  /** Share of all calls, 0 to 1. */
  readonly refused: number;
}

const LIMIT = 20;
const FINDINGS = 400;
const REPLICAS = 2;
const MAIN = join(import.meta.dirname, '../src/main.ts');
const RULES =
  'version: 1\nlimits: off\nrules:\n  - id: everything\n    match: { source: ["aws.access-analyzer"] }\n    action: issue\n    issue: { project: SEC, issueType: Task }\n';

/** Runs replicas of the service as processes on one Redis, against a Jira that refuses every call above its limit. */
export async function benchRate(): Promise<RateRow> {
  const folder = await mkdtemp(join(tmpdir(), 'f2j-bench-'));
  const rulesFile = join(folder, 'rules.yaml');
  await writeFile(rulesFile, RULES);
  const [redis, sqs, jira] = await Promise.all([startRedis(), startSqsEmulator(), startJiraSimulator()]);
  jira.faults.requestsPerSecond = LIMIT;
  for (const n of range(FINDINGS)) await sqs.send(JSON.stringify(numberedEvent(n, 10)));

  const env = {
    PATH: process.env['PATH'] ?? '',
    REDIS_URL: redis.url,
    SQS_QUEUE_URL: sqs.queueUrl,
    AWS_REGION: 'eu-central-1',
    ANALYZER_ARNS: 'none',
    AWS_ENDPOINT_URL_SQS: sqs.endpoint,
    // A closed port: no call may reach AWS itself.
    AWS_ENDPOINT_URL_ACCESSANALYZER: 'http://127.0.0.1:1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    JIRA_BASE_URL: jira.url,
    JIRA_EMAIL: jira.credentials.email,
    JIRA_API_TOKEN: jira.credentials.apiToken,
    JIRA_REQUESTS_PER_SECOND: String(LIMIT),
    RULES_FILE: rulesFile,
    HTTP_PORT: '0',
    LOG_LEVEL: 'error',
  };
  const services = range(REPLICAS).map((): ChildProcess => spawn(process.execPath, [MAIN], { env, stdio: 'inherit' }));
  try {
    await until(() => jira.issues().length === FINDINGS, 'every finding has its issue', 120_000);
  } finally {
    await Promise.all(
      services.map(async (service) => {
        const exited = once(service, 'exit');
        service.kill('SIGTERM');
        await exited;
      }),
    );
  }
  const row = rowOf(jira.history());
  await Promise.all([redis.remove(), sqs.close(), jira.close()]);
  await rm(folder, { recursive: true });
  return row;
}

/** Measured from the first create to the last one. */
function rowOf(history: readonly HistoryEntry[]): RateRow {
  const times = history.filter(({ operation, done }) => operation === 'POST /issue' && done).map(({ at }) => Date.parse(at));
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const calls = history.filter(({ at }) => Date.parse(at) >= first && Date.parse(at) <= last);
  const refused = calls.filter(({ status }) => status === 429).length;
  const usedPerSecond = (calls.length - refused) / ((last - first) / 1_000);
  return {
    replicas: REPLICAS,
    issues: times.length,
    limit: LIMIT,
    usedPerSecond,
    used: usedPerSecond / LIMIT,
    refused: refused / calls.length,
  };
}
