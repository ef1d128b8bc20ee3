import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Json, JsonObject } from '../../../src/findings/json.ts';

/** Interfaces that are made from the OpenAPI schemas of the Kubernetes API. */
const TYPES = dirname(fileURLToPath(import.meta.resolve('kubernetes-types/package.json')));
const COMPILER = join(dirname(fileURLToPath(import.meta.resolve('typescript/package.json'))), 'bin/tsc');
const OPTIONS = { strict: true, noEmit: true, target: 'es2024', module: 'preserve', types: [], skipLibCheck: true };
/** Every object has these, though the schemas allow to leave them out. */
const WHOLE =
  "type Whole<T extends { apiVersion?: string }> = T & Required<Pick<T, Extract<keyof T, 'apiVersion' | 'kind' | 'metadata'>>>;";

/**
 * What the Kubernetes API would not take: unknown fields, missing ones, and values of the wrong type, one line each. The compiler compares
 * every object with the interface of its kind, all in one run.
 * @returns for each of the objects, by its name
 */
export function manifestProblems(objects: ReadonlyMap<string, JsonObject>): ReadonlyMap<string, readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'f2j-manifests-'));
  try {
    const files = new Map(
      [...objects].map(([name, object], at): [string, [name: string, JsonObject]] => [`object${at}.ts`, [name, object]]),
    );
    for (const [file, [, object]] of files) writeFileSync(join(folder, file), sourceOf(object));
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: OPTIONS, files: [...files.keys()] }));
    const { stdout, status } = spawnSync(process.execPath, [COMPILER, '-p', folder, '--pretty', 'false'], {
      cwd: folder,
      encoding: 'utf8',
    });
    const lines = stdout.split('\n').filter((line) => /^object\d+\.ts\(/.test(line));
    if ((status === 0) !== (lines.length === 0)) throw new Error(`The compiler ended with ${status}: ${stdout}`);
    return new Map(
      [...files].map(([file, [name, object]]) => {
        const refused = lines
          .filter((line) => line.startsWith(`${file}(`))
          .map((line) => line.slice(line.indexOf(': ') + 2).replaceAll(/'"([^"]*)"'/g, "'$1'"));
        return [name, [...refused, ...fractionsIn(object, '').map((path) => `${path}: expected a whole number`)]];
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function sourceOf(object: JsonObject): string {
  const [kind, apiVersion] = [String(object['kind']), String(object['apiVersion'])];
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion];
  const path = `${TYPES}/${group?.replace(/\.k8s\.io$/, '')}/${version}`;
  return `import type { ${kind} } from ${JSON.stringify(path)};\n${WHOLE}\nexport const object: Whole<${kind}> = ${JSON.stringify(object, null, 1)};\n`;
}

/** The paths of numbers that are not whole: TypeScript does not tell them apart, and no field of these kinds takes one. */
function fractionsIn(value: Json, path: string): readonly string[] {
  if (typeof value === 'number') return Number.isInteger(value) ? [] : [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]: [string, Json]) => fractionsIn(inner, `${path}/${name}`));
}
