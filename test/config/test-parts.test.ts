import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findPart, thisMachine, type Machine } from '../../scripts/test-parts.ts';
import { until } from '../support/until.ts';

const PART = { command: 'a-server', variable: 'A_SERVER', debianPackage: 'a-server-package', image: 'a:1' };

/** A machine that has nothing, and records the commands that were run on it. */
function bareMachine(has: Partial<Machine> = {}): Machine & { readonly ran: string[] } {
  const ran: string[] = [];
  return {
    ran,
    env: { PATH: '/bin:/usr/bin' },
    isExecutable: () => false,
    mayInstall: () => false,
    writeScript: (name) => `/scripts/${name}`,
    ...has,
    succeeds: (command, args) => {
      ran.push([command, ...args].join(' '));
      return has.succeeds?.(command, args) ?? false;
    },
  };
}

describe('the search for a part of the tests', () => {
  test('the variable comes first', () => {
    const machine = bareMachine({ env: { A_SERVER: '/opt/a', PATH: '/bin' }, isExecutable: () => true });
    expect(findPart(PART, machine)).toEqual({ path: '/opt/a', by: 'A_SERVER' });
  });

  test('a variable that names nothing is reported, and nothing else is tried', () => {
    const machine = bareMachine({ env: { A_SERVER: '/opt/a', PATH: '/bin' }, isExecutable: (path) => path === '/bin/a-server' });
    expect(findPart(PART, machine)).toEqual({ path: null, because: 'A_SERVER names no executable file' });
    expect(machine.ran).toEqual([]);
  });

  test('then the PATH', () => {
    const machine = bareMachine({ isExecutable: (path) => path === '/usr/bin/a-server' });
    expect(findPart(PART, machine)).toEqual({ path: '/usr/bin/a-server', by: 'PATH' });
    expect(machine.ran).toEqual([]);
  });

  test('then a container, where an engine answers', () => {
    const machine = bareMachine({ succeeds: (command) => command === 'docker' });
    expect(findPart(PART, machine)).toEqual({ path: '/scripts/a-server', by: 'docker run a:1' });
    expect(machine.ran).toEqual(['docker info']);
  });

  test("then Debian's package, where the machine may be changed", () => {
    let installed = false;
    const machine = bareMachine({
      mayInstall: () => true,
      isExecutable: (path) => installed && path === '/usr/bin/a-server',
      succeeds: (command, args) => {
        installed ||= args.includes('install');
        return command === 'apt-get';
      },
    });
    expect(findPart(PART, machine)).toEqual({ path: '/usr/bin/a-server', by: 'apt-get' });
    expect(machine.ran.at(-1)).toBe('apt-get install -y -qq --no-install-recommends a-server-package');
  });

  test('a part that cannot be run in a container is not looked for there', () => {
    const machine = bareMachine({ succeeds: (command) => command === 'docker' });
    expect(findPart({ ...PART, image: null }, machine)).toEqual({ path: null, because: 'set A_SERVER, or install a-server-package' });
    expect(machine.ran).toEqual([]);
  });

  test('a machine that may not be changed is left alone', () => {
    const machine = bareMachine();
    expect(findPart(PART, machine)).toEqual({ path: null, because: 'set A_SERVER, or install a-server-package, or start Docker' });
    expect(machine.ran).toEqual(['docker info']);
  });

  test('a package that could not be installed is reported', () => {
    expect(findPart(PART, bareMachine({ mayInstall: () => true }))).toEqual({
      path: null,
      because: 'apt-get could not install a-server-package',
    });
  });
});

test('the script that stands for a container passes arguments on and ends its program in order', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fake-docker-'));
  const write = (name: string, text: string): void => {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  };
  // In place of Docker: runs what follows the image's name, here.
  write('docker', '#!/bin/sh\n[ "$1" = info ] && exit 0\nwhile [ "$1" != a:1 ]; do shift; done; shift\nexec sh "$@"\n');
  write(
    'a-server',
    `#!/bin/sh\ntrap 'echo ended >>"${folder}/log"; exit 0' TERM\necho "$@" >>"${folder}/log"\nwhile :; do sleep 0.05; done\n`,
  );
  const log = (): string => (existsSync(join(folder, 'log')) ? readFileSync(join(folder, 'log'), 'utf8') : '');
  const PATH = `${folder}:${process.env['PATH']}`;
  const machine: Machine = {
    ...thisMachine(),
    env: { PATH: '/nowhere' },
    succeeds: (command, args) => spawnSync(command, args, { env: { PATH } }).status === 0,
  };
  const found = findPart(PART, machine);
  expect(found).toMatchObject({ by: 'docker run a:1' });
  const child = spawn(found.path ?? '', ['--port', '1 2'], { env: { ...process.env, PATH }, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await until(async () => log() === '--port 1 2\n', 'the program has its arguments');
  child.kill('SIGTERM');
  await ended;
  expect(log()).toBe('--port 1 2\nended\n');
  rmSync(folder, { recursive: true });
});
