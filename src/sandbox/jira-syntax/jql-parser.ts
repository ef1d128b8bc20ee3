/** A parsed query. */
export interface Jql {
  readonly where: JqlCondition;
  readonly order: readonly JqlOrder[];
}

export type JqlCondition =
  | { readonly is: 'and' | 'or'; readonly of: readonly JqlCondition[] }
  /** One of these values. `creator` has account ids, and null for the current user. */
  | { readonly is: 'one-of'; readonly field: JqlListField; readonly values: readonly (string | null)[] }
  /** None of these values, but at least one other. Source: https://support.atlassian.com/jira-software-cloud/docs/jql-operators/ */
  | { readonly is: 'none-of'; readonly field: 'labels'; readonly values: readonly (string | null)[] }
  | { readonly is: 'empty'; readonly field: 'labels' }
  | { readonly is: JqlTimeField; readonly operator: '>=' | '>' | '<=' | '<'; readonly moment: JqlMoment };

export type JqlTimeField = 'created' | 'updated';

export type JqlListField = 'labels' | 'project' | 'creator' | 'key' | 'id';

/** Ms before now, or epoch ms. */
export type JqlMoment = { readonly agoMs: number } | { readonly atMs: number };

export interface JqlOrder {
  readonly by: 'created' | 'key';
  readonly descending: boolean;
}

export type ParsedJql = { readonly ok: true; readonly jql: Jql } | { readonly ok: false; readonly message: string };

interface Token {
  readonly text: string;
  readonly quoted: boolean;
  readonly at: number;
}

const UNBOUNDED = 'Unbounded JQL queries are not allowed here. Please add a search restriction to your query.';
const MAX_DEPTH = 50;
const MAX_LENGTH = 100_000;
const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Parses the part of JQL that the simulator supports; refuses everything else with a message in Jira's format. Never throws. */
export function parseJql(text: string): ParsedJql {
  try {
    return { ok: true, jql: readQuery(text) };
  } catch (error) {
    if (error instanceof JqlProblem) return { ok: false, message: error.message };
    throw error;
  }
}

class JqlProblem extends Error {}

function readQuery(text: string): Jql {
  if (text.length > MAX_LENGTH) throw new JqlProblem('The JQL query is too long.');
  const tokens = tokensOf(text);
  const reader = createReader(tokens);
  if (reader.peek() === null || reader.isWord('order')) throw new JqlProblem(UNBOUNDED);
  const where = readCondition(reader, 0);
  const order = reader.peek() === null ? [] : readOrder(reader);
  const left = reader.peek();
  if (left !== null) throw unexpected("Expecting either 'OR' or 'AND'", left);
  return { where, order };
}

function tokensOf(text: string): Token[] {
  const shape = /\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(>=|<=|!=|!~|[=<>~(),])|([^\s"'=<>!~(),]+))/suy;
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  while (shape.lastIndex < end) {
    const at = shape.lastIndex;
    const match = shape.exec(text);
    if (match === null)
      throw new JqlProblem(
        `Error in the JQL Query: The character ${quote(text.slice(at).trimStart()[0] ?? '')} is a reserved JQL character. (line 1, character ${at + 1})`,
      );
    const [, double, single, symbol, word] = match;
    const quoted = double ?? single;
    tokens.push({
      text: quoted === undefined ? (symbol ?? word ?? '') : quoted.replaceAll(/\\(.)/gsu, '$1'),
      quoted: quoted !== undefined,
      at: at + 1,
    });
  }
  return tokens;
}

interface Reader {
  peek(): Token | null;
  next(expected: string): Token;
  isWord(word: string): boolean;
  takeWord(word: string): boolean;
}

function createReader(tokens: readonly Token[]): Reader {
  let position = 0;
  const peek = (): Token | null => tokens[position] ?? null;
  const isWord = (word: string): boolean => {
    const token = peek();
    return token !== null && !token.quoted && token.text.toLowerCase() === word;
  };
  return {
    peek,
    isWord,
    next(expected) {
      const token = peek();
      if (token === null) throw new JqlProblem(`Error in the JQL Query: ${expected} before the end of the query.`);
      position += 1;
      return token;
    },
    takeWord(word) {
      if (!isWord(word)) return false;
      position += 1;
      return true;
    },
  };
}

function readCondition(reader: Reader, depth: number): JqlCondition {
  if (depth > MAX_DEPTH) throw new JqlProblem('Error in the JQL Query: The query is nested too deeply.');
  const any = [readAll(reader, depth)];
  while (reader.takeWord('or')) any.push(readAll(reader, depth));
  return joined('or', any);
}

function readAll(reader: Reader, depth: number): JqlCondition {
  const all = [readTerm(reader, depth)];
  while (reader.takeWord('and')) all.push(readTerm(reader, depth));
  return joined('and', all);
}

function joined(is: 'and' | 'or', of: readonly JqlCondition[]): JqlCondition {
  const [only, ...more] = of;
  return only !== undefined && more.length === 0 ? only : { is, of };
}

function readTerm(reader: Reader, depth: number): JqlCondition {
  if (!reader.takeWord('(')) return readClause(reader);
  const inside = readCondition(reader, depth + 1);
  expect(reader, ')');
  return inside;
}

function readClause(reader: Reader): JqlCondition {
  const field = reader.next('Expecting a field name');
  const name = field.text.toLowerCase();
  switch (name) {
    case 'labels':
      return readLabels(reader);
    case 'project':
    case 'creator':
    case 'key':
    case 'id':
      return { is: 'one-of', field: name, values: readValues(reader, name) };
    case 'issue':
    case 'issuekey':
      return { is: 'one-of', field: 'key', values: readValues(reader, 'key') };
    case 'created':
    case 'updated':
      return readTime(reader, name);
    default:
      throw new JqlProblem(`Field ${quote(field.text)} does not exist or you do not have permission to view it.`);
  }
}

function readLabels(reader: Reader): JqlCondition {
  const field = 'labels';
  if (reader.takeWord('is')) {
    expect(reader, 'empty');
    return { is: 'empty', field };
  }
  if (!reader.takeWord('not')) return { is: 'one-of', field, values: readValues(reader, field) };
  expect(reader, 'in');
  return { is: 'none-of', field, values: readList(reader, field) };
}

function readValues(reader: Reader, field: JqlListField): (string | null)[] {
  const operator = reader.next('Expecting an operator');
  if (operator.text === '=') return [readValue(reader, field)];
  if (operator.text.toLowerCase() !== 'in')
    throw new JqlProblem(`The operator '${operator.text}' is not supported by the '${field}' field.`);
  return readList(reader, field);
}

function readList(reader: Reader, field: JqlListField): (string | null)[] {
  expect(reader, '(');
  const values = [readValue(reader, field)];
  while (reader.takeWord(',')) values.push(readValue(reader, field));
  expect(reader, ')');
  return values;
}

function readValue(reader: Reader, field: JqlListField): string | null {
  const token = reader.next('Expecting a value');
  if (!token.quoted && /^[=<>~(),!]/.test(token.text)) throw unexpected('Expecting either a value, list or function', token);
  if (!reader.takeWord('(')) return token.text;
  expect(reader, ')');
  if (field === 'creator' && token.text.toLowerCase() === 'currentuser') return null;
  throw new JqlProblem(`Unable to find JQL function '${token.text}()'.`);
}

function readTime(reader: Reader, field: JqlTimeField): JqlCondition {
  const operator = reader.next('Expecting an operator').text;
  if (operator !== '>=' && operator !== '>' && operator !== '<=' && operator !== '<') {
    throw new JqlProblem(`The operator '${operator}' is not supported by the '${field}' field.`);
  }
  const value = reader.next('Expecting a value').text;
  return { is: field, operator, moment: readMoment(value, field) };
}

function readMoment(text: string, field: JqlTimeField): JqlMoment {
  const [, amount, unit] = /^-(\d{1,9})([mhdw])$/.exec(text) ?? [];
  if (amount !== undefined && unit !== undefined) return { agoMs: Number(amount) * (UNIT_MS[unit] ?? 0) };
  const [, year, month, day, hour = '00', minute = '00'] = /^(\d{4})[-/](\d{2})[-/](\d{2})(?: (\d{2}):(\d{2}))?$/.exec(text) ?? [];
  const atMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:00Z`);
  if (!Number.isNaN(atMs)) return { atMs };
  throw new JqlProblem(
    `Date value ${quote(text)} for field '${field}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.`,
  );
}

function readOrder(reader: Reader): JqlOrder[] {
  const start = reader.next('Expecting ORDER BY');
  if (start.quoted || start.text.toLowerCase() !== 'order') throw unexpected("Expecting either 'OR' or 'AND'", start);
  expect(reader, 'by');
  const order: JqlOrder[] = [];
  do {
    const field = reader.next('Expecting a field name').text;
    const by = field.toLowerCase();
    if (by !== 'created' && by !== 'key') throw new JqlProblem(`Not able to sort using field '${field}'.`);
    const descending = reader.takeWord('desc');
    if (!descending) reader.takeWord('asc');
    order.push({ by, descending });
  } while (reader.takeWord(','));
  return order;
}

function expect(reader: Reader, text: string): void {
  const token = reader.next(`Expecting '${text}'`);
  if (token.quoted || token.text.toLowerCase() !== text) throw unexpected(`Expecting '${text}'`, token);
}

function unexpected(expected: string, token: Token): JqlProblem {
  return new JqlProblem(`Error in the JQL Query: ${expected} but got ${quote(token.text)}. (line 1, character ${token.at})`);
}

function quote(text: string): string {
  return `'${text.slice(0, 100)}'`;
}
