import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startJiraSimulator } from '../src/sandbox/jira-simulator.ts';
import { startSqsEmulator } from '../src/sandbox/sqs/sqs-emulator.ts';
import { openEmbeddedStore } from '../src/store/embedded-store.ts';
import { findingRecord, keepFindings } from '../test/support/findings/finding-records.ts';
import { range } from '../test/support/findings/findings-by-number.ts';

/** The duration of a backtest over many findings, and the response times of `/livez` meanwhile. */
export interface BacktestRow {
  readonly findings: number;
  readonly rules: number;
  readonly seconds: number;
  /** Findings that the draft would send to another project. */
  readonly moved: number;
  /** Requests to `/livez` during the backtest, and their response times, ms. */
  readonly asked: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly longestMs: number;
  /** The slowest of `AT_REST` requests to `/livez` before the backtest: the cost of the machine itself. */
  readonly longestAtRestMs: number;
}

const MAIN = join(import.meta.dirname, '../src/main.ts');
const RULES = 50;
const ASK_EVERY_MS = 10;
const AT_REST = 200;
const IN_A_ROW = 50;
const DEADLINE_MS = 600_000;

/** Fills an embedded store, starts the service on it as a separate process, and runs a backtest. */
export async function benchBacktest(findings: number): Promise<BacktestRow> {
  const folder = await mkdtemp(join(tmpdir(), 'f2j-bench-'));
  await fill(join(folder, 'data'), findings);
  const [sqs, jira, port] = await Promise.all([startSqsEmulator(), startJiraSimulator(), freePort()]);
  const rulesFile = join(folder, 'rules.json');
  await writeFile(rulesFile, JSON.stringify(rulesOf('SEC')));
  const service = spawn(process.execPath, [MAIN], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'] ?? '',
      DATA_DIR: join(folder, 'data'),
      SQS_QUEUE_URL: sqs.queueUrl,
      AWS_REGION: 'eu-central-1',
      AWS_ENDPOINT_URL_SQS: sqs.endpoint,
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
      JIRA_BASE_URL: jira.url,
      JIRA_EMAIL: jira.credentials.email,
      JIRA_API_TOKEN: jira.credentials.apiToken,
      RULES_FILE: rulesFile,
      HTTP_PORT: String(port),
      LOG_LEVEL: 'error',
    },
  });
  try {
    return await measure(`http://127.0.0.1:${port}`, findings);
  } finally {
    await end(service);
    await Promise.all([sqs.close(), jira.close()]);
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(api: string, findings: number): Promise<BacktestRow> {
  await waitFor('the service to answer', async () => (await fetch(`${api}/livez`)).ok);
  const idle = await askLivez(api, AT_REST);
  const from = performance.now();
  const started = await fetch(`${api}/api/v1/rules/backtest`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(rulesOf('PLAT')),
  });
  if (started.status !== 202) throw new Error(`The backtest did not start: ${await started.text()}`);
  const operation = `${api}${started.headers.get('location') ?? ''}`;
  const took: number[] = [];
  let ended: { readonly state: string; readonly result: BacktestResult } | null = null;
  while (ended === null) {
    took.push(...(await askLivez(api, IN_A_ROW)));
    // The operation is polled rarely, so that the polling does not change the times of `/livez`.
    const now: { state: string; result: BacktestResult } = JSON.parse(await (await fetch(operation)).text());
    if (now.state !== 'running') ended = now;
  }
  const seconds = (performance.now() - from) / 1_000;
  if (ended.state !== 'done' || ended.result.findings !== findings) throw new Error(`The backtest ended with ${JSON.stringify(ended)}`);
  const sorted = took.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return {
    findings,
    rules: RULES,
    seconds,
    moved: ended.result.effects.moves.findings,
    asked: took.length,
    medianMs: at(0.5),
    p99Ms: at(0.99),
    longestMs: at(1),
    longestAtRestMs: Math.max(...idle),
  };
}

/** @returns the response times, ms */
async function askLivez(api: string, times: number): Promise<readonly number[]> {
  const took: number[] = [];
  for (let asked = 0; asked < times; asked += 1) {
    const from = performance.now();
    await (await fetch(`${api}/livez`)).text();
    took.push(performance.now() - from);
    await sleep(ASK_EVERY_MS);
  }
  return took;
}

/** The fields of the result that are read here. */
interface BacktestResult {
  readonly findings: number;
  readonly effects: { readonly moves: { readonly findings: number } };
}

/** One rule for each of `RULES - 1` accounts, and a last rule that sends the rest to the project. */
function rulesOf(project: string): object {
  const accounts = range(RULES - 1).map((n) => ({
    id: `account-${n}`,
    match: { detail: { accountId: [account(n)], isPublic: [true, false] } },
    action: 'issue',
    issue: { project: 'DATA', issueType: 'Task', labels: ['security'] },
  }));
  const rest = { id: 'rest', match: { source: ['aws.access-analyzer'] }, action: 'issue', issue: { project, issueType: 'Task' } };
  return { version: 1, rules: [...accounts, rest] };
}

function account(n: number): string {
  return String(100_000_000_000 + n);
}

async function fill(dataDir: string, findings: number): Promise<void> {
  const store = openEmbeddedStore(dataDir, { now: () => Date.now(), monotonic: () => performance.now() });
  const from = Date.parse('2026-03-01T10:06:00Z');
  await keepFindings(
    store,
    range(findings).map((n) =>
      findingRecord(
        { detail: { id: `finding-${n}`, resource: `arn:aws:s3:::bucket-${n}`, accountId: account(n % (2 * RULES)) } },
        {
          group: `f-${n}`,
          firstSeenAt: from + n,
          mapping: {
            state: 'open',
            because: 'already-open',
            projectKey: 'SEC',
            issue: { id: String(n), key: `SEC-${n}`, status: null },
            error: null,
          },
        },
      ),
    ),
  );
  await store.close();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No free port');
  return address.port;
}

async function end(service: ChildProcess): Promise<void> {
  const exited = once(service, 'exit');
  service.kill('SIGTERM');
  await exited;
}

async function waitFor(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!(await condition().catch(() => false))) {
    if (performance.now() > deadline) throw new Error(`Timed out waiting for ${what}`);
    await sleep(100);
  }
}
