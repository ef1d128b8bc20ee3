import { LineCounter, parseDocument, visit, type Document } from 'yaml';
import type { Problem } from '../rules/problem.ts';

/** Far above any real rule set; above it nothing is parsed. */
const MAX_CHARACTERS = 1_000_000;
/** One slip can make many faults; the first ones tell. */
const MAX_FAULTS_SHOWN = 5;

/** What the file says, still unchecked, or one line per problem that begins with the file's path. */
export type ReadRulesFile = { readonly ok: true; readonly input: unknown } | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Reads a rules file's text as YAML 1.2, of which JSON is a part. Whether it holds rules is for the rules' own check to say.
 * Aliases and duplicate keys are refused, since a reader of the file could not see what they amount to.
 * @param path shown in problems
 */
export function readRulesFile(path: string, text: string): ReadRulesFile {
  if (text.length > MAX_CHARACTERS) return { ok: false, problems: [`${path}: expected at most ${MAX_CHARACTERS} characters`] };
  try {
    const lines = new LineCounter();
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      stringKeys: true,
      uniqueKeys: true,
      resolveKnownTags: false,
      logLevel: 'error',
    });
    const faults = faultsIn(document);
    if (faults.length === 0) return { ok: true, input: document.toJS({ maxAliasCount: 0 }) };
    return { ok: false, problems: faults.slice(0, MAX_FAULTS_SHOWN).map(({ at, message }) => `${place(path, lines, at)}: ${message}`) };
  } catch (error) {
    return { ok: false, problems: [`${path}: ${error instanceof Error ? error.message : 'cannot be read'}`] };
  }
}

/** Problems that a check of the file's content found, as lines that read `rules.yaml: rules[2].id: expected …`. */
export function inRulesFile(path: string, problems: readonly Problem[]): readonly string[] {
  return problems.map((problem) => [path, problem.path, problem.message].filter((part) => part !== '').join(': '));
}

interface Fault {
  /** Characters from the start of the text. */
  readonly at: number;
  readonly message: string;
}

function faultsIn(document: Document.Parsed): readonly Fault[] {
  // Warnings count (an unknown tag, say): the value would not be what the file's writer thought.
  const faults: Fault[] = [...document.errors, ...document.warnings].map((fault) => ({
    at: fault.pos[0],
    message: wordsOf(fault.message),
  }));
  if (faults.length > 0) return faults;
  if (document.directives.yaml.version !== '1.2') faults.push({ at: 0, message: 'expected YAML 1.2' });
  visit(document, {
    Alias: (_key, alias) => {
      faults.push({ at: alias.range?.[0] ?? 0, message: `expected no alias (*${alias.source})` });
    },
  });
  return faults;
}

/** The parser meets too much nesting by running out of stack, which it reports as a fault among others. */
function wordsOf(message: string): string {
  return /call stack|stack overflow/i.test(message) ? 'nested too deeply' : message.replaceAll(/\s+/g, ' ');
}

function place(path: string, lines: LineCounter, at: number): string {
  const { line, col } = lines.linePos(at);
  return `${path}:${line}:${col}`;
}
