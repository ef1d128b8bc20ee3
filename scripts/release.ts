import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isJsonObject, type JsonObject } from '../src/findings/json.ts';
import { releaseNotes, releaseProblems } from './release-problems.ts';

/**
 * Helps with a release, and changes nothing: `npm run release -- --check` says what stands in the way of releasing the version in package.json
 * (exit code 1), `--notes` prints what the changelog says of it. docs/release.md has the steps.
 */
const root = join(import.meta.dirname, '..');
const { values } = parseArgs({ options: { check: { type: 'boolean' }, notes: { type: 'boolean' } } });
if ((values.check === true) === (values.notes === true)) endWith('Expected --check or --notes', 2);

const manifest = jsonIn('package.json');
const version = String(manifest['version']);
if (values.notes === true)
  process.stdout.write(`${releaseNotes(textIn('CHANGELOG.md'), version) ?? endWith('CHANGELOG.md has no notes', 1)}\n`);
else {
  const problems = releaseProblems({
    manifest,
    lock: jsonIn('package-lock.json'),
    api: jsonIn('docs/openapi.json'),
    changelog: textIn('CHANGELOG.md'),
    manifests: Object.fromEntries(
      readdirSync(join(root, 'deploy/kubernetes')).map((file) => [`deploy/kubernetes/${file}`, textIn(`deploy/kubernetes/${file}`)]),
    ),
    uncommitted: git('status', '--porcelain')
      .split('\n')
      .flatMap((line) => (line === '' ? [] : [line.slice(3)])),
    isTaggedElsewhere: git('tag', '--list', `v${version}`) !== '' && git('rev-list', '-n', '1', `v${version}`) !== git('rev-parse', 'HEAD'),
    today: new Date().toISOString().slice(0, 10),
  });
  process.stdout.write(problems.length === 0 ? `${version} can be released: git tag -s v${version}\n` : `${problems.join('\n')}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

function jsonIn(file: string): JsonObject {
  const value: unknown = JSON.parse(textIn(file));
  return isJsonObject(value) ? value : endWith(`${file} holds no object`, 1);
}

function textIn(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trimEnd();
}

function endWith(problem: string, exitCode: number): never {
  process.stderr.write(`${problem}\n`);
  process.exit(exitCode);
}
