import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { isExecutable } from '../test/support/find-program.ts';

/** A program that some suites need and npm can't install. */
export interface TestPart {
  readonly command: string;
  /** The environment variable with the program's path, for the tests and for the person who runs them. */
  readonly variable: string;
  readonly debianPackage: string;
  /** Null: it cannot be run in a container, because the tests speak with it over its pipes. */
  readonly image: string | null;
}

export const TEST_PARTS: readonly TestPart[] = [
  { command: 'redis-server', variable: 'REDIS_SERVER', debianPackage: 'redis-server', image: 'redis:7' },
  { command: 'promtool', variable: 'PROMTOOL', debianPackage: 'prometheus', image: 'prom/prometheus:v2.53.0' },
  { command: 'chromium', variable: 'CHROME_PATH', debianPackage: 'chromium', image: null },
];

/** Where a part was found, or why it was not. */
export type FoundPart = { readonly path: string; readonly by: string } | { readonly path: null; readonly because: string };

/** The machine, as the search for a part sees it. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isExecutable: (path: string) => boolean;
  /** True when the command exits with 0. */
  readonly succeeds: (command: string, args: readonly string[]) => boolean;
  /** True for root on Debian, in CI or in a container: such a machine may be changed. */
  readonly mayInstall: () => boolean;
  /** Writes an executable file and returns its path. */
  readonly writeScript: (name: string, text: string) => string;
}

/** Finds a part: its variable, else the PATH, else a container of its image, else Debian's package. */
export function findPart(part: TestPart, machine: Machine): FoundPart {
  const named = machine.env[part.variable];
  if (named) {
    return machine.isExecutable(named)
      ? { path: named, by: part.variable }
      : { path: null, because: `${part.variable} names no executable file` };
  }
  const onPath = findOnPath(part.command, machine);
  if (onPath !== null) return { path: onPath, by: 'PATH' };
  const { command, image } = part;
  if (image !== null && machine.succeeds('docker', ['info'])) {
    return { path: machine.writeScript(command, containerScript(command, image)), by: `docker run ${image}` };
  }
  if (!machine.mayInstall()) {
    return { path: null, because: `set ${part.variable}, or install ${part.debianPackage}${image === null ? '' : ', or start Docker'}` };
  }
  const installed =
    machine.succeeds('apt-get', ['update', '-qq']) &&
    machine.succeeds('apt-get', ['install', '-y', '-qq', '--no-install-recommends', part.debianPackage]);
  const path = installed ? findOnPath(part.command, machine) : null;
  return path === null ? { path, because: `apt-get could not install ${part.debianPackage}` } : { path, by: 'apt-get' };
}

export function thisMachine(): Machine {
  return {
    env: process.env,
    isExecutable,
    succeeds: (command, args) => {
      const run = spawnSync(command, args, { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
      return run.status === 0;
    },
    mayInstall: () =>
      process.getuid?.() === 0 &&
      existsSync('/etc/debian_version') &&
      (Boolean(process.env['CI']) || existsSync('/.dockerenv') || existsSync('/run/.containerenv') || Boolean(process.env['container'])),
    writeScript: (name, text) => {
      const path = join(mkdtempSync(join(tmpdir(), 'test-part-')), name);
      writeFileSync(path, text, { mode: 0o755 });
      return path;
    },
  };
}

/**
 * Runs the program in a container as if it ran here: same network, same user, same temporary files. A killed client can't stop its
 * container, so the container watches its standard input, which ends with the client, and then kills the program.
 */
function containerScript(command: string, image: string): string {
  return `#!/bin/sh
input=$(mktemp -u) && mkfifo "$input"
exec docker run --rm --interactive --network host --user "$(id -u):$(id -g)" \\
  --volume '${tmpdir()}:${tmpdir()}' --workdir '${tmpdir()}' --entrypoint sh ${image} -c '
    exec 3<&0
    trap "stopped=1; kill \\$program 2>/dev/null" TERM INT
    ${command} "$@" & program=$!
    [ -z "$stopped" ] || kill $program
    { cat >/dev/null; kill -9 $program; } <&3 &
    wait $program; wait $program' ${command} "$@" 0<>"$input"
`;
}

function findOnPath(command: string, { env, isExecutable: executable }: Machine): string | null {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, command)).find(executable) ?? null;
}
