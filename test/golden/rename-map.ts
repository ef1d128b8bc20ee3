import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Type, type Static } from 'typebox';
import { Parse } from 'typebox/value';
import { isJsonObject, type Json } from '../../src/findings/json.ts';

const Names = Type.Record(Type.String(), Type.String());
const Terms = { keys: Type.Record(Type.String(), Names), values: Type.Record(Type.String(), Names), prefixes: Names };
const RenameMapFile = Type.Object({ ...Terms, sections: Type.Optional(Type.Record(Type.String(), Type.Partial(Type.Object(Terms)))) });

/** What new names were called when the golden data was recorded: by the old name of the key above, or `*` for everywhere. */
export interface RenameMap {
  readonly keys: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly values: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly prefixes: Readonly<Record<string, string>>;
}

let file: Static<typeof RenameMapFile> | null = null;

/** The map for a section of the golden data: its own names over the general ones. */
export function mapOf(section: string): RenameMap {
  file ??= Parse(RenameMapFile, JSON.parse(readFileSync(join(import.meta.dirname, 'rename-map.json'), 'utf8')));
  const { keys, values, prefixes, sections = {} } = file;
  const own = sections[section] ?? {};
  return {
    keys: merged(keys, own.keys ?? {}),
    values: merged(values, own.values ?? {}),
    prefixes: { ...prefixes, ...own.prefixes },
  };
}

function merged(general: RenameMap['keys'], own: RenameMap['keys']): RenameMap['keys'] {
  const names = new Set([...Object.keys(general), ...Object.keys(own)]);
  return Object.fromEntries([...names].map((name) => [name, { ...general[name], ...own[name] }]));
}

/** Today's data in the terms of then. Pure. @param under old name of the key that it stands under; what stands in a list stands under the list's key */
export function toOldTerms(value: Json, map: RenameMap, under = ''): Json {
  if (typeof value === 'string') return oldValue(value, map, under);
  if (isJsonObject(value)) {
    const entries = Object.entries(value).map(([key, inner]): [string, Json] => {
      const old = named(map.keys, under, key) ?? key;
      return [old, toOldTerms(inner, map, old)];
    });
    return Object.fromEntries(entries);
  }
  return typeof value === 'object' && value !== null ? value.map((item) => toOldTerms(item, map, under)) : value;
}

function oldValue(value: string, map: RenameMap, under: string): string {
  const whole = named(map.values, under, value);
  if (whole !== undefined) return whole;
  const begin = Object.keys(map.prefixes)
    .filter((prefix) => value.startsWith(prefix))
    .toSorted((a, b) => b.length - a.length)[0];
  return begin === undefined ? value : `${map.prefixes[begin]}${value.slice(begin.length)}`;
}

function named(names: RenameMap['keys'], under: string, name: string): string | undefined {
  return own(own(names, under), name) ?? own(own(names, '*'), name);
}

function own<T>(of: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return of !== undefined && Object.hasOwn(of, name) ? of[name] : undefined;
}
