import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKeepUnreadable } from '../../src/pipeline/accept/keep-unreadable.ts';
import { bearer, startAdmin, TOKENS, type AdminFixture } from '../support/admin/admin-server.ts';
import { readDescription, servedRoutes, type ApiDocument, type ApiRoute, type JsonSchema } from '../support/admin/api-description.ts';
import { findingRecord } from '../support/findings/finding-records.ts';

const RECORD = findingRecord();

let admin: AdminFixture;
let doc: ApiDocument;
let routes: readonly ApiRoute[];
/** An existing id for each route with a parameter. */
let there: Readonly<Record<string, string>>;
const ajv = new Ajv2020({ strict: false, validateFormats: false });
beforeAll(async () => {
  admin = await startAdmin([RECORD]);
  const started = await admin.operations.start({ kind: 'sweep', input: null, startedBy: 'otto', run: async () => null });
  const operation = started.started ? started.id : '';
  const { store } = admin;
  const why = { because: 'not-json', path: '', message: 'expected JSON', queueUrl: 'https://sqs/q' };
  await createKeepUnreadable({ store, emit: () => {} })({
    hash: 'abc',
    body: '{',
    onlyCopy: false,
    ...why,
  });
  there = {
    '/api/v1/dead-letters/{id}': 'abc',
    '/api/v1/mappings/{findingId}': RECORD.finding.findingId,
    '/api/v1/operations/{id}': operation,
    '/api/v1/sweeps/{id}': operation,
    '/api/v1/rules/{id}': 'public',
    '/api/v1/rules/history/{revision}': '1',
  };
  ({ document: doc, routes } = await readDescription(admin.app));
  ajv.addSchema({ $id: 'doc', components: doc.components });
});
afterAll(() => admin.close());

/** A schema of the document as a function. Its references must lead to the document's components. */
function compile(schema: object) {
  return ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"doc#/components')));
}

/** Whether it allows only the properties that it names; references are followed. */
function isClosed(schema: JsonSchema): boolean {
  const name = schema.$ref?.replace('#/components/schemas/', '');
  if (name !== undefined) return isClosed(doc.components.schemas[name] ?? {});
  return schema.anyOf === undefined ? schema.additionalProperties === false : schema.anyOf.every(isClosed);
}

describe('the OpenAPI document', () => {
  test('is of version 3.1 and names the service', () => {
    expect(doc.openapi).toMatch(/^3\.1\./);
    expect(doc.info).toMatchObject({ title: 'findings-to-jira', version: '1.2.3' });
  });

  test('holds every route, each with a name of its own', () => {
    // The page that shows the document is no part of it.
    const served = servedRoutes(admin.app).filter((route) => !/^GET \/docs(\/|$)/.test(route));
    expect(served.length).toBeGreaterThan(5);
    expect(served.toSorted()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).toSorted());
    expect(new Set(routes.map(({ operation }) => operation.operationId)).size).toBe(routes.length);
  });

  test('names every operation, and files it under one heading', () => {
    for (const { path, operation } of routes) {
      expect([path, operation.operationId]).toEqual([path, expect.stringMatching(/^[a-z][A-Za-z]+$/)]);
      expect([path, operation.summary]).toEqual([path, expect.stringMatching(/^[A-Z].{4,}[^.]$/)]);
      expect([path, operation.tags]).toEqual([path, [expect.any(String)]]);
    }
  });

  test('declares each name in braces as a path parameter', () => {
    for (const { path, operation } of routes) {
      const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      expect(declared.map(({ name }) => name)).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
      expect(declared.every(({ required }) => required)).toBe(true);
    }
  });

  test('says which routes need a token', () => {
    for (const { path, role, operation } of routes) {
      const wantsToken = path.startsWith('/api/');
      expect([path, role !== null]).toEqual([path, wantsToken]);
      expect(operation.security).toEqual(wantsToken ? [{ bearer: [] }] : undefined);
      expect('401' in operation.responses).toBe(wantsToken);
    }
    expect(Object.keys(doc.components.securitySchemes)).toEqual(['bearer']);
  });

  test('describes every answer, body and parameter with a valid schema', () => {
    for (const { operation } of routes) {
      const { responses, parameters = [], requestBody } = operation;
      expect(Object.keys(responses).some((status) => status.startsWith('2'))).toBe(true);
      const bodies = [...Object.values(responses), ...(requestBody === undefined ? [] : [requestBody])].flatMap(({ content = {} }) =>
        Object.values(content),
      );
      for (const { schema } of [...bodies, ...parameters]) expect(() => compile(schema)).not.toThrow();
      for (const { description } of Object.values(responses)) expect(description).not.toMatch(/^$|^Default Response$/);
    }
  });

  test('allows no unknown properties in bodies', () => {
    // Rules are checked by their own parser, which reports every mistake with its place.
    for (const { path, operation } of routes.filter(({ path }) => !path.startsWith('/api/v1/rules'))) {
      const bodies = Object.values(operation.requestBody?.content ?? {});
      for (const { schema } of bodies) expect([path, isClosed(schema)]).toEqual([path, true]);
    }
  });

  test('describes errors as problems', () => {
    const errors = routes.flatMap(({ operation }) => Object.entries(operation.responses).filter(([status]) => /^4|^500/.test(status)));
    expect(errors.length).toBeGreaterThan(routes.length);
    for (const [, { content = {} }] of errors) expect(Object.keys(content)).toEqual(['application/problem+json']);
  });

  test('matches the real answers', async () => {
    const asked = routes.filter(({ method, path }) => method === 'GET' && !/\/(metrics|stream|export)$/.test(path));
    for (const { path, operation } of asked) {
      const url = path.replace(/\{\w+\}/, there[path] ?? '');
      const fits = compile(operation.responses['200']?.content?.['application/json']?.schema ?? {});
      const answer: unknown = (await admin.app.inject({ url, headers: bearer(TOKENS.admin) })).json();
      expect([path, fits(answer), fits.errors]).toEqual([path, true, null]);
    }
    expect(asked.length).toBeGreaterThan(5);
    const isProblem = compile({ $ref: '#/components/schemas/Problem' });
    expect(isProblem((await admin.app.inject({ url: '/nothing' })).json())).toBe(true);
    expect(isProblem({ code: 'x' })).toBe(false);
  });

  test('has the filters of the list', () => {
    const parameters = doc.paths['/api/v1/mappings']?.['get']?.parameters ?? [];
    const names =
      'state isPublic findingStatus accountId ruleId projectKey severity issueKey resource resourceType region group overdue owner q limit cursor';
    expect(parameters.map(({ name }) => name).toSorted()).toEqual(names.split(' ').toSorted());
  });
});
