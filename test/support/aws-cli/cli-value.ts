import type { Shape } from './cli-schema.ts';

/**
 * What is wrong with the words of one option; null: nothing. JSON and the CLI's shorthand (`Key=Value,List=[a,b]`) are read down to the last
 * member. Source: https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-shorthand.html
 */
export function valueProblem(words: readonly string[], shape: Shape): string | null {
  if (shape.kind === 'flag') return words.length === 0 ? null : 'a flag takes no value';
  if (words.length === 0) return 'a value is missing';
  if (words.every((word) => /^fileb?:\/\/\S+$/.test(word))) return words.length === 1 ? null : 'one file only';
  if (shape.kind === 'list') return listProblem(words, shape);
  if (words.length > 1) return 'one value only';
  const [word = ''] = words;
  if (shape.kind === 'text') return word.startsWith('{') || word.startsWith('[') ? jsonProblem(word) : null;
  return /^\s*[{[]/.test(word) ? jsonMembersProblem(word, shape) : shorthandProblem(word, shape);
}

function listProblem(words: readonly string[], shape: Extract<Shape, { kind: 'list' }>): string | null {
  const [first = ''] = words;
  if (words.length === 1 && /^\s*\[/.test(first)) return jsonMembersProblem(first, shape);
  const problems = words.map((word) => valueProblem([word], shape.item()));
  return problems.find((problem) => problem !== null) ?? null;
}

function jsonProblem(word: string): string | null {
  try {
    JSON.parse(word);
    return null;
  } catch {
    return 'is no JSON';
  }
}

function jsonMembersProblem(word: string, shape: Shape): string | null {
  return jsonProblem(word) ?? memberProblem(JSON.parse(word), shape);
}

function memberProblem(value: unknown, shape: Shape): string | null {
  if (shape.kind === 'text') return typeof value === 'string' || typeof value === 'number' ? null : 'expected a text';
  if (shape.kind === 'flag') return typeof value === 'boolean' ? null : 'expected true or false';
  if (shape.kind === 'list') {
    if (!Array.isArray(value)) return 'expected a list';
    return firstOf(value.map((one) => memberProblem(one, shape.item())));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'expected an object';
  const entries = Object.entries(value);
  if (shape.kind === 'map') return firstOf(entries.map(([, one]) => memberProblem(one, shape.value())));
  return (
    namesProblem(
      entries.map(([name]) => name),
      shape,
    ) ?? firstOf(entries.map(([name, one]) => memberProblem(one, shape.members.get(name)?.() ?? { kind: 'text' })))
  );
}

function namesProblem(names: readonly string[], { members, required }: Extract<Shape, { kind: 'structure' }>): string | null {
  const unknown = names.find((name) => !members.has(name));
  if (unknown !== undefined) return `no member ${unknown}`;
  const missing = required.find((name) => !names.includes(name));
  return missing === undefined ? null : `member ${missing} is missing`;
}

function firstOf(problems: readonly (string | null)[]): string | null {
  return problems.find((problem) => problem !== null) ?? null;
}

function shorthandProblem(word: string, shape: Shape): string | null {
  const reader = { text: word, at: 0 };
  try {
    const value = readPairs(reader, shape);
    return reader.at === word.length ? memberProblem(value, shape) : `cannot be read from ${word.slice(reader.at)}`;
  } catch (error) {
    return error instanceof Error ? error.message : 'cannot be read';
  }
}

interface Reader {
  readonly text: string;
  at: number;
}

/** `a=1,b=[x,{c=2}]`; its values as texts, except where the shape wants a flag. */
function readPairs(reader: Reader, shape: Shape): Record<string, unknown> {
  const pairs: Record<string, unknown> = {};
  for (;;) {
    const [whole = '', name = ''] = /^([\w.:-]+)=/.exec(reader.text.slice(reader.at)) ?? [];
    if (whole === '') throw new Error(`expected a name at ${reader.text.slice(reader.at)}`);
    reader.at += whole.length;
    pairs[name] = readValue(reader, memberOf(shape, name));
    if (reader.text[reader.at] !== ',') return pairs;
    reader.at += 1;
  }
}

function readValue(reader: Reader, shape: Shape): unknown {
  const open = reader.text[reader.at];
  if (open === '{') {
    reader.at += 1;
    const value = readPairs(reader, shape);
    close(reader, '}');
    return value;
  }
  if (open === '[') {
    const items: unknown[] = [];
    const item = shape.kind === 'list' ? shape.item() : shape;
    do {
      reader.at += 1;
      items.push(readValue(reader, item));
    } while (reader.text[reader.at] === ',');
    close(reader, ']');
    return items;
  }
  const [plain = ''] = /^[^,{}[\]]*/.exec(reader.text.slice(reader.at)) ?? [];
  reader.at += plain.length;
  if (shape.kind === 'flag') return plain === 'true' ? true : plain === 'false' ? false : plain;
  return shape.kind === 'list' ? [plain] : plain;
}

function close(reader: Reader, mark: string): void {
  if (reader.text[reader.at] !== mark) throw new Error(`expected ${mark} at ${reader.text.slice(reader.at)}`);
  reader.at += 1;
}

function memberOf(shape: Shape, name: string): Shape {
  if (shape.kind === 'structure') return shape.members.get(name)?.() ?? { kind: 'text' };
  return shape.kind === 'map' ? shape.value() : { kind: 'text' };
}
