import { describe, expect, test } from 'vitest';
import { createLogger } from '../../src/telemetry/logger.ts';

const SECRET = 'hunter2-hunter2-hunter2';

/** The only line that logging made. */
function lineOf(log: (logger: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  log(createLogger({ level: 'debug', destination: { write: (line: string) => void lines.push(line) } }));
  expect(lines).toHaveLength(1);
  return lines[0] ?? '';
}

describe('a log line', () => {
  test('is JSON with an ISO 8601 time, a level by name and nothing about the machine', () => {
    const line: unknown = JSON.parse(lineOf((logger) => logger.info({ group: 'g' }, 'Reconciled a group')));
    expect(line).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      group: 'g',
      msg: 'Reconciled a group',
    });
  });

  test.each([
    ['on the top', { token: SECRET }],
    ['in headers', { req: { headers: { authorization: `Bearer ${SECRET}` } } }],
    ['as a header', { authorization: `Basic ${SECRET}` }],
    ['as a cookie', { res: { 'set-cookie': SECRET } }],
    ['in settings', { settings: { jira: { credentials: { kind: 'basic', apiToken: SECRET } } } }],
    ['four levels deep', { a: { b: { c: { password: SECRET } } } }],
    ['in a list', { tokens: [{ name: 'vera', token: SECRET }] }],
    ['as a body', { message: { body: SECRET } }],
  ])('hides a secret %s', (_where, object) => {
    expect(lineOf((logger) => logger.warn(object, 'Something'))).not.toContain(SECRET);
  });

  test('stays one line, whatever a name has in it', () => {
    const name = 'x"}\n{"level":"fatal","msg":"forged"}\r\u2028\u0000\u001b[2J';
    const line = lineOf((logger) => logger.warn({ resource: name }, `Took ${name}`));
    expect(line.split(/[\n\r\u0000\u001b]/)).toEqual([line.trimEnd(), '']);
    expect(JSON.parse(line)).toMatchObject({ level: 'warn', resource: name });
  });

  test('shows other values', () => {
    expect(lineOf((logger) => logger.info({ resource: 'arn:aws:s3:::body-of-token' }, 'Something'))).toContain(
      'arn:aws:s3:::body-of-token',
    );
  });
});

describe('an error in a log line', () => {
  test('has its name, code, message, stack and cause', () => {
    const cause = Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' });
    const error = Object.assign(new TypeError('cannot reach Redis', { cause }), { code: 'store-unavailable' });
    const line: unknown = JSON.parse(lineOf((logger) => logger.error({ err: error }, 'Something')));
    expect(line).toMatchObject({
      err: {
        type: 'TypeError',
        code: 'store-unavailable',
        message: 'cannot reach Redis',
        stack: expect.stringContaining('logger.test.ts'),
        cause: { code: 'ECONNREFUSED', message: 'connection refused' },
      },
    });
  });

  test.each([
    ['a body that a client attached to it', Object.assign(new Error('400'), { response: { body: SECRET }, request: { data: SECRET } })],
    ['a password in an address', new Error(`cannot reach rediss://default:${SECRET}@redis:6379/0`)],
    ['a header in its message', new Error(`refused: Authorization: Bearer ${SECRET} was wrong`)],
    ['the same in its cause', new Error('refused', { cause: new Error(`https://me:${SECRET}@site.example/`) })],
  ])('does not show %s', (_what, error) => {
    const line = lineOf((logger) => logger.error({ err: error }, 'Something'));
    expect(line).not.toContain(SECRET);
    expect(line).toContain('logger.test.ts');
  });

  test('is bounded, whatever its causes', () => {
    const error = new Error('round');
    error.cause = error;
    expect(lineOf((logger) => logger.error({ err: error }, 'Something')).length).toBeLessThan(50_000);
  });

  test('may be no error at all', () => {
    expect(lineOf((logger) => logger.error({ err: null }, 'Something'))).toContain('Something');
    expect(lineOf((logger) => logger.error({ err: { body: SECRET } }, 'Something'))).not.toContain(SECRET);
  });
});
