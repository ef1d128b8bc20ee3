import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../until.ts';
import { findProgram } from '../find-program.ts';

/** Time limit for a start: the kept data must be read first. */
const START_MS = 30_000;

/** A real redis-server of one suite, on a free port and with a folder of its own. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Ends it in order; it may be started again with `restart`. */
  stop(): Promise<void>;
  kill9(): Promise<void>;
  /** Starts it again on the same port and the same folder; ends it first when it runs. */
  restart(): Promise<void>;
  /** SIGSTOP: connections stay open and nothing answers. */
  pauseProcess(): void;
  continueProcess(): void;
  flushAll(): Promise<void>;
  /** Keeps a copy of the current data. */
  saveDump(): Promise<void>;
  /** Dies, and starts again with the copy that was kept. Not with `appendonly`, whose file would win. */
  restoreDump(): Promise<void>;
  /** CONFIG SET. */
  configure(setting: string, value: string): Promise<void>;
  /** REPLICAOF. @param master a host and a port, or `no one` */
  follow(master: string): Promise<void>;
  /** Ends it and removes its folder. */
  remove(): Promise<void>;
}

/** Where redis-server is: `REDIS_SERVER`, else the first on the PATH; null: nowhere. */
export function redisServerPath(): string | null {
  return findProgram('REDIS_SERVER', 'redis-server');
}

/** @param options.appendonly keep what is written over a restart (default: keep nothing) @param options.cluster in Cluster mode, alone */
export async function startRedis(options: { appendonly?: boolean; cluster?: boolean } = {}): Promise<RedisServer> {
  const path = redisServerPath();
  if (path === null) throw new Error('No redis-server: set REDIS_SERVER or put it on the PATH');
  const folder = mkdtempSync(join(tmpdir(), 'f2j-redis-'));
  const port = await freePort();
  let running: ChildProcess | null = null;
  const killAtExit = (): void => void running?.kill('SIGKILL');
  process.once('exit', killAtExit);

  async function start(): Promise<void> {
    const keep = options.appendonly ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no'];
    const mode = options.cluster ? ['--cluster-enabled', 'yes'] : [];
    const child = spawn(path ?? '', ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', folder, ...keep, ...mode], {
      stdio: 'ignore',
    });
    running = child;
    child.once('exit', () => {
      if (running === child) running = null;
    });
    await until(
      async () => {
        if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode} on port ${port}`);
        return (await command(port, 'PING')).startsWith('+PONG');
      },
      `redis-server answers on port ${port}`,
      START_MS,
    );
  }

  async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = running;
    if (child === null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    child.kill('SIGCONT');
    await exited;
  }

  async function expectOk(line: string): Promise<void> {
    const answer = await command(port, line);
    if (!answer.startsWith('+OK')) throw new Error(`${line} was answered with ${answer}`);
  }

  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    stop: () => end('SIGTERM'),
    kill9: () => end('SIGKILL'),
    async restart() {
      await end('SIGTERM');
      await start();
    },
    pauseProcess: () => void running?.kill('SIGSTOP'),
    continueProcess: () => void running?.kill('SIGCONT'),
    flushAll: () => expectOk('FLUSHALL'),
    async saveDump() {
      await expectOk('SAVE');
      copyFileSync(join(folder, 'dump.rdb'), join(folder, 'kept.rdb'));
    },
    async restoreDump() {
      await end('SIGKILL');
      copyFileSync(join(folder, 'kept.rdb'), join(folder, 'dump.rdb'));
      await start();
    },
    configure: (setting, value) => expectOk(`CONFIG SET ${setting} ${value}`),
    follow: (master) => expectOk(`REPLICAOF ${master}`),
    async remove() {
      await end('SIGKILL');
      process.removeListener('exit', killAtExit);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Below those that the system gives to outgoing connections: while Redis is down, such a connection could take its port, and a client that
 * tries again and again could even be connected to itself.
 */
const PORTS = { from: 15_000, to: 32_000 };
const PORT_TRIES = 50;

async function freePort(): Promise<number> {
  for (let tries = 0; tries < PORT_TRIES; tries += 1) {
    const port = randomInt(PORTS.from, PORTS.to);
    const server = createServer().listen(port, '127.0.0.1');
    const free = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    server.close();
    if (free) return port;
  }
  throw new Error('No free port');
}

/** One command over a connection of its own. @returns the first bytes of the answer; empty when there is no server */
async function command(port: number, line: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  try {
    socket.write(`${line}\r\n`);
    const [data] = await once(socket, 'data');
    return String(data);
  } catch {
    return '';
  } finally {
    socket.destroy();
  }
}
