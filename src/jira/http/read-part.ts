import { Type, type Static, type TSchema } from 'typebox';
import { Check } from 'typebox/value';
import { isJsonObject } from '../../findings/json.ts';

/**
 * A part of an answer as its schema wants it, so that one odd entry never hides the rest: an entry of a list or a map that does not fit is
 * left out, and an optional value that does not fit, such as a null, counts as absent. What the schema requires stays required.
 * A list from which nothing may be lost holds `Type.Unknown()`, and its reader goes over the entries.
 * @returns undefined: it does not fit
 */
export function readPart<S extends TSchema>(schema: S, raw: unknown): Static<S> | undefined {
  const value = fitted(schema, raw);
  return Check(schema, value) ? value : undefined;
}

/** The entries of a list that fit. */
export function readEach<S extends TSchema>(schema: S, raw: readonly unknown[]): Static<S>[] {
  return raw.map((one) => fitted(schema, one)).filter((one) => Check(schema, one));
}

/** Only as deep as the schema: answers may be nested to any depth. */
function fitted(schema: TSchema, raw: unknown): unknown {
  if (Type.IsArray(schema)) return Array.isArray(raw) ? readEach(schema.items, raw) : raw;
  if (Type.IsUnion(schema)) return fittedUnion(schema.anyOf, raw);
  if (!isJsonObject(raw)) return raw;
  if (Type.IsRecord(schema)) return fittedRecord(Object.values(schema.patternProperties)[0], raw);
  return Type.IsObject(schema) ? fittedObject(schema.properties, raw) : raw;
}

function fittedUnion(options: readonly TSchema[], raw: unknown): unknown {
  const fitting = options.map((option) => ({ option, value: fitted(option, raw) })).find(({ option, value }) => Check(option, value));
  return fitting === undefined ? raw : fitting.value;
}

function fittedRecord(schema: TSchema | undefined, raw: object): unknown {
  if (schema === undefined) return raw;
  return Object.fromEntries(
    Object.entries(raw)
      .map(([name, one]) => [name, fitted(schema, one)] as const)
      .filter(([, one]) => Check(schema, one)),
  );
}

function fittedObject(properties: Readonly<Record<string, TSchema>>, raw: object): unknown {
  return Object.fromEntries(
    Object.entries(raw).flatMap(([name, one]) => {
      const schema = Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (schema === undefined) return [[name, one] as const];
      const value = fitted(schema, one);
      return Type.IsOptional(schema) && !Check(schema, value) ? [] : [[name, value] as const];
    }),
  );
}
