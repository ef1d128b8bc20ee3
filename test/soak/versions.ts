import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isJsonObject, type JsonObject } from '../../src/findings/json.ts';
import { SCHEMA } from '../../src/store/schema-version.ts';
import { SERVICE_MAIN } from '../chaos/replica.ts';

/** A version of the service that can be started. */
export interface Version {
  /** Such as `v0.1.0` or a short commit. */
  readonly name: string;
  /** Its `src/main.ts`. */
  readonly entry: string;
  /** The version of the store's schema that it writes. */
  readonly schema: number;
  /** Removes its folder, if it has one. */
  remove(): void;
}

const ROOT = join(import.meta.dirname, '../..');
/** Of a whole tree with its sources, as an archive. */
const MAX_ARCHIVE_BYTES = 256 * 1024 * 1024;
const SCHEMA_FILE = 'src/store/schema-version.ts';
const SCHEMA_LINE = /(SCHEMA: SchemaVersion = \{ current: )(\d+)(, upgradable: \[)[^\]]*\]/;

export function presentVersion(): Version {
  return { name: 'this version', entry: SERVICE_MAIN, schema: SCHEMA.current, remove: () => {} };
}

/** Whether this folder has the history that earlier versions are taken from. */
export function hasHistory(): boolean {
  try {
    return git('rev-parse', '--is-shallow-repository') === 'false';
  } catch {
    return false;
  }
}

/**
 * An earlier version from the history, in a folder of its own.
 * @param from a commit or a tag; null: the newest release before this version, or without one the last version that could not be deployed
 */
export function earlierVersion(from: string | null): Version {
  const commit = git('rev-parse', '--verify', '--end-of-options', `${from ?? newestRelease() ?? beforeDeploy()}^{commit}`);
  const folder = mkdtempSync(join(tmpdir(), 'f2j-version-'));
  const parts = ['src', 'package.json', 'package-lock.json'];
  const archive = execFileSync('git', ['archive', commit, ...parts], { cwd: ROOT, maxBuffer: MAX_ARCHIVE_BYTES });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  if (hasSamePackages(folder)) symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  else execFileSync('npm', ['ci', '--omit=dev', '--omit=optional', '--ignore-scripts'], { cwd: folder, stdio: 'ignore' });
  const [, , schema] = SCHEMA_LINE.exec(readFileSync(join(folder, SCHEMA_FILE), 'utf8')) ?? [];
  return versionIn(folder, git('describe', '--tags', '--always', commit), Number(schema));
}

/** This version, but it raises the store's schema, as a later one may do. */
export function versionWithNewerSchema(): Version {
  const folder = mkdtempSync(join(tmpdir(), 'f2j-version-'));
  cpSync(join(ROOT, 'src'), join(folder, 'src'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const schema = SCHEMA.current + 1;
  const path = join(folder, SCHEMA_FILE);
  const raised = readFileSync(path, 'utf8').replace(SCHEMA_LINE, `$1${schema}$3${SCHEMA.current}]`);
  writeFileSync(path, raised);
  if (!raised.includes(`current: ${schema}`)) throw new Error(`${SCHEMA_FILE} has no schema that could be raised`);
  return versionIn(folder, 'a version with a newer schema', schema);
}

function versionIn(folder: string, name: string, schema: number): Version {
  return { name, schema, entry: join(folder, 'src/main.ts'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The newest release that is older than this commit; null: there is none. */
function newestRelease(): string | null {
  try {
    return git('describe', '--tags', '--abbrev=0', '--match', 'v[0-9]*', 'HEAD~1');
  } catch {
    return null;
  }
}

function beforeDeploy(): string {
  const [first = 'HEAD'] = git('log', '--reverse', '--format=%H', '--', 'deploy').split('\n');
  return `${first}~1`;
}

/** Whether every package that the version runs with is installed here in the same version. */
function hasSamePackages(folder: string): boolean {
  const installed = packagesOf(ROOT);
  return Object.entries(packagesOf(folder)).every(([path, one]) => {
    const isRun = isJsonObject(one) && path !== '' && one['dev'] !== true && one['optional'] !== true && one['devOptional'] !== true;
    const here = installed[path];
    return !isRun || (isJsonObject(here) && here['version'] === one['version']);
  });
}

function packagesOf(folder: string): JsonObject {
  const lock: unknown = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  const packages = isJsonObject(lock) ? lock['packages'] : undefined;
  return isJsonObject(packages) ? packages : {};
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}
