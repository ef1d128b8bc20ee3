import { LineCounter, parseDocument, visit, type Document } from 'yaml';

/** More than ten thousand rules of the usual size need; above it nothing is parsed. */
const MAX_CHARACTERS = 5_000_000;
/** One slip can make many faults; the first ones tell. */
const MAX_FAULTS_SHOWN = 5;

/** What a text says, still unchecked, or what is wrong with it as YAML. */
export type ReadYaml = { readonly ok: true; readonly input: unknown } | { readonly ok: false; readonly faults: readonly YamlFault[] };

export interface YamlFault {
  /** From 1; null: the text as a whole. */
  readonly at: { readonly line: number; readonly column: number } | null;
  readonly message: string;
}

/**
 * Reads YAML 1.2, of which JSON is a part. Never throws. Aliases and duplicate keys are refused, since a reader of the text could not see what
 * they amount to.
 */
export function readYaml(text: string): ReadYaml {
  if (text.length > MAX_CHARACTERS) return { ok: false, faults: [{ at: null, message: `expected at most ${MAX_CHARACTERS} characters` }] };
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
    return { ok: false, faults: faults.slice(0, MAX_FAULTS_SHOWN).map(({ at, message }) => ({ at: place(lines, at), message })) };
  } catch (error) {
    return { ok: false, faults: [{ at: null, message: error instanceof Error ? error.message : 'cannot be read' }] };
  }
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

function place(lines: LineCounter, at: number): YamlFault['at'] {
  const { line, col } = lines.linePos(at);
  return { line, column: col };
}
