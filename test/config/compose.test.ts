import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { AWS_SDK_VARIABLES, ENVIRONMENT_VARIABLES } from '../../src/config/environment-variables.ts';
import { readEnvironment } from '../../src/config/environment.ts';

const root = join(import.meta.dirname, '../..');
const text = (file: string): string => readFileSync(join(root, file), 'utf8');

const Service = Type.Object({
  image: Type.String(),
  build: Type.Optional(Type.String()),
  command: Type.Optional(Type.Array(Type.String())),
  environment: Type.Optional(Type.Record(Type.String(), Type.String())),
  ports: Type.Optional(Type.Array(Type.String())),
  depends_on: Type.Optional(Type.Record(Type.String(), Type.Object({ condition: Type.String() }))),
  healthcheck: Type.Optional(Type.Object({ test: Type.Array(Type.String()) })),
  read_only: Type.Optional(Type.Boolean()),
  tmpfs: Type.Optional(Type.Array(Type.String())),
  cap_drop: Type.Optional(Type.Array(Type.String())),
  security_opt: Type.Optional(Type.Array(Type.String())),
  init: Type.Optional(Type.Boolean()),
  stop_grace_period: Type.Optional(Type.String()),
  volumes: Type.Optional(Type.Array(Type.String())),
  restart: Type.Optional(Type.String()),
});
const Compose = Type.Object({ services: Type.Object({ redis: Service, sandbox: Service, service: Service }) });

describe('the compose file', () => {
  const { services } = Value.Parse(Compose, parse(text('docker-compose.yml')));
  const { redis, sandbox, service } = services;

  test('configures a service that starts', () => {
    const read = readEnvironment(service.environment ?? {}, () => '');
    expect(read).toMatchObject({ ok: true, warnings: [], settings: { store: { kind: 'redis' }, http: { host: '0.0.0.0', port: 8080 } } });
  });

  test('names only variables that are read', () => {
    const known = [...ENVIRONMENT_VARIABLES, ...AWS_SDK_VARIABLES].map(({ name }) => name);
    expect(Object.keys(service.environment ?? {}).filter((name) => !known.includes(name))).toEqual([]);
    const sources = readdirSync(join(root, 'src/sandbox'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => text(`src/sandbox/${file}`));
    const names = Object.keys(sandbox.environment ?? {});
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !sources.some((source) => source.includes(name)))).toEqual([]);
  });

  test('guards the store', () => {
    expect(service.environment).toMatchObject({ STORE: 'redis', REDIS_URL: 'redis://redis:6379' });
  });

  test('publishes on the loopback address only', () => {
    const ports = Object.values(services).flatMap((each) => each.ports ?? []);
    expect(service.ports).toEqual(['127.0.0.1:8080:8080']);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
    expect(redis.ports).toBeUndefined();
  });

  test.each([
    ['service', service],
    ['sandbox', sandbox],
  ])('gives the %s no right that it does not need', (_name, hardened) => {
    expect(hardened).toMatchObject({
      read_only: true,
      tmpfs: ['/tmp'],
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      init: true,
    });
  });

  test('leaves the service time to end its work, and starts it last', () => {
    expect(service.stop_grace_period).toBe('30s');
    expect(service.depends_on).toEqual({ redis: { condition: 'service_healthy' }, sandbox: { condition: 'service_healthy' } });
    expect(redis.healthcheck?.test).toContain('ping');
    expect(sandbox.healthcheck?.test).toContain('node');
  });

  test('lets Redis lose nothing', () => {
    expect(redis.image).toBe('redis:7');
    expect(redis.command?.join(' ')).toBe('redis-server --appendonly yes --appendfsync everysec --maxmemory-policy noeviction');
    expect(redis.volumes).toEqual(['redis-data:/data']);
  });
});

describe('the image', () => {
  const lines = text('Dockerfile')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const final = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
  const argumentsOf = (instruction: string): readonly string[] =>
    final.filter((line) => line.startsWith(`${instruction} `)).map((line) => line.slice(instruction.length).trim());

  test('is built in stages, from one base', () => {
    expect(lines.filter((line) => line.startsWith('FROM '))).toEqual([
      'FROM node:24-bookworm-slim AS dependencies',
      'FROM node:24-bookworm-slim',
    ]);
  });

  test('installs the dependencies of the service, by the lockfile and without scripts', () => {
    const installs = lines.filter((line) => line.includes('npm '));
    expect(installs).toEqual([expect.stringContaining('npm ci --omit=dev --omit=optional --ignore-scripts')]);
  });

  test('runs as an unprivileged user, and stops by a signal that reaches it', () => {
    expect(argumentsOf('USER')).toEqual(['1000:1000']);
    expect(argumentsOf('CMD')).toEqual(['["node", "src/main.ts"]']);
    expect(argumentsOf('ENTRYPOINT')).toEqual([]);
  });

  test('writes to one folder, by a variable that is read', () => {
    expect(argumentsOf('VOLUME')).toEqual(['/data']);
    expect(argumentsOf('ENV')).toContain('DATA_DIR=/data');
    expect(argumentsOf('RUN')).toContain('mkdir /data && chown node:node /data');
    const names = argumentsOf('ENV').map((setting) => setting.slice(0, setting.indexOf('=')));
    expect(names.filter((name) => name !== 'NODE_ENV' && !ENVIRONMENT_VARIABLES.some((known) => known.name === name))).toEqual([]);
  });

  test('has the command line under its name, and does nothing else when it is built', () => {
    const program = packageJson.bin.f2j;
    expect(argumentsOf('RUN')).toEqual([`ln -s /app/${program} /usr/local/bin/f2j`, expect.stringMatching(/^mkdir \/data /)]);
    expect(statSync(join(root, program)).mode & 0o111).toBe(0o111);
    expect(text(program)).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  test('asks the service itself for its health', () => {
    const [check = ''] = argumentsOf('HEALTHCHECK');
    const command: unknown = JSON.parse(check.slice(check.indexOf('CMD ') + 'CMD '.length));
    expect(command).toEqual(['node', '-e', expect.stringContaining('/livez')]);
    expect(check).toContain('process.env.HTTP_PORT || 8080');
  });

  test('holds no file that only development needs', () => {
    const [first, ...allowed] = text('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(first).toBe('*');
    expect(allowed.filter((line) => line.startsWith('!')).map((line) => line.slice(1))).toEqual([
      'package.json',
      'package-lock.json',
      'LICENSE',
      'config',
      'src',
    ]);
    const copied = lines
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(' ').slice(1, -1));
    expect(copied.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });
});
