import { isJsonObject, type Json, type JsonObject } from '../src/findings/json.ts';

/** What a release is checked against. */
export interface ReleaseFacts {
  /** package.json. */
  readonly manifest: JsonObject;
  /** package-lock.json. */
  readonly lock: JsonObject;
  /** docs/openapi.json. */
  readonly api: JsonObject;
  /** CHANGELOG.md. */
  readonly changelog: string;
  /** The text of each file under deploy/kubernetes. */
  readonly manifests: Readonly<Record<string, string>>;
  /** Files that are not committed as they are. */
  readonly uncommitted: readonly string[];
  /** Whether the tag of the version names another commit already. */
  readonly isTaggedElsewhere: boolean;
  /** `YYYY-MM-DD` in UTC. */
  readonly today: string;
}

/** A version of the changelog, with all that stands under its heading. */
interface Section {
  /** `Unreleased`, or a version. */
  readonly name: string;
  readonly date: string | null;
  readonly text: string;
}

const HEADING = /^## \[([^\]]+)\](?: - (\S+))?[ \t]*$/gm;
const VERSION = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;
const DEPENDENCIES = ['dependencies', 'devDependencies', 'optionalDependencies'];

/** What stands in the way of a release of the version in package.json, one line each. Pure. */
export function releaseProblems(facts: ReleaseFacts): readonly string[] {
  const version = String(facts.manifest['version']);
  return [
    ...(VERSION.test(version) ? [] : [`package.json: expected a version such as 1.2.3, not ${version}`]),
    ...lockProblems(facts, version),
    ...changelogProblems(facts, version),
    ...differs('docs/openapi.json: info.version', textIn(facts.api, 'info', 'version'), version),
    ...Object.entries(facts.manifests).flatMap(([file, text]) =>
      [...text.matchAll(/image: \S+\/findings-to-jira:(\S+)/g)].flatMap(([, tag = '']) => differs(`${file}: the image`, tag, version)),
    ),
    ...facts.uncommitted.map((file) => `${file}: is not committed as it is`),
    ...(facts.isTaggedElsewhere ? [`v${version}: the tag exists already, on another commit`] : []),
  ];
}

/** The notes of a version; before its heading is there, what is to be in it. Null: the changelog has neither. Pure. */
export function releaseNotes(changelog: string, version: string): string | null {
  const sections = sectionsOf(changelog);
  const found = sections.find(({ name }) => name === version) ?? sections.find(({ name }) => name === 'Unreleased');
  return found === undefined || found.text === '' ? null : found.text;
}

function lockProblems({ manifest, lock }: ReleaseFacts, version: string): readonly string[] {
  const packages = lock['packages'];
  const root = isJsonObject(packages) ? packages[''] : undefined;
  const locked = isJsonObject(root) ? root : {};
  return [
    ...differs('package-lock.json: version', String(lock['version']), version),
    ...differs('package-lock.json: the version of its first package', String(locked['version']), version),
    ...DEPENDENCIES.filter((name) => listOf(manifest[name]) !== listOf(locked[name])).map(
      (name) => `package-lock.json: its ${name} are not those of package.json; run npm install`,
    ),
  ];
}

function listOf(dependencies: Json | undefined): string {
  return JSON.stringify(Object.entries(isJsonObject(dependencies) ? dependencies : {}).toSorted());
}

function changelogProblems({ changelog, today }: ReleaseFacts, version: string): readonly string[] {
  const sections = sectionsOf(changelog);
  const [newest, before] = sections.filter(({ name }) => name !== 'Unreleased');
  const waiting = sections.some(({ name, text }) => name === 'Unreleased' && text !== '');
  const heading = `## [${version}] - ${today}`;
  return [
    ...(newest?.name === version ? [] : [`CHANGELOG.md: expected ${heading} as its newest version, not ${newest?.name ?? 'none'}`]),
    ...(newest === undefined || newest.name !== version ? [] : dateProblems(newest, before, today)),
    ...(newest?.name === version && newest.text === '' ? [`CHANGELOG.md: ${version} has no notes`] : []),
    ...(waiting ? ['CHANGELOG.md: something still stands under Unreleased'] : []),
  ];
}

function dateProblems({ name, date }: Section, before: Section | undefined, today: string): readonly string[] {
  if (date === null || !isDay(date)) return [`CHANGELOG.md: ${name} has no date of the form YYYY-MM-DD`];
  if (date > today) return [`CHANGELOG.md: the date of ${name}, ${date}, is in the future`];
  return before?.date !== undefined && before.date !== null && date < before.date
    ? [`CHANGELOG.md: ${name} is older than ${before.name}`]
    : [];
}

function isDay(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function sectionsOf(changelog: string): readonly Section[] {
  const headings = [...changelog.matchAll(HEADING)];
  return headings.map((heading, at) => ({
    name: heading[1] ?? '',
    date: heading[2] ?? null,
    text: changelog.slice(heading.index + heading[0].length, headings[at + 1]?.index).trim(),
  }));
}

function textIn(object: JsonObject, outer: string, inner: string): string {
  const value = object[outer];
  return String(isJsonObject(value) ? value[inner] : undefined);
}

function differs(what: string, found: string, version: string): readonly string[] {
  return found === version ? [] : [`${what} is ${found}, and package.json has ${version}`];
}
