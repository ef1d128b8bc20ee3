import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HistoryEntry } from '../../src/sandbox/jira/request-history.ts';
import { startJiraSimulator } from '../../src/sandbox/jira-simulator.ts';
import { startSqsEmulator } from '../../src/sandbox/sqs/sqs-emulator.ts';
import { numberedEvent, range } from '../../test/support/findings/findings-by-number.ts';
import { startRedis } from '../../test/support/servers/redis-server.ts';
import { until } from '../../test/support/until.ts';
import { benchEnvironment, SERVICE } from './bench-service.ts';
import { OPEN_EVERYTHING } from '../../test/support/service/open-everything.ts';

/** How near the service comes to a limit of Jira that it has to find out: no header announces it. */
export interface RateRow {
  readonly replicas: number;
  /** `JIRA_REQUESTS_PER_SECOND`; null: unset. */
  readonly ceiling: number | null;
  readonly issues: number;
  /** Calls per second that Jira allows; it refuses the rest. */
  readonly limit: number;
  readonly seconds: number;
  /** The time from the first create to the last one, as a multiple of the least possible time: one call for each issue at the limit. */
  readonly timesLeast: number;
  /** Share of all calls, 0 to 1. */
  readonly refused: number;
}

const LIMIT = 20;

/** Targets: the most that a row may take and have refused. */
export const RATE_TARGETS = { timesLeast: 1.15, refused: 0.03 } as const;

/** Two replicas that learn, and a single one whose ceiling is far above the limit. Each on Redis, as processes. */
export async function benchRate(findings: number): Promise<readonly RateRow[]> {
  const rows: RateRow[] = [];
  for (const [replicas, ceiling] of [
    [2, null],
    [1, 100],
  ] as const)
    rows.push(await benchOne(replicas, ceiling, findings));
  return rows;
}

/** Runs replicas of the service against a Jira that refuses every call above its limit. */
async function benchOne(replicas: number, ceiling: number | null, findings: number): Promise<RateRow> {
  const folder = await mkdtemp(join(tmpdir(), 'f2j-bench-'));
  const rulesFile = join(folder, 'rules.yaml');
  await writeFile(rulesFile, OPEN_EVERYTHING);
  const [redis, sqs, jira] = await Promise.all([startRedis(), startSqsEmulator(), startJiraSimulator()]);
  jira.faults.requestsPerSecond = LIMIT;
  for (const n of range(findings)) await sqs.send(JSON.stringify(numberedEvent(n, 10)));

  const env = {
    ...benchEnvironment(sqs, jira, rulesFile),
    REDIS_URL: redis.url,
    HTTP_PORT: '0',
    ...(ceiling === null ? {} : { JIRA_REQUESTS_PER_SECOND: String(ceiling) }),
  };
  const services = range(replicas).map((): ChildProcess => spawn(process.execPath, SERVICE, { env, stdio: 'inherit' }));
  try {
    await until(() => jira.issues().length === findings, 'every finding has its issue', 600_000);
  } finally {
    await Promise.all(
      services.map(async (service) => {
        const exited = once(service, 'exit');
        service.kill('SIGTERM');
        await exited;
      }),
    );
  }
  const row = { replicas, ceiling, ...measured(jira.history()) };
  await Promise.all([redis.remove(), sqs.close(), jira.close()]);
  await rm(folder, { recursive: true });
  return row;
}

function measured(history: readonly HistoryEntry[]): Omit<RateRow, 'replicas' | 'ceiling'> {
  const creates = history.filter(({ operation }) => operation === 'POST /issue');
  const issues = creates.filter(({ done }) => done);
  const [first, last] = [Date.parse(creates[0]?.at ?? ''), Math.max(...issues.map(({ at }) => Date.parse(at)))];
  const calls = history.filter(({ at }) => Date.parse(at) <= last);
  const seconds = (last - first) / 1_000;
  return {
    issues: issues.length,
    limit: LIMIT,
    seconds,
    timesLeast: (seconds * LIMIT) / issues.length,
    refused: calls.filter(({ status }) => status === 429).length / calls.length,
  };
}
