import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
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
  build: Type.Optional(
    Type.Object({ context: Type.String(), target: Type.String(), args: Type.Optional(Type.Record(Type.String(), Type.String())) }),
  ),
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
  networks: Type.Optional(Type.Array(Type.String())),
  restart: Type.Optional(Type.String()),
});
const Compose = Type.Object({
  services: Type.Object({ redis: Service, sandbox: Service, service: Service }),
  networks: Type.Object({ store: Type.Object({ internal: Type.Literal(true) }) }),
});

/** As Compose fills in a variable that is not set. */
function withDefaults(file: string): string {
  return file.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');
}

describe('the compose file', () => {
  const { services } = Value.Parse(Compose, parse(withDefaults(text('docker-compose.yml'))));
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
    expect(service.environment).toMatchObject({ STORE: 'redis', REDIS_URL: 'redis://:demo-password-change-me@redis:6379' });
  });

  test('gives Redis a password, no published port, and no network but that of the service', () => {
    const { services: unset } = Value.Parse(Compose, parse(text('docker-compose.yml')));
    const password = '${REDIS_PASSWORD:-demo-password-change-me}';
    expect(unset.redis.command?.join(' ')).toContain(`--requirepass ${password} `);
    expect(unset.redis.environment).toEqual({ REDISCLI_AUTH: password });
    expect(unset.service.environment?.['REDIS_URL']).toBe(`redis://:${password}@redis:6379`);
    expect(redis.ports).toBeUndefined();
    expect([redis.networks, sandbox.networks, service.networks]).toEqual([['store'], undefined, ['default', 'store']]);
  });

  test('builds the service without the sandbox', () => {
    expect(sandbox.build).toEqual({ context: '.', target: 'demo' });
    expect(service.build).toEqual({ context: '.', target: 'service', args: { BASE_IMAGE: 'node:24-bookworm-slim' } });
    expect([sandbox.command, service.command, sandbox.image === service.image]).toEqual([undefined, undefined, false]);
  });

  test('publishes on the loopback address only', () => {
    const ports = Object.values(services).flatMap((each) => each.ports ?? []);
    expect(service.ports).toEqual(['127.0.0.1:8080:8080']);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
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
    expect(redis.command?.join(' ')).toMatch(/^redis-server .* --appendonly yes --appendfsync everysec --maxmemory-policy noeviction$/);
    expect(redis.volumes).toEqual(['redis-data:/data']);
  });
});

describe('the image', () => {
  const lines = text('Dockerfile')
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const stages = lines.reduce<string[][]>(
    (found, line) => (line.startsWith('FROM ') ? [...found, [line]] : [...found.slice(0, -1), [...(found.at(-1) ?? []), line]]),
    [],
  );
  /** A stage by its name, after the stages that it is built on. */
  const stage = (name: string): readonly string[] => {
    const own = stages.find(([from = '']) => from.endsWith(` AS ${name}`)) ?? [];
    const [, base = ''] = /^FROM (\S+) AS/.exec(own[0] ?? '') ?? [];
    return base === '' || base.startsWith('$') ? own : [...stage(base), ...own];
  };
  const argumentsOf = (instruction: string, name = 'service'): readonly string[] =>
    stage(name)
      .filter((line) => line.startsWith(`${instruction} `))
      .map((line) => line.slice(instruction.length).trim());

  test('has one base, which a build can name, and the service as its last stage', () => {
    expect(lines[0]).toBe('ARG BASE_IMAGE=node:24-bookworm-slim');
    const bases = lines.filter((line) => line.startsWith('FROM ')).map((line) => line.split(' '));
    expect(bases.filter(([, from, , name]) => (from === '${BASE_IMAGE}') !== (name === 'base'))).toEqual([]);
    expect(bases.at(-1)?.[3]).toBe('service');
  });

  test('installs the dependencies of the service, by the lockfile and without scripts', () => {
    const installs = lines.filter((line) => /npm (?:ci|install|i) /.test(line));
    expect(installs).toEqual([
      expect.stringContaining('npm ci --omit=dev --omit=optional --ignore-scripts'),
      expect.stringContaining('npm ci --include=dev --ignore-scripts'),
    ]);
    expect(stage('dependencies')).toContain(installs[0]);
    expect(stage('demo-dependencies')).toContain(installs[1]);
  });

  test('has the emulator and the simulators in the stage for trials only', () => {
    expect(Object.keys(packageJson.dependencies)).not.toContain('fauxqs');
    // Not an optional one: npm leaves those out where an older Node.js installs them.
    expect(Object.keys(packageJson.devDependencies)).toContain('fauxqs');
    const sources = [...stage('service')].filter((line) => line.startsWith('COPY --from='));
    expect(sources).toEqual([expect.stringContaining('--from=files /app'), expect.stringContaining('--from=compiled')]);
    expect(stage('files').slice(-2)).toEqual(['COPY src ./src', 'RUN rm -rf src/sandbox']);
    expect(stage('demo').slice(-3, -1)).toEqual([
      'COPY --from=demo-dependencies /app/node_modules ./node_modules',
      'COPY src/sandbox ./src/sandbox',
    ]);
  });

  test.each(['service', 'demo'])('runs as an unprivileged user, and stops by a signal that reaches it (%s)', (name) => {
    expect(argumentsOf('USER', name)).toEqual(['1000:1000']);
    expect(argumentsOf('CMD', name)).toEqual([
      name === 'service' ? '["node", "--max-semi-space-size=4", "src/main.ts"]' : '["node", "src/sandbox/main.ts"]',
    ]);
    expect(argumentsOf('ENTRYPOINT', name)).toEqual([]);
  });

  test('runs with the flags of `npm start`', () => {
    const command: readonly string[] = JSON.parse(argumentsOf('CMD').join());
    expect(packageJson.scripts.start).toBe(`NODE_COMPILE_CACHE=node_modules/.cache/compiled ${command.join(' ')}`);
  });

  test('writes to one folder, by a variable that is read', () => {
    expect(argumentsOf('VOLUME')).toEqual(['/data']);
    expect(argumentsOf('ENV')).toContain('DATA_DIR=/data');
    expect(argumentsOf('RUN')).toContain('mkdir -m 0700 /data && chown node:node /data');
    const names = argumentsOf('ENV').map((setting) => setting.slice(0, setting.indexOf('=')));
    const ofNode = ['NODE_ENV', 'NODE_COMPILE_CACHE'];
    expect(names.filter((name) => !ofNode.includes(name) && !ENVIRONMENT_VARIABLES.some((known) => known.name === name))).toEqual([]);
  });

  test('reads compiled code that the service cannot change, made by its own user from what it loads', () => {
    expect(argumentsOf('COPY')).toContain('--from=compiled --chown=0:0 /tmp/compile-cache ./compile-cache');
    expect(argumentsOf('ENV')).toContain('NODE_COMPILE_CACHE=/app/compile-cache');
    const [user, fill = ''] = stage('compiled').slice(-2);
    expect(user).toBe(`USER ${argumentsOf('USER').join()}`);
    expect(fill).toMatch(/&& chmod -R a\+rX \/tmp\/compile-cache$/);
    // test/e2e/loaded-modules.test.ts fills a cache by the same script, and starts from it.
    expect(fill).toContain('NODE_COMPILE_CACHE=/tmp/compile-cache node scripts/fill-compile-cache.ts ');
    expect(stage('compiled')).toContain('COPY scripts/fill-compile-cache.ts ./scripts/');
  });

  test('has the command line under its name, and no package manager', () => {
    const program = packageJson.bin.f2j;
    const [tools = ''] = argumentsOf('RUN');
    expect(tools).toMatch(/^rm -rf \/usr\/local\/lib\/node_modules /);
    expect(tools).toContain(`ln -s /app/${program} /usr/local/bin/f2j`);
    expect(statSync(join(root, program)).mode & 0o111).toBe(0o111);
    expect(text(program)).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  test('asks the service itself for its health', () => {
    const [check = ''] = argumentsOf('HEALTHCHECK');
    const command: unknown = JSON.parse(check.slice(check.indexOf('CMD ') + 'CMD '.length));
    expect(command).toEqual(['node', '-e', expect.stringContaining('/livez')]);
    expect(check).toContain('process.env.HTTP_PORT || 8080');
  });

  test('is built from no file that only development needs', () => {
    const [first, ...allowed] = text('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(first).toBe('*');
    expect(allowed.filter((line) => line.startsWith('!')).map((line) => line.slice(1))).toEqual([
      'package.json',
      'package-lock.json',
      'LICENSE',
      'config',
      'scripts/fill-compile-cache.ts',
      'scripts/list-licences.ts',
      'src',
    ]);
    const copied = lines
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(' ').slice(1, -1));
    expect(copied.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  test('lists its packages with their licences', () => {
    const components = [
      { name: 'b', version: '2.0.0', licenses: [{ license: { name: 'Own' } }] },
      { name: '@a/a', version: '1.0.0', licenses: [{ expression: 'MIT OR Apache-2.0' }] },
      { name: 'c', version: '3.0.0', licenses: [{ license: { id: 'ISC' } }] },
    ];
    const list = (input: unknown): SpawnSyncReturns<string> =>
      spawnSync(process.execPath, [join(root, 'scripts/list-licences.ts')], { input: JSON.stringify(input), encoding: 'utf8' });
    expect(list({ components }).stdout).toBe('@a/a 1.0.0 MIT OR Apache-2.0\nb 2.0.0 Own\nc 3.0.0 ISC\n');
    const without = list({ components: [{ name: 'd', version: '4.0.0' }] });
    expect([without.status, without.stderr]).toEqual([1, expect.stringContaining('d 4.0.0 names no licence')]);
  });
});

describe.each([
  ['docker-compose.yml', 'init: true'],
  ['deploy/cloudformation/hub.yaml', 'InitProcessEnabled: true'],
  ['deploy/cloudformation/hub.yaml', 'docker run --name f2j --init '],
  ['deploy/kubernetes/redis.yaml', 'shareProcessNamespace: true'],
  ['deploy/kubernetes/embedded.yaml', 'shareProcessNamespace: true'],
])('%s', (file, setting) => {
  // As process 1, Node.js would not end by a signal that comes before it listens for one.
  test(`starts the service under an init process (${setting})`, () => {
    expect(text(file)).toContain(setting);
  });
});
