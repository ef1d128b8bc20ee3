import { IsArray, IsObject, type TObject, type TSchema } from 'typebox';
import { Check } from 'typebox/value';
import { isJsonObject } from '../findings/json.ts';
import { itemPath, propertyPath } from './json-path.ts';
import type { Refuse } from './problem.ts';

/**
 * Notes everything in which a value differs from an object schema, one problem for each place, in the words of the schema's descriptions.
 * (TypeBox's own errors stop at eight and speak of schema keywords.)
 */
export function checkObject(schema: TObject, value: unknown, path: string, refuse: Refuse): void {
  if (!isJsonObject(value)) {
    refuse(path, expected(schema));
    return;
  }
  // TypeBox leaves it out where every property is optional, whatever its type says.
  const required: readonly PropertyKey[] = schema.required ?? [];
  for (const [name, property] of Object.entries(schema.properties)) {
    const at = propertyPath(path, name);
    if (Object.hasOwn(value, name)) checkValue(property, value[name], at, refuse);
    else if (required.includes(name)) refuse(at, `missing, ${expected(property)}`);
  }
  for (const name of Object.keys(value)) {
    if (Object.hasOwn(schema.properties, name)) continue;
    refuse(propertyPath(path, name), `unknown here, expected only ${Object.keys(schema.properties).join(', ')}`);
  }
}

function checkValue(schema: TSchema, value: unknown, path: string, refuse: Refuse): void {
  if (IsObject(schema)) checkObject(schema, value, path, refuse);
  else if (!isFit(schema, value) && !(IsArray(schema) && checkItems(schema.items, value, path, refuse))) refuse(path, expected(schema));
}

/** Notes each item that does not fit; false when there was none to note. */
function checkItems(schema: TSchema, value: unknown, path: string, refuse: Refuse): boolean {
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  const unfit = [...items.keys()].filter((index) => !isFit(schema, items[index]));
  for (const index of unfit) refuse(itemPath(path, index), expected(schema));
  return unfit.length > 0;
}

/** `Check` without its narrowing, which would leave nothing of an unknown value that does not fit. */
function isFit(schema: TSchema, value: unknown): boolean {
  return Check(schema, value);
}

/** `expected ...`, completed by the schema's description. */
export function expected(schema: TSchema): string {
  return `expected ${'description' in schema && typeof schema.description === 'string' ? schema.description : 'another value'}`;
}
