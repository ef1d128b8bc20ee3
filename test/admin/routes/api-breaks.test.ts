import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startAdmin } from '../../support/admin/admin-server.ts';
import { apiBreaks } from '../../support/admin/api-breaks.ts';
import { readDescription, routesOf, type ApiDocument, type ApiOperation, type JsonSchema } from '../../support/admin/api-description.ts';

const FILE = join(import.meta.dirname, '../../../docs/openapi.json');

test('nothing that docs/openapi.json, the last release, promised is broken', async () => {
  const admin = await startAdmin([]);
  const { document } = await readDescription(admin.app);
  await admin.close();
  const released: ApiDocument = JSON.parse(readFileSync(FILE, 'utf8'));
  expect(routesOf(released).length).toBeGreaterThan(20);
  expect(apiBreaks(released, document)).toEqual([]);
});

/** A document with one route. */
function documentOf(operation: Partial<ApiOperation>, path = '/things', schemas: Readonly<Record<string, JsonSchema>> = {}): ApiDocument {
  const usual: ApiOperation = {
    operationId: 'one',
    summary: 'One',
    tags: ['things'],
    description: 'Role: operator',
    parameters: [{ name: 'state', in: 'query', schema: { type: 'string', enum: ['open', 'closed'] } }],
    requestBody: bodyOf({
      type: 'object',
      properties: { key: { type: 'string' }, more: { type: 'object', properties: {} } },
      required: ['key'],
    }),
    responses: { 200: answerOf({ type: 'object', properties: { id: { type: 'string' }, at: { type: 'string' } }, required: ['id'] }) },
  };
  return {
    openapi: '3.1.0',
    info: { title: '', version: '' },
    paths: { [path]: { post: { ...usual, ...operation } } },
    components: { schemas, securitySchemes: {} },
  };
}

const bodyOf = (schema: JsonSchema) => ({ content: { 'application/json': { schema } } });
const answerOf = (schema: JsonSchema) => ({ description: 'One', ...bodyOf(schema) });
const ofKey = (key: JsonSchema, required = ['key']): JsonSchema => ({
  type: 'object',
  properties: { key, more: { type: 'object' } },
  required,
});
const ofId = (id: JsonSchema | null, required: string[] = ['id']): JsonSchema => ({
  type: 'object',
  properties: { ...(id === null ? {} : { id }), at: { type: 'string' } },
  required,
});

describe('what breaks a client', () => {
  const before = documentOf({});

  test.each<[string, ApiDocument, string]>([
    ['a route that is gone', documentOf({}, '/others'), 'is gone'],
    ['a higher role', documentOf({ description: 'Role: admin' }), 'wants the role admin'],
    ['a filter that is gone', documentOf({ parameters: [] }), 'no longer takes query state: string'],
    [
      'a value that is gone',
      documentOf({ parameters: [{ name: 'state', in: 'query', schema: { type: 'string', enum: ['open'] } }] }),
      'no longer takes query state="closed"',
    ],
    [
      'a filter that must be there',
      documentOf({ parameters: [{ name: 'state', in: 'query', required: true, schema: { type: 'string', enum: ['open', 'closed'] } }] }),
      'wants query state',
    ],
    ['a field of another type', documentOf({ requestBody: bodyOf(ofKey({ type: 'integer' })) }), 'no longer takes body.key: string'],
    ['a field that must be there', documentOf({ requestBody: bodyOf(ofKey({ type: 'string' }, ['key', 'more'])) }), 'wants body.more'],
    ['an answer without a field', documentOf({ responses: { 200: answerOf(ofId(null, [])) } }), 'no longer answers 200.id: string'],
    [
      'an answer with a field of another type',
      documentOf({ responses: { 200: answerOf(ofId({ type: 'integer' })) } }),
      'no longer answers 200.id: string',
    ],
    [
      'an answer that may leave a field out',
      documentOf({ responses: { 200: answerOf(ofId({ type: 'string' }, [])) } }),
      'may leave out 200.id',
    ],
    ['another status', documentOf({ responses: { 202: answerOf(ofId({ type: 'string' })) } }), 'no longer answers 200'],
  ])('%s', (_what, after, words) => {
    expect(apiBreaks(before, after)).toContain(`POST /things ${words}`);
  });

  test.each<[string, ApiDocument]>([
    ['the same', documentOf({})],
    ['a lower role', documentOf({ description: 'Role: viewer' })],
    [
      'more filters and values',
      documentOf({
        parameters: [
          { name: 'state', in: 'query', schema: { type: 'string', enum: ['open', 'closed', 'held'] } },
          { name: 'q', in: 'query', schema: { type: 'string' } },
        ],
      }),
    ],
    ['a field that need not be there any more', documentOf({ requestBody: bodyOf(ofKey({ type: 'string' }, [])) })],
    ['an answer with more in it', documentOf({ responses: { 200: answerOf(ofId({ type: 'string' }, ['id', 'at'])), 202: answerOf({}) } })],
    [
      'an answer that may be null besides',
      documentOf({ responses: { 200: answerOf(ofId({ anyOf: [{ type: 'string' }, { type: 'null' }] })) } }),
    ],
    [
      'the same by reference',
      documentOf({ responses: { 200: answerOf({ $ref: '#/components/schemas/Thing' }) } }, '/things', { Thing: ofId({ type: 'string' }) }),
    ],
  ])('is not %s', (_what, after) => {
    expect(apiBreaks(before, after)).toEqual([]);
  });
});
