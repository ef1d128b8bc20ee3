import type { Role } from '../../../src/admin/access.ts';
import type { Random } from '../../../src/sandbox/samples/seeded-random.ts';
import type { ApiDocument, ApiRoute, JsonSchema } from './api-description.ts';

/** One request, valid or not. */
export interface MadeRequest {
  readonly route: ApiRoute;
  readonly url: string;
  /** Null: no token. */
  readonly role: Role | 'stranger' | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Null: none. */
  readonly payload: string | null;
}

/** Existing values, by the name of their parameter or field. */
export type Known = Readonly<Record<string, readonly string[]>>;

/** Texts that no route should stumble over. */
const ODD_TEXTS = [
  '',
  ' ',
  '0',
  '-1',
  '1e309',
  'null',
  'true',
  '..',
  '../../etc/passwd',
  '%00',
  '%',
  '\u0000',
  '\ud800',
  '\u202eabc',
  'é𝒳',
  "' OR 1=1 --",
  '"',
  '\\',
  '{{constructor}}',
  '${7*7}',
  '<script>',
  '__proto__',
  'constructor',
  'toString',
  'a:b',
  'state:open',
  'x'.repeat(300),
  'x'.repeat(5_000),
  '{',
  '[]',
  'http://127.0.0.1:1/',
  'SEC-1',
  'SEC-0',
  'all',
  'rule:everything',
  'project:SEC',
];

/** Invalid bodies. */
const ODD_BODIES = [
  '',
  '{',
  '[]',
  'null',
  '1',
  '"x"',
  '{"__proto__":{"role":"admin"}}',
  '{"constructor":{"prototype":{}}}',
  '[[[[[[[[[[',
  'é',
];

const ODD_TYPES = [
  'text/plain',
  'application/xml',
  'application/json; charset=utf-16',
  'multipart/form-data; boundary=x',
  'application/yaml',
  '',
];

/** Makes requests from an OpenAPI document: most of them valid, many slightly wrong, some completely. */
export function createRequestMaker(document: ApiDocument, routes: readonly ApiRoute[], known: Known, random: Random): () => MadeRequest {
  const chance = (share: number): boolean => random() < share;
  const pick = <T>(from: readonly [T, ...T[]] | readonly T[]): T => {
    const chosen = from[Math.floor(random() * from.length)];
    if (chosen === undefined) throw new Error('There is nothing to pick from');
    return chosen;
  };

  function text(schema: JsonSchema, name: string): string {
    const there = known[name] ?? [];
    if (there.length > 0 && chance(0.6)) return pick(there);
    if (schema.enum !== undefined && chance(0.8)) return String(pick(schema.enum));
    return chance(0.5) ? pick(ODD_TEXTS) : Math.floor(random() * 1e9).toString(36);
  }

  function number(schema: JsonSchema): number {
    const { minimum = 0, maximum = 1_000 } = schema;
    return chance(0.8) ? minimum + Math.floor(random() * (maximum - minimum + 1)) : pick([-1, 0, 1.5, 1e21, 2 ** 53, maximum + 1]);
  }

  /** A value of the schema, or sometimes an invalid one. */
  function value(schema: JsonSchema, name: string, depth: number): unknown {
    if (chance(0.06)) return pick([null, true, 7, 'x', [], {}, [{}], 'x'.repeat(3_000)]);
    const { $ref, anyOf = [], enum: listed = [], const: only } = schema;
    if ($ref !== undefined) return value(document.components.schemas[$ref.replace('#/components/schemas/', '')] ?? {}, name, depth);
    if (anyOf.length > 0) return value(pick(anyOf), name, depth);
    if (only !== undefined) return only;
    return listed.length > 0 ? pick(listed) : ofType(schema, name, depth);
  }

  function ofType(schema: JsonSchema, name: string, depth: number): unknown {
    switch (schema.type) {
      case 'string':
        return text(schema, name);
      case 'integer':
      case 'number':
        return number(schema);
      case 'boolean':
        return chance(0.5);
      case 'null':
        return null;
      case 'array':
        return Array.from({ length: depth > 4 ? 0 : Math.floor(random() * 3) }, () => value(schema.items ?? {}, name, depth + 1));
      default:
        return object(schema, depth);
    }
  }

  function object({ properties = {}, required = [] }: JsonSchema, depth: number): object {
    const fields = Object.entries(properties).filter(([field]) => (required.includes(field) ? !chance(0.05) : depth < 5 && chance(0.4)));
    const made = fields.map(([field, schema]): [string, unknown] => [field, value(schema, field, depth + 1)]);
    return Object.fromEntries(chance(0.05) ? [...made, [pick(ODD_TEXTS), 1]] : made);
  }

  function urlOf({ path, operation }: ApiRoute): string {
    const { parameters = [] } = operation;
    const filled = path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => {
      const schema = parameters.find((parameter) => parameter.in === 'path' && parameter.name === name)?.schema ?? {};
      const chosen = text(schema, name);
      return chance(0.97) ? encoded(chosen) : chosen.replaceAll(/[\s#?]/g, '');
    });
    const query = parameters
      .filter((parameter) => parameter.in === 'query' && chance(0.3))
      .map(
        ({ name, schema }) => `${name}=${encoded(schema.type === 'integer' && chance(0.8) ? String(number(schema)) : text(schema, name))}`,
      );
    if (chance(0.04)) query.push(`${encoded(pick(ODD_TEXTS))}=${encoded(pick(ODD_TEXTS))}`);
    if (chance(0.03) && query[0] !== undefined) query.push(query[0]);
    return query.length === 0 ? filled : `${filled}?${query.join('&')}`;
  }

  function headersOf({ operation }: ApiRoute, hasBody: boolean): Record<string, string> {
    const chosen = (operation.parameters ?? []).filter((parameter) => parameter.in === 'header' && chance(0.7));
    const headers = Object.fromEntries(chosen.map(({ name, schema }) => [name, text(schema, name).replaceAll(/[^\x20-\x7e]/g, '')]));
    return {
      ...headers,
      ...(hasBody ? { 'content-type': chance(0.94) ? 'application/json' : pick(ODD_TYPES) } : {}),
      ...(chance(0.02) ? { origin: 'https://evil.example' } : {}),
      ...(chance(0.02) ? { accept: pick(ODD_TYPES) } : {}),
    };
  }

  function payloadOf({ operation, method }: ApiRoute): string | null {
    const schema = operation.requestBody?.content['application/json']?.schema;
    if (schema === undefined) return method !== 'GET' && chance(0.1) ? pick(ODD_BODIES) : null;
    if (chance(0.06)) return chance(0.5) ? null : pick(ODD_BODIES);
    return JSON.stringify(value(schema, 'body', 0));
  }

  return () => {
    const route = pick(routes);
    const payload = payloadOf(route);
    const role = chance(0.9) ? 'admin' : pick(['viewer', 'operator', 'stranger', null] as const);
    return { route, url: urlOf(route), role, headers: headersOf(route, payload !== null), payload };
  };
}

/** Lone surrogates have no encoding. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
