import { isJsonObject, type Json, type JsonObject } from '../../findings/json.ts';
import { doc, paragraph, text } from '../../issues/text/adf.ts';
import { chosen, type Choice, type CreateField } from '../project/create-screen.ts';
import { readByKind } from './app-kinds.ts';
import { expected, isDocument, isRich, MAX_LINE, MAX_RICH, offered, oneOf, taken, type FieldValue } from './value-forms.ts';

/** Account ids by the names that rules use; undefined: Jira knows no active person of that name. */
export type AccountIds = ReadonlyMap<string, string>;

/** One value that is not a list. `kind` tells values of the same type apart. */
interface One {
  readonly type: string;
  readonly kind: string;
  readonly choices: readonly Choice[] | null;
}

type Read = (given: Json, one: One, people: AccountIds) => FieldValue;

/**
 * A rule's value for a field, in the form that the kind of the field wants. An object is taken as the form of the REST API, where the kind
 * has one, and compared with the choices. A value of a kind that is not known here goes out as it is. Pure.
 * Source: the fields' schema in `GET /issue/createmeta/{project}/issuetypes/{id}`
 */
export function fieldValue({ type, items, kind, choices }: CreateField, given: Json, people: AccountIds): FieldValue {
  if (given === null) return taken(null);
  const read = readByKind(kind, given, choices);
  if (read !== null) return read;
  if (!isKnown(type === 'array' ? (items ?? '') : type)) return readUnknown(given, choices);
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

function isKnown(type: string): boolean {
  return Object.hasOwn(READERS, type);
}

/** Any value; an object, or those of a list, are compared with the choices. */
function readUnknown(given: Json, choices: readonly Choice[] | null): FieldValue {
  const objects = (Array.isArray(given) ? given : [given]).filter((one) => isJsonObject(one));
  const wrong = choices === null ? undefined : objects.find((one) => !mayBeChosen(one, choices));
  return wrong === undefined || choices === null ? taken(given) : expected(`${oneOf(choices)}, or its id`);
}

function readOne(given: Json, one: One, people: AccountIds): FieldValue {
  const read = Object.hasOwn(READERS, one.type) ? READERS[one.type] : undefined;
  if (isJsonObject(given) && Object.hasOwn(OBJECT_KEYS, one.type)) return readObject(given, one);
  return read === undefined ? taken(given) : read(given, one, people);
}

/** The properties that name a value in the form of the REST API, for the kinds that have this form: an object needs one of them. */
const OBJECT_KEYS: Readonly<Record<string, readonly string[]>> = {
  option: ['id', 'value'],
  'option-with-child': ['id', 'value'],
  user: ['accountId', 'id'],
  group: ['name', 'groupId'],
  version: ['id', 'name'],
  component: ['id', 'name'],
  priority: ['id', 'name'],
  resolution: ['id', 'name'],
  securitylevel: ['id', 'name'],
  project: ['id', 'key'],
  issuelink: ['id', 'key'],
};

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
  if (isRich(kind) && isDocument(given)) return taken(given);
  if (typeof given !== 'string' || given.trim() === '') return expected(isRich(kind) ? 'a text, or a document in the form ADF' : 'a text');
  if (isRich(kind))
    return given.length > MAX_RICH
      ? expected(`a text of at most ${MAX_RICH} characters`)
      : taken(doc(...given.split(/\r?\n/).map((line) => paragraph(text(line)))));
  if (kind === 'labels')
    return /\s/.test(given) || given.length > MAX_LINE ? expected(`labels of at most ${MAX_LINE} characters without spaces`) : taken(given);
  if (given.length > MAX_LINE) return expected(`a text of at most ${MAX_LINE} characters, and this one has ${given.length}`);
  if (kind === 'url') return /^https?:\/\/\S+$/.test(given) ? taken(given) : expected('an address such as https://example.com/x');
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

/** It names a value by one of the properties of its kind, and a choice where there are choices; so does its `child`. */
function readObject(given: JsonObject, { type, choices }: One): FieldValue {
  const keys = OBJECT_KEYS[type] ?? [];
  const names = (one: JsonObject): boolean => keys.some((key) => typeof one[key] === 'string' && one[key] !== '');
  if (!names(given)) return expected(`an object with ${keys.join(' or ')} as a text${choices === null ? '' : `, or ${oneOf(choices)}`}`);
  if (choices !== null && !mayBeChosen(given, choices)) return expected(`${oneOf(choices)}, or its id`);
  const { child } = given;
  if (type !== 'option-with-child' || child === undefined || child === null) return taken(given);
  if (!isJsonObject(child) || !names(child)) return expected(`a child that is an object with ${keys.join(' or ')} as a text`);
  const parent = choices?.find((choice) => mayBeChosen(given, [choice]));
  return parent === undefined || mayBeChosen(child, parent.children)
    ? taken(given)
    : expected(`below "${parent.label}" ${oneOf(parent.children)}`);
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

function isDay(given: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(given) ? Date.parse(`${given}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(given);
}
