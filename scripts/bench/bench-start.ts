import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { redisServerPath, startRedis } from '../../test/support/servers/redis-server.ts';
import { cpuMs, freePort, memoryMb, startBenchService, waitFor } from './bench-service.ts';

/** How long a start takes and what the process holds at rest, beside the least that Node.js and Fastify need. */
export interface StartRow {
  readonly what: string;
  readonly runs: number;
  /** From the start of the process to the first answer that it is ready, ms; the median of all runs. */
  readonly readyMs: number;
  /** The processor time until then, ms, which a busy machine does not change as much; the median of all runs. Null: not known on this system. */
  readonly cpuMs: number | null;
  /** The memory that the process holds after `REST_MS`, MB; the median of all runs. Null: not known on this system. */
  readonly restMb: number | null;
}

type Run = Pick<StartRow, 'readyMs' | 'cpuMs' | 'restMb'>;

/** Long enough for what runs once after a start, such as the warnings about queues. */
const REST_MS = 5_000;
const ROOT = join(import.meta.dirname, '..');
const RULES = {
  version: 1,
  rules: [{ id: 'rest', match: { source: ['aws.access-analyzer'] }, action: 'issue', issue: { project: 'SEC', issueType: 'Task' } }],
};
const BARE_NODE = `process.stdout.write('ready'); setInterval(() => {}, 60_000);`;
const BARE_FASTIFY = `const app = require('fastify')(); app.get('/readyz', async () => 'ready'); app.listen({ port: Number(process.env.HTTP_PORT) });`;

/** Starts each in turn, so that a busy moment of the machine hits all alike. The first round, which fills the compile cache, does not count. */
export async function benchStart(runs: number): Promise<readonly StartRow[]> {
  const cache = mkdtempSync(join(tmpdir(), 'f2j-compile-cache-'));
  const redis = redisServerPath() === null ? null : await startRedis();
  const subjects: Readonly<Record<string, () => Promise<Run>>> = {
    'bare node': bareNode,
    'bare fastify': bareFastify,
    'service, embedded': () => service({ NODE_COMPILE_CACHE: cache }),
    'service, embedded, nothing compiled': () => service({ NODE_DISABLE_COMPILE_CACHE: '1' }),
    ...(redis === null ? {} : { 'service, Redis': () => service({ NODE_COMPILE_CACHE: cache, REDIS_URL: redis.url }) }),
  };
  const measured = new Map<string, Run[]>(Object.keys(subjects).map((what) => [what, []]));
  try {
    for (let round = 0; round <= runs; round += 1) {
      for (const [what, start] of Object.entries(subjects)) {
        const run = await start();
        if (round > 0) measured.get(what)?.push(run);
      }
    }
  } finally {
    await redis?.remove();
    rmSync(cache, { recursive: true, force: true });
  }
  return [...measured].map(([what, all]) => ({
    what,
    runs,
    readyMs: median(all.map(({ readyMs }) => readyMs)) ?? 0,
    cpuMs: median(all.flatMap((run) => run.cpuMs ?? [])),
    restMb: median(all.flatMap(({ restMb }) => restMb ?? [])),
  }));
}

async function service(env: Readonly<Record<string, string>>): Promise<Run> {
  const started = await startBenchService({ rules: RULES, env });
  try {
    await sleep(REST_MS);
    return { readyMs: started.readyMs, cpuMs: started.cpuMs, restMb: memoryMb(started.pid) };
  } finally {
    await started.stop();
  }
}

/** It is ready when its program runs. */
async function bareNode(): Promise<Run> {
  return bare(BARE_NODE, 0, (child) => once(child.stdout, 'data'));
}

async function bareFastify(): Promise<Run> {
  const port = await freePort();
  const answers = async (): Promise<boolean> => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok;
  return bare(BARE_FASTIFY, port, () => waitFor('a bare Fastify to answer', answers));
}

async function bare(
  program: string,
  port: number,
  ready: (child: ChildProcessByStdio<null, Readable, null>) => Promise<unknown>,
): Promise<Run> {
  const from = performance.now();
  const env = { ...process.env, HTTP_PORT: String(port) };
  const child = spawn(process.execPath, ['-e', program], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'], env });
  await ready(child);
  const pid = child.pid ?? 0;
  const started = { readyMs: performance.now() - from, cpuMs: cpuMs(pid) };
  await sleep(REST_MS);
  const restMb = memoryMb(pid);
  child.kill('SIGKILL');
  return { ...started, restMb };
}

function median(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
}
