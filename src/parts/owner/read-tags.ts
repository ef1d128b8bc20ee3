import type { Contact, Tags } from './owner-records.ts';

/** AWS allows 256 characters. */
const MAX_VALUE = 256;
/** Source of both limits: https://docs.aws.amazon.com/accounts/latest/reference/API_AlternateContact.html */
const MAX_NAME = 64;
const MAX_EMAIL = 254;

/** Of a list of AWS's tags, those that the rules name. @returns null when it is no list of tags */
export function readTags(list: unknown, keys: readonly string[]): Tags | null {
  if (!Array.isArray(list)) return null;
  const pairs = list.map(pairOf);
  if (pairs.includes(null)) return null;
  const values = new Map(pairs.filter((pair) => pair !== null));
  // In the order of the rules: AWS gives them in any order, and the same tags are no news.
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = values.get(key);
      return value === undefined ? [] : [[key, value] as const];
    }),
  );
}

function pairOf(tag: unknown): readonly [string, string] | null {
  const { Key: key, Value: value } = fieldsOf(tag);
  return typeof key === 'string' && key !== '' && typeof value === 'string' ? [key, value.slice(0, MAX_VALUE)] : null;
}

/** @returns null when it is no security contact */
export function readContact(raw: unknown): Contact | null {
  const { AlternateContactType: type, Name: name, EmailAddress: email } = fieldsOf(raw);
  if (type !== 'SECURITY' || typeof name !== 'string' || typeof email !== 'string' || !/\S/.test(email)) return null;
  return { name: name.trim().slice(0, MAX_NAME), email: email.trim().slice(0, MAX_EMAIL) };
}

function fieldsOf(raw: unknown): Readonly<Record<string, unknown>> {
  return typeof raw === 'object' && raw !== null ? { ...raw } : {};
}
