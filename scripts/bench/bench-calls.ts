import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createApp } from '../../src/app.ts';
import { readEnvironment } from '../../src/config/environment.ts';
import { parseRules } from '../../src/rules/parse-rules.ts';
import { startJiraSimulator, type JiraSimulator } from '../../src/sandbox/jira-simulator.ts';
import { startSqsEmulator } from '../../src/sandbox/sqs/sqs-emulator.ts';
import { GLOBAL_WORKFLOW, SIMPLE_WORKFLOW, STRICT_WORKFLOW, type Workflow } from '../../src/sandbox/jira/workflow.ts';

/** The calls to Jira per finding at one point of a finding's life, in all and by operation. */
export interface CallsRow {
  readonly workflow: keyof typeof WORKFLOWS;
  readonly what: string;
  readonly findings: number;
  readonly calls: number;
  readonly perFinding: number;
  readonly operations: Readonly<Record<string, number>>;
}

const DEADLINE_MS = 300_000;

/** The closing transition has a screen, so the comment is sent with it. */
const SCREENED: Workflow = {
  ...SIMPLE_WORKFLOW,
  transitions: SIMPLE_WORKFLOW.transitions.map((one) => (one.to === 'Done' ? { ...one, screen: { resolution: 'absent' } } : one)),
};

/** `strict` has three transitions from open to closed, and the last one requires a resolution. */
const WORKFLOWS = {
  'one screen': SCREENED,
  "Jira's default": GLOBAL_WORKFLOW,
  strict: STRICT_WORKFLOW,
} as const;

/** Opens, repeats and closes findings on the embedded store, and counts the calls in the history of the simulated Jira. */
export async function benchCalls(findings: number): Promise<readonly CallsRow[]> {
  const rows: CallsRow[] = [];
  for (const workflow of ['one screen', "Jira's default", 'strict'] as const) {
    for (const row of await callsWith(WORKFLOWS[workflow], findings)) rows.push({ workflow, ...row });
  }
  return rows;
}

async function callsWith(workflow: Workflow, findings: number): Promise<readonly Omit<CallsRow, 'workflow'>[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'f2j-bench-'));
  const jira = await startJiraSimulator({ projects: [{ key: 'SEC', workflow }] });
  const sqs = await startSqsEmulator();
  Object.assign(process.env, {
    AWS_REGION: 'eu-central-1',
    ANALYZER_ARNS: 'none',
    AWS_ENDPOINT_URL_SQS: sqs.endpoint,
    // A closed port: no call may reach AWS itself.
    AWS_ENDPOINT_URL_ACCESSANALYZER: 'http://127.0.0.1:1',
    AWS_ENDPOINT_URL_ORGANIZATIONS: 'http://127.0.0.1:1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
  });
  const environment = readEnvironment(
    {
      SQS_QUEUE_URL: sqs.queueUrl,
      JIRA_BASE_URL: jira.url,
      JIRA_EMAIL: jira.credentials.email,
      JIRA_API_TOKEN: jira.credentials.apiToken,
      JIRA_REQUESTS_PER_SECOND: '500',
      DATA_DIR: dataDir,
      HTTP_PORT: '0',
      LOG_LEVEL: 'warn',
    },
    () => '',
  );
  if (!environment.ok) throw new Error(environment.problems.join('\n'));
  const match = { source: ['aws.access-analyzer'] };
  const rules = parseRules({
    version: 1,
    limits: 'off',
    rules: [{ id: 'all', match, action: 'issue', issue: { project: 'SEC', issueType: 'Task' } }],
  });
  if (!rules.ok) throw new Error('The rules of the benchmark are invalid');
  const app = await createApp(environment.settings, rules.rules, 'bench');
  await app.start();

  const rows: Omit<CallsRow, 'workflow'>[] = [];
  const send = async (status: string, day: number): Promise<void> => {
    for (let n = 0; n < findings; n += 1) await sqs.send(JSON.stringify(event(n, status, day)));
  };
  const drained = async (): Promise<boolean> => Object.values(await sqs.depth()).every((count) => count === 0);
  const measure = async (what: string, of: number, act: () => Promise<void>, done: () => boolean | Promise<boolean>): Promise<void> => {
    const before = jira.history().length;
    await act();
    await waitFor(what, async () => (await drained()) && (await done()));
    rows.push(rowOf(what, of, jira.history().slice(before)));
  };
  try {
    await waitFor('the store to be trusted', async () =>
      (await (await fetch(`${app.address}/api/v1/status`)).text()).includes('"trusted":true'),
    );
    await measure(
      'first finding of its project and type',
      1,
      () => sqs.send(JSON.stringify(event(findings, 'ACTIVE', 1))),
      () => jira.issues().length === 1,
    );
    await measure(
      'new finding',
      findings,
      () => send('ACTIVE', 1),
      () => jira.issues().length === findings + 1,
    );
    await measure(
      'same event again',
      findings,
      () => send('ACTIVE', 1),
      () => true,
    );
    await measure(
      'closed',
      findings,
      () => send('RESOLVED', 2),
      () => closed(jira) === findings,
    );
  } finally {
    await app.stop();
    await Promise.all([sqs.close(), jira.close()]);
    rmSync(dataDir, { recursive: true, force: true });
  }
  return rows;
}

function closed(jira: JiraSimulator): number {
  return jira.issues().filter(({ status }) => status === 'Done' || status === 'Closed').length;
}

function rowOf(what: string, findings: number, history: ReturnType<JiraSimulator['history']>): Omit<CallsRow, 'workflow'> {
  const operations: Record<string, number> = {};
  for (const { operation } of history) operations[operation] = (operations[operation] ?? 0) + 1;
  return { what, findings, calls: history.length, perFinding: history.length / findings, operations };
}

function event(n: number, status: string, day: number): object {
  const time = `2026-03-0${day}T10:00:00Z`;
  return {
    version: '0',
    id: `event-${n}-${day}`,
    'detail-type': 'Access Analyzer Finding',
    source: 'aws.access-analyzer',
    account: '111122223333',
    time,
    region: 'eu-central-1',
    resources: ['arn:aws:access-analyzer:eu-central-1:111122223333:analyzer/bench'],
    detail: {
      id: `finding-${n}`,
      status,
      resource: `arn:aws:s3:::bucket-${n}`,
      resourceType: 'AWS::S3::Bucket',
      accountId: '444455556666',
      region: 'eu-central-1',
      principal: { AWS: '*' },
      action: ['s3:GetObject'],
      condition: {},
      isPublic: true,
      isDeleted: false,
      createdAt: '2026-03-01T09:00:00Z',
      updatedAt: time,
    },
  };
}

async function waitFor(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Timed out waiting for: ${what}`);
    await sleep(100);
  }
}
