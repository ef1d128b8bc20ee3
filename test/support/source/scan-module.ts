/** One token of a module's text. Comments and the text parts of templates give none. */
export interface Token {
  readonly kind: 'word' | 'string' | 'sign';
  /** The word, the string's value, or one character; but `...` is one sign, and `?.` is given as `.`. */
  readonly text: string;
}

/** After these words and signs a slash begins a regular expression; elsewhere it divides. */
const BEFORE_REGEX = new Set(
  '( , = : [ ! & | ? { } ; + - * % ^ ~ < > return typeof case in of do else void await yield throw new'.split(' '),
);

/**
 * Splits TypeScript into words, strings and signs: enough to find imports and uses of globals, since the compiler has no API for it.
 * The code inside `${}` of a template is split too.
 */
export function scanModule(text: string): readonly Token[] {
  const tokens: Token[] = [];
  /** For each open template, the number of open braces inside its `${`. */
  const templates: number[] = [];
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at, at + 2);
    const character = text.charAt(at);
    if (/\s/.test(character)) at += 1;
    else if (rest === '//') at = endOf(text, '\n', at);
    else if (rest === '/*') at = endOf(text, '*/', at + 2);
    else if (character === "'" || character === '"') at = string(text, at, tokens);
    else if (character === '`') at = template(text, at + 1, templates, tokens);
    else if (character === '}' && templates.at(-1) === 0) {
      templates.pop();
      tokens.push({ kind: 'sign', text: '}' });
      at = template(text, at + 1, templates, tokens);
    } else if (character === '/' && startsRegex(tokens.at(-1))) at = regex(text, at + 1, tokens);
    else if (/[\p{ID_Start}$_#]/u.test(character)) at = word(text, at, tokens);
    else at = sign(text, at, templates, tokens);
  }
  return tokens;
}

function endOf(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found === -1 ? text.length : found + mark.length;
}

function string(text: string, start: number, tokens: Token[]): number {
  const quote = text.charAt(start);
  let at = start + 1;
  let value = '';
  while (at < text.length && text.charAt(at) !== quote) {
    if (text.charAt(at) === '\\') at += 1;
    value += text.charAt(at);
    at += 1;
  }
  tokens.push({ kind: 'string', text: value });
  return at + 1;
}

/** Reads the text of a template, to its end or the next `${`. A template without `${}` is given as a string, since an import may use one. */
function template(text: string, start: number, templates: number[], tokens: Token[]): number {
  let at = start;
  while (at < text.length && text.charAt(at) !== '`') {
    if (text.startsWith('${', at)) {
      templates.push(0);
      tokens.push({ kind: 'sign', text: '{' });
      return at + 2;
    }
    at += text.charAt(at) === '\\' ? 2 : 1;
  }
  tokens.push({ kind: 'string', text: text.charAt(start - 1) === '`' ? text.slice(start, at) : '' });
  return at + 1;
}

function startsRegex(before: Token | undefined): boolean {
  return before === undefined || (before.kind !== 'string' && BEFORE_REGEX.has(before.text));
}

function regex(text: string, start: number, tokens: Token[]): number {
  let at = start;
  let inClass = false;
  while (at < text.length && text.charAt(at) !== '\n' && (inClass || text.charAt(at) !== '/')) {
    if (text.charAt(at) === '[') inClass = true;
    if (text.charAt(at) === ']') inClass = false;
    at += text.charAt(at) === '\\' ? 2 : 1;
  }
  tokens.push({ kind: 'string', text: '' });
  return at + 1;
}

function word(text: string, start: number, tokens: Token[]): number {
  const found = /^[\p{ID_Continue}$#\u200c\u200d]+/u.exec(text.slice(start))?.[0] ?? text.charAt(start);
  tokens.push({ kind: 'word', text: found });
  return start + found.length;
}

function sign(text: string, start: number, templates: number[], tokens: Token[]): number {
  const character = text.charAt(start);
  const open = templates.pop();
  if (open !== undefined) templates.push(open + (character === '{' ? 1 : character === '}' ? -1 : 0));
  const found = text.startsWith('...', start) ? '...' : (/^\?\.(?!\d)/.exec(text.slice(start, start + 3))?.[0] ?? character);
  tokens.push({ kind: 'sign', text: found === '?.' ? '.' : found });
  return start + found.length;
}
