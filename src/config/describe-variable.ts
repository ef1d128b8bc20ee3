import { Type, type TSchema } from 'typebox';

/** One variable that the service reads, described for the operator who sets it. */
export interface EnvironmentVariable {
  readonly name: string;
  readonly meaning: string;
  /** The value when it is not set; null: none. */
  readonly defaultValue: string | null;
  /** The service does not start without it. */
  readonly required: boolean;
  /** The form of the text in words: `expected …`. */
  readonly expected: string;
  /** The form of the text as a schema. */
  readonly schema: TSchema;
  /** Its value is never shown, and `NAME_FILE` may name a file that holds it instead. */
  readonly secret: boolean;
  /** Its name in lower-case letters counts as well, and goes first, as in curl. */
  readonly lowerCaseToo: boolean;
}

/** The checked text of each variable that is set or has a default, and its source: the variable itself or its `_FILE`. */
export type Texts = ReadonlyMap<string, { readonly text: string; readonly from: string }>;

type Description = Pick<EnvironmentVariable, 'meaning' | 'expected' | 'schema'> & Partial<EnvironmentVariable>;

/** The items of a comma-separated list, without the blanks around them. */
export function listItems(value: string): readonly string[] {
  return value.split(',').map((item) => item.trim());
}

export function variable(name: string, description: Description): EnvironmentVariable {
  return { name, defaultValue: null, required: false, secret: false, lowerCaseToo: false, ...description };
}

export function text(accepts: (value: string) => boolean): TSchema {
  return Type.Refine(Type.String(), (value) => typeof value === 'string' && accepts(value));
}

export function visible(): TSchema {
  return Type.String({ pattern: '^[\\x21-\\x7e]+$' });
}

export function path(): TSchema {
  return Type.String({ pattern: '^[^\\u0000-\\u001f]+$', maxLength: 4096 });
}

export function choice(values: readonly string[]): Pick<EnvironmentVariable, 'expected' | 'schema'> {
  return { expected: values.join(' or '), schema: Type.Enum([...values]) };
}

export function wholeNumber(min: number, max: number): Pick<EnvironmentVariable, 'expected' | 'schema'> {
  const inRange = (value: string) => /^\d{1,10}$/.test(value) && Number(value) >= min && Number(value) <= max;
  return { expected: `a whole number from ${min} to ${max}`, schema: text(inRange) };
}

export function isListOf(value: string, accepts: (item: string) => boolean): boolean {
  const items = listItems(value);
  return items.every(accepts) && new Set(items).size === items.length;
}
