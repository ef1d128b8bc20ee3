import { isJsonObject, type Json } from '../../findings/json.ts';

/** A value as Jira's REST API takes it, or the kind of value that was expected. */
export type FieldValue = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly expected: string };

/** Of a text of one line, and of a label. Jira: "The entered text is too long. It exceeds the allowed limit of 255 characters." */
export const MAX_LINE = 255;

/** Of a document: below the limit of Jira, whatever it counts. */
export const MAX_RICH = 30_000;

/** Choices that a message names. */
const MAX_NAMED = 15;

/** Whether texts of the kind are documents in Jira. */
export function isRich(kind: string): boolean {
  return kind === 'textarea' || kind === 'environment';
}

/** The outer form of a document. */
export function isDocument(given: Json): boolean {
  return isJsonObject(given) && given['type'] === 'doc' && given['version'] === 1 && Array.isArray(given['content']);
}

/** `one of A, B`, or that there is none. */
export function oneOf(choices: readonly { readonly label: string }[]): string {
  if (choices.length === 0) return 'a value, and the project offers none';
  const named = choices.slice(0, MAX_NAMED).map(({ label }) => label);
  return `one of ${named.join(', ')}${choices.length > MAX_NAMED ? ` and ${choices.length - MAX_NAMED} more` : ''}`;
}

/** The choices at the end of a sentence; empty where there are none to name. */
export function offered(choices: readonly { readonly label: string }[] | null): string {
  return choices === null || choices.length === 0 ? '' : `, ${oneOf(choices)}`;
}

export function taken(value: unknown): FieldValue {
  return { ok: true, value };
}

export function expected(words: string): FieldValue {
  return { ok: false, expected: words };
}
