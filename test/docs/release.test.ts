import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { releaseNotes, releaseProblems, type ReleaseFacts } from '../../scripts/release-problems.ts';
import { codesIn, textOf } from '../support/docs/read-docs.ts';

const CHANGELOG = `# Changelog

## [Unreleased]

## [1.2.0] - 2026-12-01

### Added
- A thing.

## [1.1.0] - 2026-11-01

- An earlier thing.
`;
const LOCKED = { version: '1.2.0', dependencies: { a: '1.0.0', b: '2.0.0' }, devDependencies: { c: '3.0.0' } };

/** A release that is ready; `changed` replaces parts of it. */
function facts(changed: Partial<ReleaseFacts> = {}): ReleaseFacts {
  return {
    manifest: { name: 'x', version: '1.2.0', dependencies: { b: '2.0.0', a: '1.0.0' }, devDependencies: { c: '3.0.0' } },
    lock: { version: '1.2.0', packages: { '': LOCKED } },
    api: { info: { version: '1.2.0' } },
    changelog: CHANGELOG,
    manifests: { 'redis.yaml': 'image: registry.example.com/findings-to-jira:1.2.0' },
    uncommitted: [],
    isTaggedElsewhere: false,
    today: '2026-12-02',
    ...changed,
  };
}

test('a release that is ready has no problems', () => {
  expect(releaseProblems(facts())).toEqual([]);
  expect(releaseProblems(facts({ today: '2026-12-01', changelog: CHANGELOG.replace('## [Unreleased]\n\n', '') }))).toEqual([]);
});

test.each<[string, Partial<ReleaseFacts>, RegExp]>([
  ['no version', { manifest: { ...facts().manifest, version: 'next' } }, /^package.json: expected a version such as 1.2.3, not next$/],
  [
    'another version in the lockfile',
    { lock: { version: '1.1.0', packages: { '': LOCKED } } },
    /^package-lock.json: version is 1.1.0, and/,
  ],
  [
    'another version in its first package',
    { lock: { version: '1.2.0', packages: { '': { ...LOCKED, version: '1.1.0' } } } },
    /^package-lock.json: the version of its first package is 1.1.0/,
  ],
  [
    'a dependency that is not locked',
    { manifest: { ...facts().manifest, dependencies: { a: '1.0.0' } } },
    /^package-lock.json: its dependencies are not those of package.json/,
  ],
  ['a lockfile without packages', { lock: { version: '1.2.0' } }, /^package-lock.json: its devDependencies/],
  ['an earlier description of the API', { api: { info: { version: '1.1.0' } } }, /^docs\/openapi.json: info.version is 1.1.0/],
  ['no description of the API', { api: {} }, /^docs\/openapi.json: info.version is undefined/],
  [
    'no heading',
    { changelog: CHANGELOG.replace('[1.2.0] - 2026-12-01', '[Unreleased]') },
    /^CHANGELOG.md: expected ## \[1.2.0\] - 2026-12-02 .*not 1.1.0$/,
  ],
  ['an empty changelog', { changelog: '# Changelog\n' }, /^CHANGELOG.md: expected .*, not none$/],
  ['no date', { changelog: CHANGELOG.replace(' - 2026-12-01', '') }, /^CHANGELOG.md: 1.2.0 has no date/],
  ['a day that does not exist', { changelog: CHANGELOG.replace('2026-12-01', '2026-11-31') }, /^CHANGELOG.md: 1.2.0 has no date/],
  ['a day to come', { today: '2026-11-30' }, /^CHANGELOG.md: the date of 1.2.0, 2026-12-01, is in the future$/],
  [
    'a day before the release before',
    { changelog: CHANGELOG.replace('2026-12-01', '2026-10-31') },
    /^CHANGELOG.md: 1.2.0 is older than 1.1.0$/,
  ],
  ['no notes', { changelog: CHANGELOG.replace('### Added\n- A thing.\n', '') }, /^CHANGELOG.md: 1.2.0 has no notes$/],
  [
    'something unreleased',
    { changelog: CHANGELOG.replace('[Unreleased]', '[Unreleased]\n- More.') },
    /^CHANGELOG.md: something still stands/,
  ],
  ['another image', { manifests: { 'redis.yaml': 'image: x.example/findings-to-jira:1.1.0' } }, /^redis.yaml: the image is 1.1.0/],
  ['a file that is not committed', { uncommitted: ['src/app.ts'] }, /^src\/app.ts: is not committed/],
  ['a tag of another commit', { isTaggedElsewhere: true }, /^v1.2.0: the tag exists already/],
])('%s stands in its way', (_what, changed, problem) => {
  expect(releaseProblems(facts(changed))).toContainEqual(expect.stringMatching(problem));
});

test('the notes are what stands under the heading, and before there is one what is unreleased', () => {
  expect(releaseNotes(CHANGELOG, '1.2.0')).toBe('### Added\n- A thing.');
  expect(releaseNotes(CHANGELOG, '1.1.0')).toBe('- An earlier thing.');
  expect(releaseNotes(CHANGELOG, '1.3.0')).toBeNull();
  expect(releaseNotes(CHANGELOG.replace('[Unreleased]', '[Unreleased]\n- To come.'), '1.3.0')).toBe('- To come.');
});

test("this version's own notes can be printed, and its versions agree", () => {
  const read = (file: string) => JSON.parse(readFileSync(join(import.meta.dirname, '../..', file), 'utf8'));
  const manifests = Object.fromEntries(['redis', 'embedded'].map((name) => [name, textOf(`deploy/kubernetes/${name}.yaml`)]));
  const own = { manifest: read('package.json'), lock: read('package-lock.json'), api: read('docs/openapi.json'), manifests };
  const changelog = textOf('CHANGELOG.md');
  expect(releaseNotes(changelog, own.manifest.version)).toMatch(/^### Added$/m);
  expect(releaseProblems(facts({ ...own, changelog })).filter((line) => !line.startsWith('CHANGELOG.md'))).toEqual([]);
});

test('docs/release.md names both commands of the program', () => {
  expect(codesIn(textOf('docs/release.md'))).toEqual(expect.arrayContaining(['npm run release -- --check', 'npm run release -- --notes']));
});
