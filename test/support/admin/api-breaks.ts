import { routesOf, type ApiDocument, type ApiOperation, type ApiRoute, type JsonSchema } from './api-description.ts';

/**
 * The promises of one document that the other one breaks for a client, a sentence each. Additions break nothing.
 */
export function apiBreaks(before: ApiDocument, after: ApiDocument): readonly string[] {
  const now = new Map(routesOf(after).map((route) => [nameOf(route), route]));
  return routesOf(before).flatMap((was) => {
    const is = now.get(nameOf(was));
    if (is === undefined) return [`${nameOf(was)} is gone`];
    const breaks = [...roleBreaks(was, is), ...requestBreaks(was, before, is, after), ...answerBreaks(was, before, is, after)];
    return breaks.map((words) => `${nameOf(was)} ${words}`);
  });
}

const ROLES = [null, 'viewer', 'operator', 'admin'];

function roleBreaks(was: ApiRoute, is: ApiRoute): string[] {
  return ROLES.indexOf(is.role) > ROLES.indexOf(was.role) ? [`wants the role ${is.role}`] : [];
}

function requestBreaks(was: ApiRoute, before: ApiDocument, is: ApiRoute, after: ApiDocument): string[] {
  const [had, has] = [requestFacts(was.operation, before), requestFacts(is.operation, after)];
  return [
    ...missingFrom(had.takes, has.takes).map((fact) => `no longer takes ${fact}`),
    ...missingFrom(has.wants, had.wants).map((fact) => `wants ${fact}`),
  ];
}

function answerBreaks(was: ApiRoute, before: ApiDocument, is: ApiRoute, after: ApiDocument): string[] {
  return Object.keys(was.operation.responses)
    .filter((status) => status.startsWith('2'))
    .flatMap((status) => {
      if (is.operation.responses[status] === undefined) return [`no longer answers ${status}`];
      const [had, has] = [answerFacts(was.operation, status, before), answerFacts(is.operation, status, after)];
      return [
        ...missingFrom(had.takes, has.takes).map((fact) => `no longer answers ${fact}`),
        ...missingFrom(had.wants, has.wants).map((fact) => `may leave out ${fact}`),
      ];
    });
}

interface Facts {
  /** Each field with its type, such as `body.filter.code: string`, and in requests each value of a list of values. */
  readonly takes: ReadonlySet<string>;
  /** Each field that must be there. */
  readonly wants: ReadonlySet<string>;
}

function requestFacts({ parameters = [], requestBody }: ApiOperation, document: ApiDocument): Facts {
  const facts = { takes: new Set<string>(), wants: new Set<string>() };
  for (const { name, in: where, required, schema } of parameters) {
    if (required === true) facts.wants.add(`${where} ${name}`);
    collect(schema, `${where} ${name}`, document, facts, true);
  }
  const body = requestBody?.content['application/json']?.schema;
  if (body !== undefined) collect(body, 'body', document, facts, true);
  return facts;
}

function answerFacts({ responses }: ApiOperation, status: string, document: ApiDocument): Facts {
  const facts = { takes: new Set<string>(), wants: new Set<string>() };
  for (const { schema } of Object.values(responses[status]?.content ?? {})) collect(schema, status, document, facts, false);
  return facts;
}

/** @param withValues also each value that is in a list: a client may send every one of them, but must expect others in an answer */
function collect(
  unresolved: JsonSchema,
  at: string,
  document: ApiDocument,
  facts: { takes: Set<string>; wants: Set<string> },
  withValues: boolean,
): void {
  const schema = resolved(unresolved, document);
  const { anyOf = [], allOf = [], enum: values = [], properties = {}, required = [] } = schema;
  for (const one of [...anyOf, ...allOf]) collect(one, at, document, facts, withValues);
  if (schema.type !== undefined) facts.takes.add(`${at}: ${schema.type}`);
  for (const value of withValues ? values : []) facts.takes.add(`${at}=${JSON.stringify(value)}`);
  if (schema.items !== undefined) collect(schema.items, `${at}[]`, document, facts, withValues);
  for (const [field, of] of Object.entries(properties)) collect(of, `${at}.${field}`, document, facts, withValues);
  for (const field of required) facts.wants.add(`${at}.${field}`);
}

function resolved(schema: JsonSchema, { components }: ApiDocument): JsonSchema {
  const name = schema.$ref?.replace('#/components/schemas/', '');
  return name === undefined ? schema : (components.schemas[name] ?? {});
}

function missingFrom(had: ReadonlySet<string>, has: ReadonlySet<string>): readonly string[] {
  return [...had].filter((fact) => !has.has(fact));
}

function nameOf({ method, path }: ApiRoute): string {
  return `${method} ${path}`;
}
