import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bearer, startAdmin, TOKENS, type AdminFixture } from '../support/admin-server.ts';
import { findingRecord } from '../support/finding-records.ts';

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean; readonly schema: object }[];
  readonly responses: Readonly<Record<string, Response>>;
}

interface Response {
  readonly description: string;
  readonly content: Readonly<Record<string, { readonly schema: object }>>;
}

interface Document {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>>; readonly securitySchemes: Readonly<Record<string, object>> };
}

const RECORD = findingRecord();
/** Every route with its role. */
const ROUTES: Readonly<Record<string, string>> = {
  'delete /api/v1/operations/{id}': 'operator',
  'get /api/v1/audit': 'admin',
  'get /api/v1/mappings': 'viewer',
  'get /api/v1/mappings/{findingId}': 'viewer',
  'get /api/v1/operations/{id}': 'viewer',
  'get /api/v1/rules': 'viewer',
  'put /api/v1/rules': 'admin',
  'post /api/v1/rules': 'admin',
  'get /api/v1/rules/{id}': 'viewer',
  'put /api/v1/rules/{id}': 'admin',
  'delete /api/v1/rules/{id}': 'admin',
  'get /api/v1/rules/history': 'viewer',
  'get /api/v1/rules/history/{revision}': 'viewer',
  'post /api/v1/rules/rollback': 'admin',
  'post /api/v1/rules/backtest': 'operator',
  'get /api/v1/status': 'viewer',
  'get /livez': 'none',
  'get /metrics': 'none',
  'get /openapi.json': 'none',
  'get /readyz': 'none',
};

let admin: AdminFixture;
let doc: Document;
const ajv = new Ajv2020({ strict: false, validateFormats: false });
/** Something that is there for each route with a parameter. */
let there: Readonly<Record<string, string>>;
let operations: readonly (readonly [path: string, method: string, operation: Operation])[];
beforeAll(async () => {
  admin = await startAdmin([RECORD]);
  const operation = await admin.operations.start({ kind: 'backtest', input: null, startedBy: 'otto', run: async () => null });
  there = {
    '/api/v1/mappings/{findingId}': RECORD.finding.findingId,
    '/api/v1/operations/{id}': operation.started ? operation.id : '',
    '/api/v1/rules/{id}': 'public',
    '/api/v1/rules/history/{revision}': '1',
  };
  doc = (await admin.app.inject({ url: '/openapi.json' })).json();
  ajv.addSchema({ $id: 'doc', components: doc.components });
  operations = Object.entries(doc.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [path, method, operation] as const),
  );
});
afterAll(() => admin.close());

/** A schema of the document as a function. Its references must lead to the document's components. */
function compile(schema: object) {
  return ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"doc#/components')));
}

describe('the OpenAPI document', () => {
  test('is of version 3.1 and names the service', () => {
    expect(doc.openapi).toMatch(/^3\.1\./);
    expect(doc.info).toMatchObject({ title: 'findings-to-jira', version: '1.2.3' });
  });

  test('holds every route, each with a name of its own', () => {
    expect(operations.map(([path, method]) => `${method} ${path}`).toSorted()).toEqual(Object.keys(ROUTES).toSorted());
    for (const [path, method] of operations) {
      expect(admin.app.hasRoute({ method: method.toUpperCase(), url: path.replaceAll(/\{(\w+)\}/g, ':$1') })).toBe(true);
    }
    expect(new Set(operations.map(([, , { operationId }]) => operationId)).size).toBe(operations.length);
  });

  test('declares what stands in braces as a path parameter', () => {
    for (const [path, , { parameters = [] }] of operations) {
      const declared = parameters.filter((parameter) => parameter.in === 'path');
      expect(declared.map(({ name }) => name)).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
      expect(declared.every(({ required }) => required)).toBe(true);
    }
  });

  test('says which routes want a token', () => {
    for (const [path, method, { security, description, responses }] of operations) {
      const wantsToken = path.startsWith('/api/');
      expect(security).toEqual(wantsToken ? [{ bearer: [] }] : undefined);
      expect(description?.replace('Role: ', '') ?? 'none').toBe(ROUTES[`${method} ${path}`]);
      expect('401' in responses).toBe(wantsToken);
    }
    expect(Object.keys(doc.components.securitySchemes)).toEqual(['bearer']);
  });

  test('describes every answer and parameter with a schema that is one', () => {
    for (const [, , { responses, parameters = [] }] of operations) {
      expect(Object.keys(responses)).toContainEqual(expect.stringMatching(/^20\d$/));
      const bodies = Object.values(responses).flatMap(({ content }) => Object.values(content));
      for (const { schema } of [...bodies, ...parameters]) expect(() => compile(schema)).not.toThrow();
      for (const { description } of Object.values(responses)) expect(description).not.toMatch(/^$|^Default Response$/);
    }
  });

  test('describes errors as problems', () => {
    const errors = operations.flatMap(([, , { responses }]) => Object.entries(responses).filter(([status]) => /^4|^500/.test(status)));
    expect(errors.length).toBeGreaterThan(operations.length);
    for (const [, { content }] of errors) expect(Object.keys(content)).toEqual(['application/problem+json']);
  });

  test('tells the truth about answers', async () => {
    for (const [path, , { responses }] of operations.filter(([path, method]) => method === 'get' && path !== '/metrics')) {
      const url = path.replace(/\{\w+\}/, there[path] ?? '');
      const fits = compile(responses['200']?.content['application/json']?.schema ?? {});
      const answer: unknown = (await admin.app.inject({ url, headers: bearer(TOKENS.admin) })).json();
      expect([path, fits(answer), fits.errors]).toEqual([path, true, null]);
    }
    const isProblem = compile({ $ref: '#/components/schemas/Problem' });
    expect(isProblem((await admin.app.inject({ url: '/nothing' })).json())).toBe(true);
    expect(isProblem({ code: 'x' })).toBe(false);
  });

  test('has the filters of the list', () => {
    const parameters = doc.paths['/api/v1/mappings']?.['get']?.parameters ?? [];
    const names = 'state findingStatus accountId ruleId projectKey severity issueKey resource resourceType region group q limit cursor';
    expect(parameters.map(({ name }) => name).toSorted()).toEqual(names.split(' ').toSorted());
  });
});
