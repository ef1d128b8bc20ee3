import { isJsonObject, type Json, type JsonObject } from '../../findings/json.ts';
import { doc, paragraph, text } from '../../issues/text/adf.ts';
import { chosen, type Choice, type CreateField } from '../project/create-screen.ts';

/** A value as Jira's REST API takes it, or the kind of value that was expected. */
export type FieldValue = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly expected: string };

/** Account ids by the names that rules use; undefined: Jira knows no active person of that name. */
export type AccountIds = ReadonlyMap<string, string>;

/** One value that is not a list. `kind` tells values of the same type apart. */
interface One {
  readonly type: string;
  readonly kind: string;
  readonly choices: readonly Choice[] | null;
}

type Read = (given: Json, one: One, people: AccountIds) => FieldValue;

/** Choices that a message names. */
const MAX_NAMED = 15;

/** Below the limit of Jira, whatever it counts. */
const MAX_TEXT = 30_000;

/**
 * A rule's value for a field, in the form that the kind of the field wants. An object is taken as the form of the REST API, and only
 * compared with the choices. Pure.
 * Source: the fields' schema in `GET /issue/createmeta/{project}/issuetypes/{id}`
 */
export function fieldValue({ type, items, kind, choices }: CreateField, given: Json, people: AccountIds): FieldValue {
  if (given === null) return taken(null);
  // Shown as a list of objects, and set with the id of one.
  if (kind === 'gh-sprint') return readNumber(given);
  if (type !== 'array') return readOne(given, { type, kind, choices }, people);
  if (!Array.isArray(given)) return expected('a list');
  const values = given.map((item: Json) => readOne(item, { type: items ?? '', kind, choices }, people));
  const wrong = values.find((value) => !value.ok);
  return wrong ?? taken(values.map((value) => (value.ok ? value.value : null)));
}

/** The people that a value names, for a field about people. */
export function peopleIn({ type, items }: CreateField, given: Json): readonly string[] {
  if (type !== 'user' && items !== 'user') return [];
  return (Array.isArray(given) ? given : [given]).filter((one) => typeof one === 'string');
}

function readOne(given: Json, one: One, people: AccountIds): FieldValue {
  const read = Object.hasOwn(READERS, one.type) ? READERS[one.type] : undefined;
  if (isJsonObject(given)) return read === readText && !RICH.includes(one.kind) ? expected('a text') : readObject(given, one);
  if (read !== undefined) return read(given, one, people);
  if (one.kind === 'gh-epic-link') return matching(given, /^[A-Z][A-Z0-9_]*-\d+$/, 'the key of an issue, such as SEC-12');
  return expected(`an object as the REST API takes it, since values of the kind "${one.type}" are not known here`);
}

/** Texts that are documents in Jira. */
const RICH = ['textarea', 'environment'];

const READERS: Readonly<Record<string, Read>> = {
  string: readText,
  number: readNumber,
  date: (given) => (typeof given === 'string' && isDay(given) ? taken(given) : expected('a day such as 2026-12-31')),
  datetime: readTime,
  option: readChoice('value'),
  'option-with-child': readCascade,
  user: readPerson,
  group: readName,
  version: readChoice('name'),
  component: readChoice('name'),
  priority: readChoice('name'),
  resolution: readChoice('name'),
  securitylevel: readChoice('name'),
  project: (given) => keyed(matching(given, /^[A-Z][A-Z0-9_]+$/, 'the key of a project, such as SEC')),
  issuelink: (given) => keyed(matching(given, /^[A-Z][A-Z0-9_]*-\d+$/, 'the key of an issue, such as SEC-12')),
};

function readText(given: Json, { kind }: One): FieldValue {
  if (typeof given !== 'string' || given.trim() === '') return expected('a text');
  if (given.length > MAX_TEXT) return expected(`a text of at most ${MAX_TEXT} characters`);
  if (kind === 'labels')
    return /\s/.test(given) || given.length > 255 ? expected('labels of at most 255 characters without spaces') : taken(given);
  if (kind === 'url') return /^https?:\/\/\S+$/.test(given) ? taken(given) : expected('an address such as https://example.com/x');
  if (RICH.includes(kind)) return taken(doc(...given.split(/\r?\n/).map((line) => paragraph(text(line)))));
  return /[\r\n]/.test(given) ? expected('a text of one line') : taken(given);
}

function readNumber(given: Json): FieldValue {
  return typeof given === 'number' && Number.isFinite(given) ? taken(given) : expected('a number');
}

/** Jira wants the zone without a colon, and milliseconds: `2026-12-31T10:00:00.000+0000`. */
function readTime(given: Json): FieldValue {
  const written =
    typeof given === 'string' && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})$/.test(given) ? given : '';
  const time = isDay(written.slice(0, 10)) ? Date.parse(written.replace(/([+-]\d{2})(\d{2})$/, '$1:$2')) : Number.NaN;
  if (Number.isNaN(time)) return expected('a time with its zone, such as 2026-12-31T10:00:00Z');
  return taken(new Date(time).toISOString().replace('Z', '+0000'));
}

function readChoice(by: 'value' | 'name'): Read {
  return (given, { choices }) => {
    if (typeof given !== 'string' || given.trim() === '') return expected(`a text${offered(choices)}`);
    if (choices === null) return taken({ [by]: given });
    const choice = chosen(choices, given);
    return choice === undefined ? expected(oneOf(choices)) : taken(refer(choice, by));
  };
}

/** A list of one text, or of two: the second is a choice below the first. */
function readCascade(given: Json, { choices }: One): FieldValue {
  const [first, second, ...more] = Array.isArray(given) ? given : [given];
  const fits = typeof first === 'string' && (second === undefined || typeof second === 'string') && more.length === 0;
  if (!fits) return expected(`a list of one or two texts${offered(choices)}`);
  if (choices === null) return taken({ value: first, ...(second === undefined ? {} : { child: { value: second } }) });
  const parent = chosen(choices, first);
  if (parent === undefined) return expected(oneOf(choices));
  if (second === undefined) return taken(refer(parent, 'value'));
  const child = chosen(parent.children, second);
  return child === undefined
    ? expected(`below "${parent.label}" ${oneOf(parent.children)}`)
    : taken({ ...refer(parent, 'value'), child: refer(child, 'value') });
}

/** An account id after `id:` is not checked; an address must have been found. */
function readPerson(given: Json, _one: One, people: AccountIds): FieldValue {
  if (typeof given !== 'string') return expected('an e-mail address, or id: and an account id');
  const accountId = given.startsWith('id:') ? given.slice('id:'.length) : people.get(given);
  return accountId === undefined || accountId === ''
    ? expected('the e-mail address of an active person whom Jira finds by it, or id: and an account id')
    : taken({ accountId });
}

function readName(given: Json): FieldValue {
  return typeof given === 'string' && given.trim() !== '' ? taken({ name: given }) : expected('a name');
}

/** Only compared with the choices, where it names one. */
function readObject(given: JsonObject, { choices }: One): FieldValue {
  return choices === null || mayBeChosen(given, choices) ? taken(given) : expected(`${oneOf(choices)}, or its id`);
}

/** Whether an object in the form of the REST API is one of the choices, by its id, its value or its name; true where it has none of these. */
export function mayBeChosen({ id, value, name }: JsonObject, choices: readonly Pick<Choice, 'id' | 'label'>[]): boolean {
  if (typeof id === 'string') return choices.some((choice) => choice.id === id);
  const named = typeof value === 'string' ? value : name;
  return typeof named !== 'string' || chosen(choices, named) !== undefined;
}

function matching(given: Json, pattern: RegExp, words: string): FieldValue {
  return typeof given === 'string' && pattern.test(given) ? taken(given) : expected(words);
}

function keyed(read: FieldValue): FieldValue {
  return read.ok ? taken({ key: read.value }) : read;
}

export function refer({ id, label }: Choice, by: 'value' | 'name'): Readonly<Record<string, string>> {
  return id === null ? { [by]: label } : { id };
}

/** `one of A, B`, or that there is none. */
export function oneOf(choices: readonly { readonly label: string }[]): string {
  if (choices.length === 0) return 'a value, and the project offers none';
  const named = choices.slice(0, MAX_NAMED).map(({ label }) => label);
  return `one of ${named.join(', ')}${choices.length > MAX_NAMED ? ` and ${choices.length - MAX_NAMED} more` : ''}`;
}

function offered(choices: readonly Choice[] | null): string {
  return choices === null || choices.length === 0 ? '' : `, ${oneOf(choices)}`;
}

function isDay(given: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(given) ? Date.parse(`${given}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(given);
}

function taken(value: unknown): FieldValue {
  return { ok: true, value };
}

function expected(words: string): FieldValue {
  return { ok: false, expected: words };
}
