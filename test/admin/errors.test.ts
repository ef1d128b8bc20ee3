import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PROBLEMS } from '../../src/admin/problem-codes.ts';
import { StoreUnavailable, type Store } from '../../src/pipeline/ports/store.ts';
import { bearer, startAdmin, TOKENS } from '../support/admin/admin-server.ts';

const ROUTES = ['/api/v1/status', '/api/v1/mappings', '/api/v1/mappings/one', '/api/v1/mappings/one?analyzerArn=two'];
const UUID = /^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface Answer {
  readonly statusCode: number;
  readonly headers: object;
  readonly body: string;
  readonly problem: { readonly code: string; readonly instance: string };
}

/** The answer of each route on a store whose every call ends like `asked`, and the log. */
async function answersWhen(asked: () => Promise<never>): Promise<{ answers: readonly Answer[]; log: readonly string[] }> {
  const store: Store = {
    read: asked,
    commit: asked,
    page: asked,
    due: asked,
    counts: asked,
    now: asked,
    identity: asked,
    close: async () => {},
  };
  const admin = await startAdmin([], { store });
  const answers = await Promise.all(
    ROUTES.map(async (url) => {
      const { statusCode, headers, body } = await admin.app.inject({ url, headers: bearer(TOKENS.viewer) });
      return { statusCode, headers, body, problem: JSON.parse(body) };
    }),
  );
  await admin.close();
  return { answers, log: admin.log };
}

describe('when the store', () => {
  test('is away, every route says so and when to retry', async () => {
    const { answers, log } = await answersWhen(() => Promise.reject(new StoreUnavailable('connect ECONNREFUSED 10.0.0.1:6379')));
    for (const { statusCode, headers, body, problem } of answers) {
      expect(statusCode).toBe(503);
      expect(headers).toMatchObject({ 'retry-after': '5', 'content-type': expect.stringMatching(/^application\/problem\+json/) });
      expect(problem).toMatchObject({ type: 'urn:findings-to-jira:error:store-unavailable', code: 'store-unavailable', status: 503 });
      expect(body).not.toContain('10.0.0.1');
    }
    expect(log.join('')).toContain('10.0.0.1');
  });

  test('never answers, the routes do', async () => {
    const { answers } = await answersWhen(() => new Promise(() => {}));
    expect(answers.map(({ statusCode, problem }) => `${statusCode} ${problem.code}`)).toEqual(ROUTES.map(() => '503 store-unavailable'));
  });

  test.each([
    ['an error', new TypeError("Cannot read properties of undefined (reading 'secret')")],
    ['an error that has a status of its own', Object.assign(new Error('secret'), { statusCode: 418, code: 'EVIL', expose: true })],
    ['an error that passes for one of validation', Object.assign(new Error('secret'), { code: 'EVIL', validation: 'secret' })],
    ['something that is no error', 'secret'],
  ])('fails with %s, only the log shows it', async (_what, thrown) => {
    const { answers, log } = await answersWhen(() => Promise.reject(thrown));
    for (const { statusCode, body, problem } of answers) {
      expect(`${statusCode} ${problem.code}`).toBe('500 internal');
      expect(problem.instance).toMatch(UUID);
      expect(body).not.toContain('secret');
      const id = problem.instance.replace('urn:uuid:', '');
      expect(log.some((line) => line.includes('"level":"error"') && line.includes(id) && line.includes('secret'))).toBe(true);
    }
  });
});

describe('the content type of a body', () => {
  async function send(url: string, method: 'PUT' | 'POST', type: string | null) {
    const admin = await startAdmin([]);
    const headers = { ...bearer(TOKENS.admin), ...(type === null ? {} : { 'content-type': type }), 'if-match': '"1"' };
    const { statusCode, body } = await admin.app.inject({ url, method, headers, payload: '{"reason":"why"}' });
    await admin.close();
    return { status: statusCode, ...JSON.parse(body) };
  }

  test.each([
    ['/api/v1/pauses/all', 'PUT', null, 'content-type-missing', 'send Content-Type: application/json'],
    ['/api/v1/rules', 'PUT', null, 'content-type-missing', 'application/json or application/yaml'],
    ['/api/v1/pauses/all', 'PUT', 'application/x-www-form-urlencoded', 'content-type-unsupported', 'not application/x-www-form-urlencoded'],
    ['/api/v1/pauses/all', 'PUT', 'application/yaml', 'content-type-unsupported', 'takes application/json, not application/yaml'],
    [
      '/api/v1/rules/evaluate',
      'POST',
      'image/png',
      'content-type-unsupported',
      'takes application/json or application/yaml, not image/png',
    ],
    ['/api/v1/mappings/one/reconcile', 'POST', null, 'content-type-missing', 'send Content-Type'],
  ] as const)('%s %s with %s: %s', async (url, method, type, code, words) => {
    expect(await send(url, method, type)).toMatchObject({ status: 415, code, detail: expect.stringContaining(words) });
  });

  test('is not asked for where there is no body', async () => {
    const admin = await startAdmin([]);
    const { body } = await admin.app.inject({ url: '/api/v1/mappings/one/reconcile', method: 'POST', headers: bearer(TOKENS.admin) });
    await admin.close();
    expect(JSON.parse(body)).toMatchObject({ code: 'mapping-not-found' });
  });
});

describe('every problem', () => {
  test('has a body as in RFC 9457', async () => {
    const admin = await startAdmin([]);
    const answer = await admin.app.inject({ url: '/nothing' });
    await admin.close();
    expect(answer.json()).toEqual({
      type: 'urn:findings-to-jira:error:not-found',
      title: 'There is no such address',
      status: 404,
      detail: 'There is nothing at this address',
      code: 'not-found',
      instance: expect.stringMatching(UUID),
    });
  });

  test('is explained in docs/errors.md with its status and advice, and nothing else is', () => {
    const text = readFileSync(join(import.meta.dirname, '../../docs/errors.md'), 'utf8');
    const explained = [...text.matchAll(/^### `(.+)`\n(\d{3})\. .+\n(?:.+\n)*?\*\*Do:\*\* /gm)].map(
      ([, code, status]) => `${code} ${status}`,
    );
    const known = Object.entries(PROBLEMS).map(([code, { status }]) => `${code} ${status}`);
    expect(explained.toSorted()).toEqual(known.toSorted());
    expect([...text.matchAll(/^### /gm)]).toHaveLength(known.length);
  });
});
