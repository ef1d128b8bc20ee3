import { isScalar, LineCounter, parseDocument, visit, type Document, type YAMLMap } from 'yaml';

/** More than ten thousand rules of the usual size need; a longer text is not parsed. */
const MAX_CHARACTERS = 5_000_000;
/** One mistake can cause many faults; the first ones are enough. */
const MAX_FAULTS_SHOWN = 5;

/** The unchecked content of a text, or its faults as YAML. */
export type ReadYaml = { readonly ok: true; readonly input: unknown } | { readonly ok: false; readonly faults: readonly YamlFault[] };

export interface YamlFault {
  /** From 1; null: the text as a whole. */
  readonly at: { readonly line: number; readonly column: number } | null;
  readonly message: string;
}

/**
 * Reads YAML 1.2, of which JSON is a part. Never throws. Aliases, duplicate keys and account ids without quotes as keys are refused,
 * since a reader of the text could not see their effect.
 */
export function readYaml(text: string): ReadYaml {
  if (text.length > MAX_CHARACTERS) return { ok: false, faults: [{ at: null, message: `expected at most ${MAX_CHARACTERS} characters` }] };
  try {
    const lines = new LineCounter();
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      stringKeys: true,
      // Found below in linear time: the parser compares every key with all others.
      uniqueKeys: false,
      resolveKnownTags: false,
      logLevel: 'error',
    });
    const faults = faultsIn(document);
    if (faults.length === 0) return { ok: true, input: document.toJS({ maxAliasCount: 0 }) };
    return { ok: false, faults: faults.slice(0, MAX_FAULTS_SHOWN).map(({ at, message }) => ({ at: place(lines, at), message })) };
  } catch (error) {
    return { ok: false, faults: [{ at: null, message: error instanceof Error ? wordsOf(error.message) : 'cannot be read' }] };
  }
}

interface Fault {
  /** Characters from the start of the text. */
  readonly at: number;
  readonly message: string;
}

function faultsIn(document: Document.Parsed): readonly Fault[] {
  // Warnings count (an unknown tag, say): the value would not be the one that the author meant.
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
    Map: (_key, map) => {
      faults.push(...repeatedKeys(map), ...bareAccounts(map));
    },
  });
  return faults;
}

function repeatedKeys({ items }: YAMLMap): readonly Fault[] {
  const known = new Set<unknown>();
  return items.flatMap(({ key }) => {
    if (!isScalar(key)) return [];
    if (known.has(key.value)) return [{ at: key.range?.[0] ?? 0, message: 'Map keys must be unique' }];
    known.add(key.value);
    return [];
  });
}

/** Other readers of YAML take such a key for a number, some for an octal one: an account id may begin with zeros. */
function bareAccounts({ items }: YAMLMap): readonly Fault[] {
  return items.flatMap(({ key }) => {
    if (!isScalar(key) || key.type !== 'PLAIN' || typeof key.value !== 'string' || !/^\d{12}$/.test(key.value)) return [];
    return [{ at: key.range?.[0] ?? 0, message: `expected the account id in quotes: "${key.value}"` }];
  });
}

/** With too much nesting the parser runs out of stack, which it reports like any other fault. */
function wordsOf(message: string): string {
  return /call stack|stack overflow/i.test(message) ? 'nested too deeply' : message.replaceAll(/\s+/g, ' ');
}

function place(lines: LineCounter, at: number): YamlFault['at'] {
  const { line, col } = lines.linePos(at);
  return { line, column: col };
}
