import type { FastifySchemaCompiler } from 'fastify';
import { Type, type TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import type { AdminApp } from './admin-app.ts';

const NO_QUERY = Type.Object({}, { additionalProperties: false });

/** A route of the API without a query schema takes no query: unknown parameters are refused everywhere. */
export function closeQueries(app: AdminApp): void {
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith('/api/')) route.schema = { querystring: NO_QUERY, ...route.schema };
  });
}

/**
 * Checks the parts of a request against their TypeBox schemas. A query is all text, so whole numbers are converted where the schema
 * wants them; nothing else is converted. A schema is compiled at the first request: all at once they would cost a start a tenth of its time,
 * twice, because Fastify asks again for the HEAD of every GET.
 */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  let compiled: Validator | null = null;
  const wholeNumbers = httpPart === 'querystring' ? integerNames(schema) : [];
  return (raw: unknown) => {
    const value = wholeNumbers.length === 0 ? raw : withIntegers(raw, wholeNumbers);
    const type = (compiled ??= Compile(schema));
    return type.Check(value) ? { value } : { error: type.Errors(value) };
  };
};

function integerNames(schema: object): string[] {
  if (!('properties' in schema) || typeof schema.properties !== 'object' || schema.properties === null) return [];
  return Object.entries(schema.properties).flatMap(([name, property]: [string, unknown]) => (isIntegerSchema(property) ? [name] : []));
}

function isIntegerSchema(property: unknown): boolean {
  return typeof property === 'object' && property !== null && 'type' in property && property.type === 'integer';
}

function withIntegers(raw: unknown, names: readonly string[]): unknown {
  if (typeof raw !== 'object' || raw === null) return raw;
  return Object.fromEntries(
    Object.entries(raw).map(([name, value]: [string, unknown]) => [
      name,
      names.includes(name) && typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value,
    ]),
  );
}
