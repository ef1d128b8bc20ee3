import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '../../src/pipeline/ports/store.ts';
import { startJiraSimulator, type JiraSimulator } from '../../src/sandbox/jira-simulator.ts';
import { startSqsEmulator, type SqsEmulator } from '../../src/sandbox/sqs/sqs-emulator.ts';
import { openBenchStore, type BenchStore, type StoreKind } from './bench-store.ts';
import { sandboxEnv } from '../../test/support/service/sandbox-env.ts';

/** The service as a separate process, with a store, SQS and Jira of its own. */
export interface BenchService {
  readonly api: string;
  readonly pid: number;
  readonly sqs: SqsEmulator;
  readonly jira: JiraSimulator;
  readonly store: BenchStore;
  /** From the start of the process to its first answer that it is ready, ms. */
  readonly readyMs: number;
  /** The processor time that it took until then, ms: a busy machine does not change it as much. Null: not known on this system. */
  readonly cpuMs: number | null;
  /** Kills the process, and starts another one on the same store. @returns its `readyMs` */
  restartKilled(): Promise<number>;
  stop(): Promise<void>;
}

const MAIN = join(import.meta.dirname, '../../src/main.ts');
/** It and its flag, as `npm start` runs it. */
export const SERVICE = ['--max-semi-space-size=4', MAIN];
/** That of `npm start`. */
const COMPILE_CACHE = join(import.meta.dirname, '../../node_modules/.cache/compiled');
const DEADLINE_MS = 1_800_000;

/** Starts the service. @param seed puts documents into its store first @param env further variables */
export async function startBenchService(options: {
  readonly rules: object;
  /** Embedded by default. */
  readonly store?: StoreKind;
  readonly seed?: (store: Store) => Promise<void>;
  readonly env?: Readonly<Record<string, string>>;
}): Promise<BenchService> {
  const folder = await mkdtemp(join(tmpdir(), 'f2j-bench-'));
  const store = await openBenchStore(options.store ?? 'embedded', folder);
  if (options.seed !== undefined) await store.fill(options.seed);
  const [sqs, jira, port] = await Promise.all([startSqsEmulator(), startJiraSimulator(), freePort()]);
  const rulesFile = join(folder, 'rules.json');
  await writeFile(rulesFile, JSON.stringify(options.rules));
  const env = { ...benchEnvironment(sqs, jira, rulesFile), ...store.env, HTTP_PORT: String(port), ...options.env };
  const api = `http://127.0.0.1:${port}`;
  let running: Running | null = null;
  const stop = async (): Promise<void> => {
    await running?.end('SIGTERM');
    await Promise.all([sqs.close(), jira.close(), store.remove()]);
    await rm(folder, { recursive: true, force: true });
  };
  const restartKilled = async (): Promise<number> => {
    await running?.end('SIGKILL');
    running = await run(api, env);
    return running.readyMs;
  };
  try {
    running = await run(api, env);
    return { api, pid: running.pid, sqs, jira, store, readyMs: running.readyMs, cpuMs: cpuMs(running.pid), restartKilled, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Running {
  readonly pid: number;
  readonly readyMs: number;
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** Starts the process, and waits until it is ready. */
async function run(api: string, env: Readonly<Record<string, string>>): Promise<Running> {
  const startedAt = performance.now();
  const service = spawn(process.execPath, SERVICE, { stdio: ['ignore', 'ignore', 'inherit'], env });
  const exited = once(service, 'exit');
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    service.kill(signal);
    await exited;
  };
  try {
    await Promise.race([waitFor('the service to be ready', async () => (await fetch(`${api}/readyz`)).ok), exited]);
    if (service.exitCode !== null) throw new Error(`The service ended with exit code ${service.exitCode}`);
  } catch (error) {
    await end('SIGKILL');
    throw error;
  }
  return { pid: service.pid ?? 0, readyMs: performance.now() - startedAt, end };
}

/** The environment of a service on this queue and this Jira, without store and port. */
export function benchEnvironment(sqs: SqsEmulator, jira: JiraSimulator, rulesFile: string): Readonly<Record<string, string>> {
  return {
    PATH: process.env['PATH'] ?? '',
    NODE_COMPILE_CACHE: COMPILE_CACHE,
    ...sandboxEnv({ sqs, aws: null, jira }),
    AWS_REGION: 'eu-central-1',
    RULES_FILE: rulesFile,
    LOG_LEVEL: 'error',
  };
}

/** Resolves when the service creates issues: a new store is compared with Jira first. */
export function untilTrusted({ api }: Pick<BenchService, 'api'>): Promise<void> {
  return waitFor('the store to be trusted', async () => (await (await fetch(`${api}/api/v1/status`)).text()).includes('"trusted":true'));
}

/** Asks `/livez` again and again, for as long as a condition holds. @returns the response times, ms */
export async function askLivez(api: string, whether: (asked: number) => boolean): Promise<readonly number[]> {
  const took: number[] = [];
  while (whether(took.length)) {
    const from = performance.now();
    await (await fetch(`${api}/livez`)).text();
    took.push(performance.now() - from);
    await sleep(ASK_EVERY_MS);
  }
  return took;
}

const ASK_EVERY_MS = 10;

/** The memory that a process holds, MB; null where the system does not say. */
export function memoryMb(pid: number): number | null {
  try {
    const kb = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kb === undefined ? null : Number(kb) / 1_000;
  } catch {
    return null;
  }
}

/** The processor time of a process so far, ms; null where the system does not say. Linux counts it in hundredths of a second. */
export function cpuMs(pid: number): number | null {
  try {
    // The name of the program, in parentheses, may hold spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return null;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No free port');
  return address.port;
}

export async function waitFor(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!(await condition().catch(() => false))) {
    if (performance.now() > deadline) throw new Error(`Timed out waiting for ${what}`);
    await sleep(ASK_EVERY_MS);
  }
}
