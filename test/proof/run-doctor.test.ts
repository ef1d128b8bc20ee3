import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runDoctor, type DoctorWorld } from '../../src/proof/run-doctor.ts';
import { startJiraSimulator, type JiraSimulator } from '../../src/sandbox/jira-simulator.ts';
import { startSqsEmulator } from '../../src/sandbox/sqs/sqs-emulator.ts';
import { externalEvent } from '../support/findings/finding-events.ts';
import { openAnalyzer, useEnvironment } from '../support/servers/access-analyzer.ts';
import { COMPILE_CACHE } from '../support/service/compile-cache.ts';
import { until } from '../support/until.ts';

async function openJira(): Promise<JiraSimulator> {
  const jira = await startJiraSimulator({ projects: [{ key: 'SEC', workflow: 'strict' }] });
  onTestFinished(() => jira.close());
  return jira;
}

function environment(jira: JiraSimulator): Record<string, string> {
  return {
    SQS_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/111122223333/findings',
    AWS_REGION: 'eu-central-1',
    JIRA_BASE_URL: jira.url,
    JIRA_EMAIL: jira.credentials.email,
    JIRA_API_TOKEN: jira.credentials.apiToken,
    JIRA_REQUESTS_PER_SECOND: '1000',
  };
}

interface Ran {
  readonly code: 0 | 1;
  readonly out: string;
  readonly lines: readonly string[];
}

/** @param typed what the person at the terminal types; null: there is no terminal */
async function run(
  jira: JiraSimulator,
  argv: readonly string[],
  typed: string | null = null,
  more: Partial<DoctorWorld> = {},
): Promise<Ran> {
  let out = '';
  const lines: string[] = [];
  const code = await runDoctor(argv, {
    env: environment(jira),
    readFile: () => '',
    out: (text) => (out += text),
    say: (line) => void lines.push(line),
    ask: typed === null ? null : () => Promise.resolve(typed),
    signal: new AbortController().signal,
    sleep: (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }),
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    random: () => 0.5,
    run: 'run-1',
    version: '9.9.9',
    bounds: { graceMs: 30_000, readMs: 30_000, everyMs: 20 },
    ...more,
  });
  return { code, out, lines };
}

describe('npm run doctor -- --live', () => {
  test('asks for the key, prints a table and a summary, and ends with 0', async () => {
    const jira = await openJira();
    const { code, out, lines } = await run(jira, ['--live', 'SEC'], 'SEC\n');
    expect(out).toMatch(
      /^findings-to-jira 9\.9\.9, npm run doctor, \d{4}-\d\d-\d\d\n\n\| Assumption \| Assumed \| Observed \| Verdict \|\n/,
    );
    expect(out).toMatch(/\| create-answer \| [^|]+ \| 201 with id and key \| as assumed \|/);
    expect(out).toMatch(/Jira: as assumed \(\d+ as assumed, 0 different, 8 not observed\); test issue SEC-1\.\n$/);
    expect([code, lines.filter((line) => !line.startsWith('Waiting'))]).toEqual([0, ['Created SEC-1', 'Closed SEC-1']]);
  });

  test('--json has the same for programs; a difference ends with 1', async () => {
    const jira = await openJira();
    jira.faults.breaks = ['stale-transition'];
    const { code, out } = await run(jira, ['--live', 'SEC', '--yes', '--json']);
    const report = JSON.parse(out);
    expect([code, report.ok, report.proofs[0].issueKey]).toEqual([1, false, 'SEC-1']);
    const different = report.proofs[0].observations.filter(({ verdict }: { verdict: string }) => verdict === 'different');
    expect(different).toEqual([
      {
        assumption: 'stale-transition',
        assumed: expect.any(String),
        observed: 'answered 204; the issue is still closed',
        verdict: 'different',
      },
    ]);
  });

  test('names no host, no account, no person and no secret in the report', async () => {
    const jira = await openJira();
    jira.faults.breaks = ['creator-ours', 'history-author', 'transition-list'];
    const { out } = await run(jira, ['--live', 'SEC', '--yes']);
    const { email, apiToken, accountId } = jira.credentials;
    expect(out).toContain('could not be closed');
    expect([new URL(jira.url).host, email, apiToken, accountId, '712020:', '@'].filter((secret) => out.includes(secret))).toEqual([]);
  });

  test.each([
    ['declined', ['--live', 'SEC'], 'sec', 'Not confirmed. Nothing was sent'],
    ['no terminal', ['--live', 'SEC'], null, '--live creates an issue: without a terminal, confirm it with --yes. Nothing was sent'],
    ['a key that is none', ['--live', 'SEC-1/../..', '--yes'], null, '--live: expected the key of a project, such as SEC'],
    [
      'fields that are none',
      ['--live', 'SEC', '--yes', '--fields', '[]'],
      null,
      '--fields: expected a JSON object, such as {"Cost centre": "4711"}',
    ],
    [
      'a time that is none',
      ['--live', 'SEC', '--yes', '--search-seconds', 'soon'],
      null,
      '--search-seconds: expected a whole number from 1 to 3600',
    ],
    ['nothing to check', ['--yes'], null, 'nothing to check: npm run doctor -- '],
    ['an unknown option', ['--live', 'SEC', '--force'], null, "'--force'"],
  ] as const)('%s: nothing is sent, and a line says why', async (_what, argv, typed, line) => {
    const jira = await openJira();
    const { code, out, lines } = await run(jira, argv, typed);
    expect([code, out, lines]).toEqual([1, '', [expect.stringContaining(line)]]);
    expect(jira.history()).toEqual([]);
  });

  test('a setting that is missing is named', async () => {
    const jira = await openJira();
    const { code, lines } = await run(jira, ['--live', 'SEC', '--yes'], null, { env: {} });
    expect([code, lines[0]]).toEqual([1, expect.stringContaining('JIRA_BASE_URL: not set')]);
  });
});

describe('npm run doctor -- --aws', () => {
  test('is configured by the environment of the service, needs no confirmation, and sends nothing to Jira', async () => {
    const [jira, analyzer, sqs] = await Promise.all([openJira(), openAnalyzer(), startSqsEmulator()]);
    onTestFinished(() => sqs.close());
    analyzer.follow(externalEvent());
    useEnvironment({
      AWS_ENDPOINT_URL_SQS: sqs.endpoint,
      AWS_ENDPOINT_URL_ACCESSANALYZER: analyzer.url,
      AWS_REGION: 'us-west-2',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    });
    const { code, out, lines } = await run(jira, ['--aws'], null, { env: { ...environment(jira), SQS_QUEUE_URL: sqs.queueUrl } });
    expect(out).toMatch(/\nAWS: as assumed \(7 as assumed, 0 different, 3 not observed\)\.\n$/);
    expect(/\d{12}|arn:|127\.0\.0\.1/.exec(out)).toBeNull();
    expect([code, lines, jira.history()]).toEqual([0, [], []]);
  });
});

describe('the process', () => {
  const MAIN = join(import.meta.dirname, '../../src/proof/main.ts');

  function start(jira: JiraSimulator): { readonly child: ChildProcess; readonly text: () => string } {
    const child = spawn(process.execPath, [MAIN, '--live', 'SEC', '--yes'], {
      env: { PATH: process.env['PATH'] ?? '', ...COMPILE_CACHE, ...environment(jira) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let text = '';
    child.stdout.on('data', (chunk) => (text += String(chunk)));
    child.stderr.on('data', (chunk) => (text += String(chunk)));
    return { child, text: () => text };
  }

  test('killed while search is awaited, it leaves an issue open; the next run closes that one, and Ctrl-C its own', async () => {
    const jira = await openJira();
    jira.faults.indexLagMs = 600_000;
    const killed = start(jira);
    await until(() => killed.text().includes('Created SEC-1'), 'the issue is created', 30_000);
    killed.child.kill('SIGKILL');
    await once(killed.child, 'close');
    expect(jira.issues().map(({ status }) => status)).toEqual(['Open']);

    // Now the index knows that issue. The last search never finds anything, so that Ctrl-C comes before the checks are over.
    jira.faults.indexLagMs = 0;
    jira.faults.breaks = ['creator-search'];
    const interrupted = start(jira);
    await until(() => interrupted.text().includes('Created SEC-2'), 'the second one is created', 30_000);
    interrupted.child.kill('SIGINT');
    // npm passes on what the terminal has sent already.
    interrupted.child.kill('SIGINT');
    const [code] = await once(interrupted.child, 'close');
    expect(interrupted.text()).toContain('SEC-1, which an earlier run has left open, is closed now');
    expect(interrupted.text()).toContain('ended early: interrupted');
    expect([code, jira.issues().map(({ status }) => status)]).toEqual([1, ['Closed', 'Closed']]);
  });
});
