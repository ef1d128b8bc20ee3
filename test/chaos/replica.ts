import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { COMPILE_CACHE } from '../support/service/compile-cache.ts';
import type { Crash } from '../support/service/crash-points.ts';
import { addressIn } from '../support/service/service-address.ts';
import type { Absence } from './absence.ts';
import type { ProcessEnd } from './checker.ts';

/** One service process and all its lives: after each end it is started again, as an orchestrator would do. */
export interface Replica {
  readonly name: string;
  /** Of the current life; null while it is not ready. */
  address(): string | null;
  /** SIGKILL. @param crash where the next life is to die; null: nowhere */
  kill(crash: Crash | null): Promise<void>;
  /** SIGKILL, then `between`, then the next life. */
  killAnd(between: () => void): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** SIGTERM, and no next life. */
  stop(): Promise<void>;
  /** SIGKILL at once, and no next life. */
  abandon(): void;
  ends(): readonly ProcessEnd[];
  lives(): number;
  /** Of the current life; null: it has ended. */
  pid(): number | null;
  /** The crash points at which it died. */
  crashes(): readonly Crash[];
  /** Peak memory of a life as of its last `status`, MB; 0 where the system does not report it. */
  mostMemoryMb(): number;
  /** The output of all lives. */
  output(): string;
  /** The status page; null when it does not answer. */
  status(): Promise<Record<string, unknown> | null>;
}

export interface ReplicaOptions {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  /** The file to run. */
  readonly entry: string;
  /** A service can't be started while its store is away. */
  readonly absence: Pick<Absence, 'now' | 'wasAwaySince'>;
}

/** Peak memory of a process, MB. */
function residentMb(pid: number | undefined): number {
  try {
    return Math.round(Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024);
  } catch {
    return 0;
  }
}

/** The service with crash points and shortened waits. */
export const CHAOS_SERVICE = fileURLToPath(new URL('../support/service/chaos-service.ts', import.meta.url));
/** The service itself. */
export const SERVICE_MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const RESTART_MS = 300;
const STATUS_MS = 3_000;
/** A service that stops in order ends within this time. */
const STOP_MS = 40_000;

export function startReplica({ name, env, entry, absence }: ReplicaOptions): Replica {
  const ends: ProcessEnd[] = [];
  const crashes: Crash[] = [];
  let output = '';
  let lives = 0;
  let child: ChildProcess | null = null;
  let address: string | null = null;
  let armed: Crash | null = null;
  let told: 'SIGKILL' | 'SIGTERM' | null = null;
  let over = false;
  let held = false;
  let again: NodeJS.Timeout | null = null;
  let mostMemoryMb = 0;
  const atExit = (): void => void child?.kill('SIGKILL');
  process.once('exit', atExit);

  function start(): void {
    if (over || held) return;
    lives += 1;
    const crash = armed;
    const began = absence.now();
    const mine = spawn(process.execPath, [entry], {
      env: {
        PATH: process.env['PATH'] ?? '',
        ...COMPILE_CACHE,
        ...env,
        HTTP_PORT: '0',
        ...(crash === null ? {} : { CHAOS_KILL: `${crash.point}:${crash.nth}` }),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = mine;
    told = null;
    output += `--- ${new Date().toISOString()} life ${lives} of ${name}${crash === null ? '' : `, to die at ${crash.point}:${crash.nth}`}\n`;
    let beginning = '';
    const hear = (chunk: unknown): void => {
      output += String(chunk);
      if (child !== mine || address !== null) return;
      beginning += String(chunk);
      address = addressIn(beginning);
    };
    mine.stdout.on('data', hear);
    mine.stderr.on('data', hear);
    mine.once('exit', (code, signal) => {
      const neverReady = address === null;
      child = null;
      address = null;
      const how = signal ?? `exit code ${code}`;
      const crashed = told === null && crash !== null && signal === 'SIGKILL';
      if (crashed) {
        crashes.push(crash);
        armed = null;
      }
      const couldNotStart = neverReady && code === 1 && absence.wasAwaySince(began);
      const explained = crashed || couldNotStart || (told === 'SIGKILL' && signal === 'SIGKILL') || (told === 'SIGTERM' && code === 0);
      ends.push({ name: `${name}, life ${lives}`, how, explained });
      output += `--- ${new Date().toISOString()} ${how}\n`;
      again = setTimeout(start, RESTART_MS);
    });
  }

  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const running = child;
    if (running === null) return;
    const exited = once(running, 'exit');
    told = signal;
    running.kill(signal);
    running.kill('SIGCONT');
    await exited;
  }

  start();
  return {
    name,
    address: () => address,
    async kill(crash) {
      if (crash !== null) armed = crash;
      await end('SIGKILL');
    },
    async killAnd(between) {
      held = true;
      await end('SIGKILL');
      between();
      held = false;
      if (again !== null) clearTimeout(again);
      if (child === null) start();
    },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    async stop() {
      over = true;
      const late = setTimeout(() => {
        ends.push({ name, how: `still running ${STOP_MS / 1_000} s after SIGTERM`, explained: false });
        child?.kill('SIGKILL');
      }, STOP_MS);
      await end('SIGTERM');
      clearTimeout(late);
      process.removeListener('exit', atExit);
    },
    abandon() {
      over = true;
      told = 'SIGKILL';
      child?.kill('SIGKILL');
      process.removeListener('exit', atExit);
    },
    ends: () => ends,
    lives: () => lives,
    pid: () => child?.pid ?? null,
    crashes: () => crashes,
    mostMemoryMb: () => mostMemoryMb,
    output: () => output,
    async status() {
      if (address === null) return null;
      mostMemoryMb = Math.max(mostMemoryMb, residentMb(child?.pid));
      try {
        const response = await fetch(`${address}/api/v1/status`, { signal: AbortSignal.timeout(STATUS_MS) });
        return response.ok ? { ...Object(await response.json()) } : null;
      } catch {
        return null;
      }
    },
  };
}
