import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, posix, relative, sep } from 'node:path';
import { scanModule, type Token } from './scan-module.ts';

/** What the files of one folder may import. */
interface Place {
  /** Folders under src (the files directly in them), and single files. A folder's own files are always allowed; its subfolders are not. */
  readonly knows: readonly string[];
  /** Packages; `scope/*` for all of a scope. */
  readonly packages: readonly string[];
  /** Node's own modules; `all` for an adapter. */
  readonly builtins: 'all' | readonly string[];
  /** Uses no clock, randomness, timer, network or environment. */
  readonly pure: boolean;
  /** The one place that imports modules by a name that it is given. */
  readonly importsByName?: true;
  /** The one place that imports single files of its packages, because their entries read far more. */
  readonly importsFiles?: true;
}

/** The arrows of the architecture. A folder that is not named here may not exist, and neither may an arrow that no import uses. */
const PLACES: Readonly<Record<string, Place>> = {
  findings: pure('findings/resource-types'),
  'findings/resource-types': pure(''),
  rules: { ...pure('findings rules/pattern'), packages: ['typebox', 'marklassian'] },
  'rules/pattern': pure('findings rules/cut-text.ts rules/json-path.ts rules/json-size.ts rules/problem.ts'),
  issues: pure('findings rules issues/facts issues/text'),
  'issues/facts': pure('findings rules issues/issue-route.ts issues/route-finding.ts'),
  'issues/guidance': pure('findings/resource-types'),
  'issues/text': pure(
    'findings findings/resource-types rules issues/guidance issues/due-date.ts issues/facts issues/issue-draft.ts issues/issue-route.ts issues/marker.ts issues/step.ts issues/closing-reason.ts',
  ),

  // Parts of a server and a client that adapters have and parts are handed: their types only.
  'pipeline/ports': {
    ...pipeline('findings rules issues issues/facts issues/text'),
    packages: ['typebox'],
    builtins: ['node:http', 'node:https'],
  },
  'pipeline/records': pipeline('findings rules issues issues/facts pipeline/ports'),
  'pipeline/rulebook': pipeline('findings rules rules/pattern issues issues/facts pipeline/ports pipeline/records'),
  'pipeline/groups': pipeline('findings issues issues/facts pipeline/ports pipeline/records pipeline/rulebook'),
  'pipeline/openings': pipeline('issues rules pipeline/ports pipeline/records pipeline/rulebook'),
  // What a pass would leave behind, and what enrichers know, decides whether one is needed.
  'pipeline/accept': pipeline('findings issues pipeline/ports pipeline/records pipeline/rulebook pipeline/groups pipeline/enrichment'),
  'pipeline/enrichment': pipeline(
    'findings issues/derived.ts issues/facts pipeline/ports pipeline/records pipeline/rulebook pipeline/groups',
  ),
  'pipeline/details': pipeline(
    'findings issues pipeline/ports pipeline/records pipeline/rulebook pipeline/groups pipeline/accept pipeline/enrichment',
  ),
  'pipeline/operations': pipeline('findings pipeline/ports pipeline/records'),
  'pipeline/recovery': pipeline(`findings issues issues/text pipeline/ports pipeline/records pipeline/rulebook pipeline/groups
    pipeline/operations/each-page.ts`),
  // An analyzer that is gone passes its issues on, which is a change of groups.
  'pipeline/listing':
    pipeline(`findings pipeline/ports pipeline/records pipeline/groups pipeline/accept pipeline/details pipeline/operations
    pipeline/recovery`),
  'pipeline/coverage': pipeline('findings pipeline/ports pipeline/records pipeline/operations'),
  'pipeline/rescan': pipeline('findings issues pipeline/ports pipeline/records pipeline/rulebook pipeline/groups'),
  // A person's close and the question to AWS are written in one commit.
  'pipeline/reconcile': pipeline(`findings rules issues issues/text pipeline/ports pipeline/records pipeline/rulebook pipeline/groups
    pipeline/openings pipeline/operations pipeline/enrichment pipeline/recovery pipeline/rescan`),
  'pipeline/accounts': pipeline(
    'findings rules issues pipeline/ports pipeline/records pipeline/rulebook pipeline/groups pipeline/operations',
  ),
  'pipeline/rule-changes': pipeline(
    'findings rules issues pipeline/ports pipeline/records pipeline/rulebook pipeline/groups pipeline/operations',
  ),
  'pipeline/admin-actions':
    pipeline(`findings rules issues issues/facts pipeline/ports pipeline/records pipeline/rulebook pipeline/groups pipeline/accept
    pipeline/details pipeline/enrichment pipeline/operations pipeline/reconcile`),
  'pipeline/reports': pipeline('issues pipeline/ports pipeline/records pipeline/operations/each-page.ts pipeline/rulebook'),
  'pipeline/retention': pipeline('findings issues pipeline/ports pipeline/records pipeline/rulebook'),
  'pipeline/evidence': pipeline('findings issues pipeline/ports pipeline/records pipeline/rulebook'),
  'pipeline/runtime': pipeline(
    `findings rules issues pipeline/ports pipeline/records pipeline/rulebook pipeline/operations pipeline/recovery pipeline/retention pipeline/rescan
    pipeline/listing`,
  ),

  network: adapter(''),

  intake: adapter('findings findings/resource-types rules pipeline/ports pipeline/accept network', '@aws-sdk/*'),
  queue: adapter('pipeline/ports', 'bullmq ioredis'),

  'jira/http': adapter('findings rules issues pipeline/ports network', 'jira.js/core'),
  'jira/http/jira-js.ts': { ...adapter('', 'jira.js'), importsFiles: true },
  'jira/rate': adapter('issues pipeline/ports jira/http'),
  'jira/project': adapter('issues jira/http jira/http/jira-js.ts jira/rate', 'jira.js/core'),
  'jira/fields': adapter('findings rules issues issues/text pipeline/ports jira/rate jira/project'),
  'jira/issue': adapter('findings issues issues/text pipeline/ports jira/http jira/http/jira-js.ts jira/rate jira/project jira/fields'),
  'jira/transition': adapter(
    'findings rules issues issues/text pipeline/ports jira/http jira/http/jira-js.ts jira/rate jira/project jira/fields jira/issue',
  ),
  'jira/preflight': adapter(
    `findings rules issues issues/facts issues/text pipeline/ports network jira/http jira/http/jira-js.ts jira/rate jira/project jira/fields jira/issue
    jira/transition`,
  ),
  jira: adapter('issues pipeline/ports network jira/http jira/rate jira/project jira/fields jira/issue jira/transition jira/preflight'),

  store: adapter('pipeline/ports', 'ioredis'),

  proof: adapter(
    `findings issues issues/text pipeline/ports network config intake jira/http jira/http/jira-js.ts jira/rate jira/fields jira/issue jira/transition
    jira/preflight jira`,
    '@aws-sdk/*',
  ),

  // A program of its own. It knows the service by its HTTP API only; the rules of proxies are those of the service.
  cli: adapter('network config/proxies.ts cli/commands cli/local', 'commander yaml'),
  'cli/commands': adapter('config/rules-file.ts cli'),
  // What needs no service.
  'cli/local': adapter('findings rules issues issues/text intake/read-message.ts intake/message-part.ts config/rules-file.ts cli'),

  'admin/routes': adapter(
    `findings rules issues issues/facts pipeline/ports pipeline/records pipeline/rulebook pipeline/groups
    pipeline/openings pipeline/operations pipeline/recovery pipeline/coverage pipeline/reports pipeline/rule-changes pipeline/admin-actions pipeline/runtime admin`,
    'fastify',
  ),
  // The evidence of a period, with its formats.
  'admin/export': adapter('findings issues/facts pipeline/ports pipeline/records pipeline/evidence admin admin/routes', 'fastify'),
  admin: adapter('findings rules pipeline/ports pipeline/records network', 'fastify @fastify/* jose'),
  'admin/server.ts': adapter('pipeline/ports admin admin/routes admin/export', 'fastify @fastify/*'),

  'parts/page': adapter(''),

  config: adapter('findings rules', 'yaml'),
  telemetry: adapter('pipeline/ports', 'pino prom-client'),

  // A part knows the ports and the pure folders, and no other part.
  'parts/actor': adapter('findings issues issues/facts pipeline/ports', '@aws-sdk/*'),
  'parts/owner': adapter('findings rules issues issues/facts pipeline/ports', '@aws-sdk/*'),

  'sandbox/access-analyzer': adapter('findings', 'fastify'),
  'sandbox/jira-syntax': adapter('findings'),
  'sandbox/jira': adapter('findings sandbox/samples sandbox/jira-syntax', 'fastify'),
  'sandbox/jira-controls': adapter('findings sandbox/jira', 'fastify'),
  'sandbox/organizations': adapter('findings', 'fastify'),
  'sandbox/tags': adapter('findings', 'fastify'),
  'sandbox/sts': adapter('', 'fastify'),
  'sandbox/cloudtrail': adapter('findings sandbox/sts', 'fastify'),
  'sandbox/samples': adapter('findings sandbox/access-analyzer sandbox/cloudtrail sandbox/organizations'),
  'sandbox/board': adapter('findings sandbox/jira', 'fastify'),
  'sandbox/sqs': adapter('', 'fauxqs @aws-sdk/*'),
  'sandbox/jira-simulator.ts': adapter('sandbox/jira sandbox/jira-controls sandbox/board sandbox/samples', 'fastify'),
  'sandbox/demo.ts': adapter(
    'rules config pipeline/ports app.ts sandbox/jira-simulator.ts sandbox/access-analyzer sandbox/cloudtrail sandbox/organizations sandbox/samples sandbox/sqs sandbox/sts',
    'close-with-grace yaml',
  ),
  'sandbox/main.ts': adapter(
    'sandbox/jira-simulator.ts sandbox/access-analyzer sandbox/cloudtrail sandbox/organizations sandbox/samples sandbox/sqs sandbox/sts',
    'close-with-grace',
  ),

  'pipeline/pipeline-deps.ts': pipeline(`rules issues pipeline/ports pipeline/rulebook pipeline/details pipeline/recovery pipeline/listing
    pipeline/reconcile pipeline/admin-actions`),
  'pipeline/compose-pipeline.ts':
    pipeline(`pipeline/pipeline-deps.ts pipeline/ports pipeline/records pipeline/rulebook pipeline/accept pipeline/details pipeline/enrichment pipeline/operations
    pipeline/recovery pipeline/reports pipeline/retention pipeline/evidence pipeline/rescan pipeline/listing pipeline/reconcile pipeline/accounts pipeline/rule-changes pipeline/admin-actions pipeline/runtime`),

  'load-parts.ts': { ...adapter('admin/served-files.ts rules pipeline/ports'), importsByName: true },
  'compose-doctor.ts': adapter('pipeline/ports pipeline/rulebook pipeline/coverage pipeline/runtime'),
  'app.ts': adapter(`rules pipeline/ports pipeline/rulebook pipeline/runtime
    load-parts.ts compose-doctor.ts pipeline/compose-pipeline.ts pipeline/pipeline-deps.ts network intake queue jira store admin/server.ts admin/listen.ts
    config telemetry`),
  'main.ts': adapter('app.ts config rules', 'close-with-grace'),
};

/** Sources that run in browsers, as they are; test/parts/page/page.test.ts has their arrows. */
const BROWSER_SOURCES = 'parts/page/assets/';

/** @param knows space-separated names */
function pure(knows: string): Place {
  return { knows: wordsOf(knows), packages: ['typebox'], builtins: ['node:crypto'], pure: true };
}

/** @param knows space-separated names */
function pipeline(knows: string): Place {
  return { knows: wordsOf(knows), packages: [], builtins: ['node:crypto'], pure: false };
}

/** @param knows space-separated names @param packages space-separated names */
function adapter(knows: string, packages = ''): Place {
  return { knows: wordsOf(knows), packages: ['typebox', ...wordsOf(packages)], builtins: 'all', pure: false };
}

function wordsOf(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** Globals that a pure file may not read. */
const IMPURE_WORDS = new Set(
  `process fetch setTimeout setInterval setImmediate queueMicrotask performance crypto navigator globalThis global require eval Function
  WebSocket XMLHttpRequest Worker MessageChannel randomUUID randomBytes randomInt randomFillSync getRandomValues webcrypto`.split(/\s+/),
);

/** The result of reading a source tree. */
export interface Architecture {
  /** Number of files directly in each folder. */
  readonly folders: Readonly<Record<string, number>>;
  readonly files: readonly string[];
  /** Arrows that no import uses. */
  readonly idleArrows: readonly string[];
  /** Number of imports that were read. */
  readonly imports: number;
  /** One line each, which begins with the file's path. */
  readonly problems: readonly string[];
}

/** Reads every TypeScript file under a source folder and checks it against the arrows. */
export function readArchitecture(src: string): Architecture {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .map((file) => file.split(sep).join('/'))
    .filter((file) => /\.[cm]?[jt]sx?$/.test(file) && !file.startsWith(BROWSER_SOURCES))
    .toSorted();
  let imports = 0;
  const used = new Set<string>();
  const problems = files.flatMap((file) => {
    const tokens = scanModule(readFileSync(join(src, file), 'utf8'));
    const specifiers = importsOf(tokens);
    imports += specifiers.length;
    const place = placeOf(file);
    if (place === undefined) return [`${file}: stands in no folder of the architecture`];
    const importProblems = specifiers.map((specifier) => importProblem(src, file, place, specifier, used));
    return [
      ...nameProblems(file),
      ...importProblems.filter((problem) => problem !== null),
      ...(place.pure ? impureWords(tokens).map((word) => `a pure folder may not use ${word}`) : []),
    ].map((problem) => `${file}: ${problem}`);
  });
  const counted = Map.groupBy(
    files.filter((file) => file.includes('/')),
    (file) => posix.dirname(file),
  );
  const folders = Object.fromEntries([...counted].map(([folder, inside]) => [folder, inside.length]));
  const arrows = Object.entries(PLACES).flatMap(([from, { knows }]) => knows.map((to) => `${from} -> ${to}`));
  return { folders, files, imports, problems, idleArrows: arrows.filter((arrow) => !used.has(arrow)) };
}

/** The file's own entry, or else that of its direct folder: the entry of a folder does not cover its subfolders. */
function placeNameOf(file: string): string | undefined {
  return [file, posix.dirname(file)].find((name) => own(name) !== undefined);
}

function placeOf(file: string): Place | undefined {
  const name = placeNameOf(file);
  return name === undefined ? undefined : own(name);
}

function own(name: string): Place | undefined {
  return Object.hasOwn(PLACES, name) ? PLACES[name] : undefined;
}

function nameProblems(file: string): readonly string[] {
  const problems: string[] = [];
  if (file.split('/').length > 3) problems.push('is more than three levels deep');
  if (!/^[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(file.slice(file.lastIndexOf('/') + 1)))
    problems.push('is not named in kebab-case with the ending .ts');
  return problems;
}

/** Every imported module, by any form of import; null where the text does not show its name. */
function importsOf(tokens: readonly Token[]): readonly (string | null)[] {
  return tokens.flatMap((token, at) => {
    if (token.kind !== 'word') return [];
    const next = tokens[at + 1];
    const isProperty = tokens[at - 1]?.text === '.';
    if (token.text === 'getBuiltinModule') return [argumentAt(tokens, at + 1)?.replace(/^(node:)?/, 'node:') ?? null];
    if (isProperty) return [];
    if (token.text === 'createRequire') return [null];
    // `import … from 'x'`, `export … from 'x'`, and `import 'x'`.
    if (/^(from|import)$/.test(token.text) && next?.kind === 'string') return [next.text];
    return /^(import|require)$/.test(token.text) && next?.text === '(' ? [argumentAt(tokens, at + 1)] : [];
  });
}

/** The first argument of a call whose parenthesis opens at `at`, if it is a plain string. */
function argumentAt(tokens: readonly Token[], at: number): string | null {
  const [open, argument, end] = tokens.slice(at, at + 3);
  return open?.text === '(' && argument?.kind === 'string' && /^[),]$/.test(end?.text ?? '') ? argument.text : null;
}

function importProblem(src: string, file: string, place: Place, specifier: string | null, used: Set<string>): string | null {
  if (specifier === null && place.importsByName === true) return null;
  if (specifier === null) return 'imports a module whose name cannot be read off the text';
  if (/^\.\.?\//.test(specifier)) return relativeProblem(src, file, place, specifier, used);
  if (isBuiltin(specifier)) {
    if (!specifier.startsWith('node:')) return `imports ${specifier} without node: before it`;
    return place.builtins === 'all' || place.builtins.includes(specifier) ? null : `may not import ${specifier}`;
  }
  return packageProblem(place, specifier);
}

function packageProblem(place: Place, specifier: string): string | null {
  if (!/^(@[a-z0-9-]+\/)?[a-z0-9][a-z0-9._-]*(\/|$)/.test(specifier))
    return `imports ${specifier}, which is neither a package nor a file of ours`;
  const allowed = place.packages.some((name) => specifier === name || specifier.startsWith(name.replace(/\*$/, '').replace(/\/?$/, '/')));
  return allowed ? null : `may not import the package ${specifier}`;
}

/** @param used collects the arrow that allows the import */
function relativeProblem(src: string, file: string, place: Place, specifier: string, used: Set<string>): string | null {
  const target = relative(src, join(src, dirname(file), specifier))
    .split(sep)
    .join('/');
  const inPackage = /^\.\.\/node_modules\/(.+)$/.exec(target)?.[1];
  if (inPackage !== undefined && place.importsFiles === true) return packageProblem(place, inPackage);
  if (target.startsWith('../')) return `imports ${specifier}, which is outside src`;
  if (!target.endsWith('.ts')) return `imports ${specifier} without the ending .ts`;
  if (!existsSync(join(src, target))) return `imports ${specifier}, which does not exist`;
  // A file with its own entry is not covered by the entry of its folder.
  const isOnItsOwn = own(target) !== undefined;
  const arrow = place.knows.find((to) => to === target || (!isOnItsOwn && to === posix.dirname(target)));
  if (arrow !== undefined) used.add(`${placeNameOf(file)} -> ${arrow}`);
  const isNear = posix.dirname(file) === posix.dirname(target) && file.includes('/') && !isOnItsOwn;
  return arrow !== undefined || isNear ? null : `may not import ${target}`;
}

function impureWords(tokens: readonly Token[]): readonly string[] {
  return tokens.flatMap((token, at) => {
    const before = tokens[at - 1]?.text ?? '';
    const after = [tokens[at + 1]?.text ?? '', tokens[at + 2]?.text ?? ''] as const;
    // A property or a field with the name of a global is not a use of it.
    if (token.kind !== 'word' || before === '.' || after[0] === ':') return [];
    const word = impureWord(token.text, before, after);
    return word === null ? [] : [word];
  });
}

function impureWord(word: string, before: string, after: readonly [string, string]): string | null {
  const property = after[0] === '.' || after[0] === '[' ? after[1] : null;
  if (word === 'Date') {
    const reads = before === 'new' ? after[0] !== '(' || after[1] === ')' : after[0] === '(' || property === 'now';
    return reads ? 'the clock' : null;
  }
  if (word === 'Math') return property === 'random' ? 'Math.random' : null;
  if (word === 'import') return after[0] === '.' ? 'import.meta' : null;
  return IMPURE_WORDS.has(word) ? word : null;
}
