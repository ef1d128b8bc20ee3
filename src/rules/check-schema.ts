import { IsArray, IsObject, IsRecord, IsUnion, type TObject, type TSchema } from 'typebox';
import { Check } from 'typebox/value';
import { isJsonObject, type JsonObject } from '../findings/json.ts';
import { itemPath, propertyPath } from './json-path.ts';
import type { Refuse } from './problem.ts';

/**
 * Refuses every difference between a value and an object schema, one problem per path, in the words of the schema's descriptions.
 * (TypeBox's own errors stop at eight and speak of schema keywords.)
 */
export function checkObject(schema: TObject, value: unknown, path: string, refuse: Refuse): void {
  if (!isJsonObject(value)) {
    refuse(path, expected(schema));
    return;
  }
  // TypeBox omits it if every property is optional, although its type says otherwise.
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

/** Descends as deep as the schema, so that a problem has its exact path; a value without an inner problem is refused as a whole. */
function checkValue(schema: TSchema, value: unknown, path: string, refuse: Refuse): void {
  if (isFit(schema, value)) return;
  if (IsObject(schema)) return checkObject(schema, value, path, refuse);
  let told = false;
  const emit: Refuse = (at, message) => {
    told = true;
    return refuse(at, message);
  };
  if (IsArray(schema) && Array.isArray(value))
    for (const [index, item] of value.entries()) checkValue(schema.items, item, itemPath(path, index), emit);
  if (IsRecord(schema) && isJsonObject(value)) checkEntries(schema, value, path, emit);
  const [variant] = IsUnion(schema) ? schema.anyOf.filter((one) => IsObject(one)) : [];
  if (variant !== undefined && isJsonObject(value)) checkObject(variant, value, path, emit);
  if (!told) refuse(path, expected(schema));
}

/** Checks the entries of a record; `propertyNames` describes their names. */
function checkEntries(schema: TSchema, value: JsonObject, path: string, refuse: Refuse): void {
  const names = 'propertyNames' in schema && isSchema(schema.propertyNames) ? schema.propertyNames : null;
  const patterns = 'patternProperties' in schema && typeof schema.patternProperties === 'object' ? schema.patternProperties : null;
  const [entry]: unknown[] = Object.values(patterns ?? {});
  for (const [name, item] of Object.entries(value)) {
    const at = propertyPath(path, name);
    if (names !== null && !isFit(names, name)) refuse(at, `unknown here, ${expected(names)} as the name`);
    else if (isSchema(entry)) checkValue(entry, item, at, refuse);
  }
}

function isSchema(value: unknown): value is TSchema {
  return typeof value === 'object' && value !== null;
}

/** `Check` without its type guard, which would narrow an unknown value that does not fit to `never`. */
function isFit(schema: TSchema, value: unknown): boolean {
  return Check(schema, value);
}

/** `expected ...`, completed by the schema's description. */
export function expected(schema: TSchema): string {
  return `expected ${'description' in schema && typeof schema.description === 'string' ? schema.description : 'another value'}`;
}
