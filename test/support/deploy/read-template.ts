import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, isScalar, isSeq, parseDocument, type CollectionTag, type ScalarTag } from 'yaml';
import { isJsonObject, type Json, type JsonObject } from '../../../src/findings/json.ts';
import { ROOT } from '../docs/read-docs.ts';

/** The templates, by the names of their files without the ending. */
export const TEMPLATES = ['region', 'hub', 'member', 'archive'] as const;
export type TemplateName = (typeof TEMPLATES)[number];

/** Functions that CloudFormation has a short form for, such as `!Sub` for `Fn::Sub`. Two have no `Fn::` before them. */
const FUNCTIONS = ['Ref', 'Condition', 'GetAtt', 'Sub', 'If', 'Equals', 'Not', 'And', 'Or', 'Join', 'Split', 'Select'];
const WITHOUT_PREFIX = ['Ref', 'Condition'];

const TAGS: readonly (ScalarTag | CollectionTag)[] = FUNCTIONS.flatMap((name) => [
  { tag: `!${name}`, resolve: (text: string) => text },
  { tag: `!${name}`, collection: 'seq' as const, resolve: (list: unknown) => list },
  { tag: `!${name}`, collection: 'map' as const, resolve: (map: unknown) => map },
]);

const parsed = new Map<TemplateName, JsonObject>();

/** A template of the repository as JSON, with the long forms of all functions. @throws with the parser's words if it is no YAML */
export function readTemplate(name: TemplateName): JsonObject {
  const template = parsed.get(name) ?? parseTemplate(readFileSync(join(ROOT, 'deploy/cloudformation', `${name}.yaml`), 'utf8'));
  parsed.set(name, template);
  return template;
}

function parseTemplate(text: string): JsonObject {
  const document = parseDocument(text, { customTags: [...TAGS], uniqueKeys: true });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) throw new Error(problem.message);
  const template = toJson(document.contents);
  if (!isJsonObject(template)) throw new Error('A template is an object');
  return template;
}

function toJson(node: unknown): Json {
  const plain = plainJson(node);
  const tag = isScalar(node) || isMap(node) || isSeq(node) ? node.tag : undefined;
  if (tag === undefined || !tag.startsWith('!')) return plain;
  const name = tag.slice(1);
  // `!GetAtt A.B.C` is the attribute B.C of A.
  const argument = name === 'GetAtt' && typeof plain === 'string' ? (/^([^.]+)\.(.+)$/.exec(plain)?.slice(1) ?? plain) : plain;
  return { [WITHOUT_PREFIX.includes(name) ? name : `Fn::${name}`]: argument };
}

function plainJson(node: unknown): Json {
  if (isMap(node)) return Object.fromEntries(node.items.map(({ key, value }) => [String(toJson(key)), toJson(value)]));
  if (isSeq(node)) return node.items.map(toJson);
  const value = isScalar(node) ? node.value : node;
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  throw new Error(`A template has no value such as ${String(value)}`);
}

/** The member of an object that is an object itself; empty where there is none. */
export function objectIn(value: Json | undefined, name: string): JsonObject {
  const inner = isJsonObject(value) ? value[name] : undefined;
  return isJsonObject(inner) ? inner : {};
}

/** A list as it is, a single value as a list of one, and nothing as an empty list: policies have all three forms. */
export function listOf(value: Json | undefined): readonly Json[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** A copy with the value at a path changed. @param change gets the value that is there */
export function changedAt(value: Json, path: readonly (string | number)[], change: (old: Json | undefined) => Json): Json {
  const [name, ...rest] = path;
  if (name === undefined) return change(value);
  if (Array.isArray(value)) {
    if (typeof name !== 'number' || value[name] === undefined) throw new Error(`There is no item ${name}`);
    return value.map((item: Json, at) => (at === name ? changedAt(item, rest, change) : item));
  }
  if (!isJsonObject(value)) throw new Error(`There is nothing at ${name}`);
  const old = value[name];
  return { ...value, [name]: rest.length === 0 ? change(old) : changedAt(old ?? {}, rest, change) };
}
