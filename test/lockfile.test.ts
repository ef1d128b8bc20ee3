import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { expect, test } from 'vitest';

const Lockfile = Type.Object({
  lockfileVersion: Type.Literal(3),
  packages: Type.Record(
    Type.String(),
    Type.Object({
      version: Type.Optional(Type.String()),
      integrity: Type.Optional(Type.String()),
      inBundle: Type.Optional(Type.Boolean()),
      resolved: Type.Optional(Type.String()),
      dependencies: Type.Optional(Type.Record(Type.String(), Type.String())),
      optionalDependencies: Type.Optional(Type.Record(Type.String(), Type.String())),
    }),
  ),
});

const text = readFileSync(join(import.meta.dirname, '../package-lock.json'), 'utf8');
const { packages } = Value.Parse(Lockfile, JSON.parse(text));
const installed = Object.entries(packages).filter(([path]) => path !== '');

test('the lockfile has many entries', () => {
  expect(installed.length).toBeGreaterThan(200);
});

test('every entry has a checksum, or comes inside a package that has one', () => {
  const isChecked = (path: string): boolean => {
    const entry = packages[path];
    if (entry?.inBundle === true) return isChecked(path.slice(0, path.lastIndexOf('/node_modules/')));
    return entry?.integrity?.startsWith('sha512-') === true;
  };
  expect(installed.map(([path]) => path).filter((path) => !isChecked(path))).toEqual([]);
});

test('no entry names the host it was fetched from', () => {
  expect(installed.filter(([, entry]) => entry.resolved !== undefined).map(([path]) => path)).toEqual([]);
});

test('dependency versions are exact', () => {
  const asked = Object.entries({ ...packages['']?.dependencies, ...packages['']?.optionalDependencies });
  expect(asked.length).toBeGreaterThan(10);
  expect(asked.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});

/** `npm ci` of npm 11 and 12 refuses a lockfile without the optional packages of other platforms. */
test('the lockfile has every optional package of every platform', () => {
  const missing = Object.entries(packages).flatMap(([path, entry]) =>
    Object.keys(entry.optionalDependencies ?? {})
      .filter((name) => !isLocked(path, name))
      .map((name) => `${path || 'the project'} needs ${name}`),
  );
  expect(missing).toEqual([]);
});

/** Resolves as Node.js does: in the package's own node_modules, else in that of an enclosing package. */
function isLocked(from: string, name: string): boolean {
  const folders = [from, ...from.split('/node_modules/').map((_, depth, parts) => parts.slice(0, depth).join('/node_modules/'))];
  return folders.some((folder) => `${folder === '' ? '' : `${folder}/`}node_modules/${name}` in packages);
}
