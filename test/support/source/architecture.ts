import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { scanModule, type Token } from './scan-module.ts';

/** What the files of one folder may import. */
interface Place {
  /** Folders under src, or files directly in it. Its own files are always allowed. */
  readonly knows: readonly string[];
  /** Packages; `scope/*` for all of a scope. */
  readonly packages: readonly string[];
  /** Node's own modules; `all` for an adapter. */
  readonly builtins: 'all' | readonly string[];
  /** Holds no clock, chance, timer, network or environment. */
  readonly pure: boolean;
}

const PURE = ['findings', 'rules', 'issues'];

/** The arrows of the architecture. A folder that is not named here may not exist. */
const PLACES: Readonly<Record<string, Place>> = {
  findings: pure([]),
  rules: { ...pure(['findings']), packages: ['typebox', 'marklassian'] },
  issues: pure(['findings', 'rules']),
  pipeline: { knows: PURE, packages: [], builtins: ['node:crypto'], pure: false },
  intake: adapter(['@aws-sdk/*']),
  queue: adapter(['bullmq', 'ioredis']),
  jira: adapter(['jira.js']),
  store: adapter(['ioredis']),
  admin: adapter(['fastify', '@fastify/*', 'jose']),
  config: { ...adapter(['yaml']), knows: PURE },
  telemetry: adapter(['pino', 'prom-client']),
  sandbox: { ...adapter(['fauxqs', 'fastify', '@aws-sdk/*']), knows: PURE },
  'sandbox/demo.ts': { ...adapter(['close-with-grace', 'yaml']), knows: [...PURE, 'pipeline', 'config', 'sandbox', 'app.ts'] },
  'sandbox/main.ts': { ...adapter(['close-with-grace']), knows: [...PURE, 'sandbox'] },
  'app.ts': { ...adapter([]), knows: [...PURE, 'pipeline', 'intake', 'queue', 'jira', 'store', 'admin', 'config', 'telemetry'] },
  'main.ts': { ...adapter(['close-with-grace']), knows: ['app.ts', 'config', 'rules', 'telemetry'] },
};

function pure(knows: readonly string[]): Place {
  return { knows, packages: ['typebox'], builtins: ['node:crypto'], pure: true };
}

function adapter(packages: readonly string[]): Place {
  return { knows: [...PURE, 'pipeline'], packages: ['typebox', ...packages], builtins: 'all', pure: false };
}

/** Globals that a pure file may not read. */
const IMPURE_WORDS = new Set(
  `process fetch setTimeout setInterval setImmediate queueMicrotask performance crypto navigator globalThis global require eval Function
  WebSocket XMLHttpRequest Worker MessageChannel randomUUID randomBytes randomInt randomFillSync getRandomValues webcrypto`.split(/\s+/),
);

/** What a source tree was found to be. */
export interface Architecture {
  /** Folders with at least one file in them. */
  readonly folders: readonly string[];
  readonly files: readonly string[];
  /** How many imports were read. */
  readonly imports: number;
  /** One line each, which begins with the file's path. */
  readonly problems: readonly string[];
}

/** Reads every TypeScript file under a source folder and holds it against the arrows. */
export function readArchitecture(src: string): Architecture {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .map((file) => file.split(sep).join('/'))
    .filter((file) => /\.[cm]?[jt]sx?$/.test(file))
    .toSorted();
  let imports = 0;
  const problems = files.flatMap((file) => {
    const tokens = scanModule(readFileSync(join(src, file), 'utf8'));
    const specifiers = importsOf(tokens);
    imports += specifiers.length;
    const place = placeOf(file);
    if (place === undefined) return [`${file}: stands in no folder of the architecture`];
    return [
      ...nameProblems(file),
      ...specifiers.map((specifier) => importProblem(src, file, place, specifier)).filter((problem) => problem !== null),
      ...(place.pure ? impureWords(tokens).map((word) => `a pure folder may not use ${word}`) : []),
    ].map((problem) => `${file}: ${problem}`);
  });
  const folders = [...new Set(files.filter((file) => file.includes('/')).map((file) => file.slice(0, file.indexOf('/'))))];
  return { folders, files, imports, problems };
}

function placeOf(file: string): Place | undefined {
  return own(file) ?? own(file.slice(0, Math.max(0, file.indexOf('/'))));
}

function own(name: string): Place | undefined {
  return Object.hasOwn(PLACES, name) ? PLACES[name] : undefined;
}

function nameProblems(file: string): readonly string[] {
  const problems: string[] = [];
  if (file.split('/').length > 2) problems.push('stands more than two levels deep');
  if (!/^[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(file.slice(file.lastIndexOf('/') + 1)))
    problems.push('is not named in kebab-case with the ending .ts');
  return problems;
}

/** Every module that is imported, in whatever way; null where the name can't be read off the text. */
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

/** The first argument of a call whose parenthesis opens here, when it is nothing but a string. */
function argumentAt(tokens: readonly Token[], at: number): string | null {
  const [open, argument, end] = tokens.slice(at, at + 3);
  return open?.text === '(' && argument?.kind === 'string' && /^[),]$/.test(end?.text ?? '') ? argument.text : null;
}

function importProblem(src: string, file: string, place: Place, specifier: string | null): string | null {
  if (specifier === null) return 'imports a module whose name cannot be read off the text';
  if (/^\.\.?\//.test(specifier)) return relativeProblem(src, file, place, specifier);
  if (isBuiltin(specifier)) {
    if (!specifier.startsWith('node:')) return `imports ${specifier} without node: before it`;
    return place.builtins === 'all' || place.builtins.includes(specifier) ? null : `may not import ${specifier}`;
  }
  if (!/^(@[a-z0-9-]+\/)?[a-z0-9][a-z0-9._-]*(\/|$)/.test(specifier))
    return `imports ${specifier}, which is neither a package nor a file of ours`;
  const allowed = place.packages.some((name) => specifier === name || specifier.startsWith(name.replace(/\*$/, '').replace(/\/?$/, '/')));
  return allowed ? null : `may not import the package ${specifier}`;
}

function relativeProblem(src: string, file: string, place: Place, specifier: string): string | null {
  const target = relative(src, join(src, dirname(file), specifier))
    .split(sep)
    .join('/');
  if (target.startsWith('../')) return `imports ${specifier}, which is outside src`;
  if (!target.endsWith('.ts')) return `imports ${specifier} without the ending .ts`;
  if (!existsSync(join(src, target))) return `imports ${specifier}, which does not exist`;
  const folder = target.includes('/') ? target.slice(0, target.indexOf('/')) : target;
  const home = file.includes('/') ? file.slice(0, file.indexOf('/')) : file;
  return folder === home || place.knows.includes(folder) ? null : `may not import ${target}`;
}

function impureWords(tokens: readonly Token[]): readonly string[] {
  return tokens.flatMap((token, at) => {
    const before = tokens[at - 1]?.text ?? '';
    const after = [tokens[at + 1]?.text ?? '', tokens[at + 2]?.text ?? ''] as const;
    // A property or a field that happens to have a global's name is no use of it.
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
