import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { JiraSimulator } from '../../../src/sandbox/jira-simulator.ts';
import type { SqsEmulator } from '../../../src/sandbox/sqs/sqs-emulator.ts';
import { COMPILE_CACHE } from './compile-cache.ts';
import { addressIn } from './service-address.ts';
import { until } from '../until.ts';
import { sandboxEnv } from './sandbox-env.ts';

/** The service as a separate process, started as by `npm start` and configured by the environment alone. */
export interface ServiceProcess {
  /** Base URL of the admin API. */
  readonly url: string;
  /** All output on stdout and stderr. */
  output(): string;
  /** SIGCONT, after a SIGSTOP. */
  goOn(): void;
  /** Resolves with the exit code; null after a signal. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
  /** Null while it runs. */
  exitCode(): number | null;
  json(path: string): Promise<Record<string, unknown>>;
}

const MAIN = join(import.meta.dirname, '../../../src/main.ts');
const HURRIED = join(import.meta.dirname, 'chaos-service.ts');

/** Shortens the waits that exist for a slow Jira and for people (see chaos-service.ts), for tests on Redis. */
export function hurried(indexLagMs: number): Record<string, string> {
  return { CHAOS_INDEX_LAG_MS: String(indexLagMs), CHAOS_SENDING_SLACK_MS: '3000', CHAOS_COOLDOWN_MS: '500' };
}

/** One rule: everything to SEC. */
const ONE_RULE =
  'version: 1\nrules:\n  - id: everything\n    match: { source: ["aws.access-analyzer"] }\n    action: issue\n    issue: { project: SEC, issueType: Task }\n';

/** A temporary folder, removed when the test ends. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'f2j-e2e-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The environment of a service on this queue and this Jira; a test adds the store. */
export function environmentFor(sqs: SqsEmulator, jira: JiraSimulator): Record<string, string> {
  const rulesFile = join(testFolder(), 'rules.yaml');
  writeFileSync(rulesFile, ONE_RULE);
  return {
    ...sandboxEnv({ sqs, aws: null, jira }),
    AWS_REGION: 'eu-central-1',
    JIRA_REQUESTS_PER_SECOND: '200',
    RULES_FILE: rulesFile,
  };
}

/** Starts it without waiting for anything: `src/main.ts`, or chaos-service.ts for an environment from `hurried`. */
function spawnService(env: Readonly<Record<string, string>>, uid?: number): { child: ChildProcess; output: () => string } {
  const entry = 'CHAOS_INDEX_LAG_MS' in env ? HURRIED : MAIN;
  const child = spawn(process.execPath, [entry], {
    env: { PATH: process.env['PATH'] ?? '', ...COMPILE_CACHE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid }),
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (output += String(chunk)));
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, output: () => output };
}

/** Starts it and waits until it is ready. */
export async function startService(env: Readonly<Record<string, string>>): Promise<ServiceProcess> {
  // A port that is free now may be taken by another test before the service listens.
  const { child, output } = spawnService({ ...env, HTTP_PORT: '0' });
  const running = async (isSo: () => Promise<boolean>): Promise<boolean> => {
    if (child.exitCode !== null) throw new Error(`The service ended with ${child.exitCode}: ${output()}`);
    return isSo();
  };
  let url = '';
  await until(() => running(async () => (url = addressIn(output()) ?? '') !== ''), 'the service listens', 60_000);
  await until(() => running(async () => (await fetch(`${url}/readyz`).catch(() => null))?.status === 200), 'the service is ready', 60_000);
  return {
    url,
    output,
    goOn: () => void child.kill('SIGCONT'),
    async end(signal) {
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
      return child.exitCode;
    },
    exitCode: () => child.exitCode,
    json: async (path) => JSON.parse(await (await fetch(`${url}${path}`)).text()),
  };
}

/** Runs it to its end. @param uid another user than ours, for whom the environment's files must be readable */
export async function runToEnd(env: Readonly<Record<string, string>>, uid?: number): Promise<{ exitCode: number | null; output: string }> {
  const { child, output } = spawnService(env, uid);
  await once(child, 'close');
  return { exitCode: child.exitCode, output: output() };
}
