import { readYaml, type ReadYaml, type YamlFault } from './read-yaml.ts';

/** Characters of a part. A parsed text takes a hundred times its length, so long texts are parsed in parts. */
const PART_SIZE = 50_000;

const KEY = 'rules:';

/**
 * Reads a YAML text as `readYaml` does. If it is a long rules file with one rule below the other, its rules are parsed some at a time, which
 * takes little memory; any other text is parsed as a whole.
 */
export function readYamlInParts(text: string): ReadYaml {
  const cut = text.length <= PART_SIZE ? null : cutRules(text.split('\n'));
  if (cut === null) return readYaml(text);
  const frame = readYaml(cut.frame);
  if (!frame.ok) return frame;
  const rules: unknown[] = [];
  for (const { firstLine, lines } of cut.parts) {
    const part = readYaml([KEY, ...lines].join('\n'));
    if (!part.ok) return { ok: false, faults: part.faults.map((fault) => movedDown(fault, firstLine - 1)) };
    for (const rule of rulesIn(part.input)) rules.push(rule);
  }
  return { ok: true, input: typeof frame.input === 'object' && frame.input !== null ? { ...frame.input, rules } : frame.input };
}

interface Cut {
  /** The text with blank lines in place of its rules. */
  readonly frame: string;
  readonly parts: readonly { readonly firstLine: number; readonly lines: readonly string[] }[];
}

/**
 * Finds the rules by their indentation. In valid YAML, a line with a hyphen at the indentation of a list's first item begins an item:
 * whatever is inside an item is indented deeper. A text that is not valid is not valid in parts either.
 * @returns null where the text has another form
 */
function cutRules(lines: readonly string[]): Cut | null {
  const start = lines.findIndex((line) => /^rules:\s*(#.*)?$/.test(line));
  // Documents, directives and text at the margin that is no key have effects beyond their place.
  const isPlain = lines.every((line) => line === '' || /^[ #\r]|^-([ \r]|$)|^[A-Za-z]+:([ \r]|$)/.test(line));
  if (start === -1 || !isPlain || lines.some((line, at) => at !== start && line.startsWith(KEY))) return null;
  const end = lines.findIndex((line, at) => at > start && /^[A-Za-z]/.test(line));
  const section = lines.slice(start + 1, end === -1 ? undefined : end);
  const indent = section.find(isContent)?.match(/^( *)-([ \r]|$)/)?.[1]?.length;
  if (indent === undefined) return null;
  const isItem = (line: string): boolean => line.charAt(indent) === '-' && /^ *-([ \r]|$)/.test(line) && line.search(/\S/) === indent;
  if (!section.every((line) => !isContent(line) || isItem(line) || line.search(/\S/) > indent)) return null;
  const frame = [...lines.slice(0, start + 1), ...section.map(() => ''), ...(end === -1 ? [] : lines.slice(end))].join('\n');
  return { frame, parts: partsOf(section, start + 1, isItem) };
}

/** Neither blank nor a comment. */
function isContent(line: string): boolean {
  return /^\s*[^\s#]/.test(line);
}

function partsOf(section: readonly string[], offset: number, isItem: (line: string) => boolean): Cut['parts'] {
  const parts: { firstLine: number; lines: string[] }[] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const [at, line] of section.entries()) {
    if (parts.length === 0 || (size > PART_SIZE && isItem(line))) {
      parts.push({ firstLine: offset + at, lines: [] });
      size = 0;
    }
    parts.at(-1)?.lines.push(line);
    size += line.length + 1;
  }
  return parts;
}

function rulesIn(input: unknown): readonly unknown[] {
  const rules = typeof input === 'object' && input !== null && 'rules' in input ? input.rules : null;
  return Array.isArray(rules) ? rules : [];
}

function movedDown({ at, message }: YamlFault, lines: number): YamlFault {
  return { at: at === null ? null : { line: at.line + lines, column: at.column }, message };
}
