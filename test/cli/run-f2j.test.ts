import { describe, expect, test } from 'vitest';
import { PROBLEMS } from '../../src/admin/problem-codes.ts';
import { PROBLEM_ADVICE } from '../../src/cli/problem-advice.ts';
import type { Role } from '../../src/admin/access.ts';
import { TOKENS } from '../support/admin/admin-server.ts';
import { openCliSite } from '../support/cli/cli-site.ts';
import { f2j } from '../support/cli/f2j.ts';
import { serve } from '../support/cli/serve.ts';

const SECRET = 'a-token-that-nothing-may-print';

describe('f2j', () => {
  test.each<[string, readonly string[], RegExp]>([
    ['no command', [], /^Usage: f2j /],
    ['an unknown command', ['statsu'], /Did you mean status\?/],
    ['an unknown command of a group', ['rules', 'put'], /unknown command 'put'/],
    ['an unknown option', ['status', '--wach'], /Did you mean --watch\?/],
    ['a missing argument', ['why'], /missing required argument 'id'/],
    ['one argument too many', ['status', 'now'], /too many arguments/],
    ['a wrong number', ['findings', '--limit', '0'], /Expected a whole number from 1 to 1000000\./],
    ['a wrong length', ['pause', '--for', 'long'], /such as 30m, 2h or 1d12h/],
    ['two ends', ['pause', '--for', '2h', '--until', '2099-01-01T00:00:00Z'], /cannot be used with/],
    ['a wrong scope', ['pause', 'plat'], /Expected all, rule:ID or project:KEY\./],
    ['a file that is not there', ['rules', 'test', 'none.yaml'], /no such file/],
  ])('%s ends with 2 and says why', async (_, args, words) => {
    expect(await f2j(args)).toEqual({ exitCode: 2, out: '', err: expect.stringMatching(words) });
  });

  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['an address that is none', { F2J_URL: 'service' }, 'F2J_URL: expected the address'],
    ['an address with a password', { F2J_URL: `https://me:${SECRET}@host` }, 'F2J_URL: expected the address'],
    ['a token of two words', { F2J_TOKEN: `Bearer ${SECRET}` }, 'F2J_TOKEN: expected the token alone'],
    ['a proxy that is none', { HTTPS_PROXY: `socks5://me:${SECRET}@host` }, 'HTTPS_PROXY: expected'],
  ])('%s is wrong usage, and no secret is shown', async (_, env, words) => {
    const { exitCode, err } = await f2j(['status'], { env });
    expect([exitCode, err]).toEqual([2, expect.stringContaining(words)]);
    expect(err).not.toContain(SECRET);
  });

  test('shows help and version on request', async () => {
    expect(await f2j(['--version'])).toEqual({ exitCode: 0, out: '1.2.3\n', err: '' });
    for (const columns of [80, 120]) {
      const { exitCode, out } = await f2j(['pause', '--help'], { columns });
      expect([exitCode, out]).toEqual([0, expect.stringContaining('\nExamples:\n  # everything\n  $ f2j pause --for 2h\n')]);
      expect(Math.max(...out.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(columns);
    }
  });

  test('says how to reach a service that does not answer', async () => {
    const closed = await serve((_, response) => void response.end());
    const away = await f2j(['status'], { env: { F2J_URL: 'http://127.0.0.1:1', F2J_TOKEN: SECRET } });
    expect(away).toEqual({
      exitCode: 3,
      out: '',
      err: 'f2j: http://127.0.0.1:1/ does not answer: connect ECONNREFUSED 127.0.0.1:1\nSet F2J_URL to the address of the service\n',
    });
    expect(await f2j(['status'], { env: { F2J_URL: closed } })).toMatchObject({
      exitCode: 3,
      err: expect.stringContaining('but not as the service does'),
    });
  });

  test('gives its token to no other server, and prints it nowhere', async () => {
    const got: string[] = [];
    const other = await serve((request, response) => {
      got.push(String(request.headers.authorization));
      response.end();
    });
    const url = await serve((_, response) => void response.writeHead(302, { location: other }).end());
    const { exitCode, err } = await f2j(['status'], { env: { F2J_URL: url, F2J_TOKEN: SECRET } });
    expect([exitCode, err]).toEqual([3, expect.stringContaining('302 and a redirect, which f2j does not follow')]);
    expect(got).toEqual([]);
    const echo = await serve((request, response) => {
      const problem = { title: 'No', detail: String(request.headers.authorization), code: 'new-code', instance: 'urn:uuid:1' };
      response.writeHead(418, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
    });
    expect(await f2j(['status'], { env: { F2J_URL: echo, F2J_TOKEN: SECRET } })).toEqual({
      exitCode: 1,
      out: '',
      err: 'f2j: No (new-code)\nBearer [F2J_TOKEN]\nWhat to do: Look the code up in docs/errors.md\n',
    });
  });

  test('sends a change again whose answer got lost, with the key under which it is made once', async () => {
    const keys: unknown[] = [];
    const url = await serve((request, response) => {
      keys.push(request.headers['idempotency-key']);
      if (keys.length === 1) request.socket.destroy();
      else response.end(JSON.stringify({ count: 0 }));
    });
    expect(await f2j(['retry'], { env: { F2J_URL: url } })).toMatchObject({ exitCode: 0, out: 'Nothing is stuck\n' });
    expect(keys).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), keys[0]]);
  });

  test('has advice for every error of the API, and no other', () => {
    expect(Object.keys(PROBLEM_ADVICE).toSorted()).toEqual(Object.keys(PROBLEMS).toSorted());
  });

  test('ends with 4 where a role is not enough, and says which one is', async () => {
    const { url, run } = await openCliSite();
    const lines: readonly (readonly [line: string, role: Role, needed: Role])[] = [
      ['retry --yes', 'viewer', 'operator'],
      ['retry f-1', 'viewer', 'operator'],
      ['release --yes', 'viewer', 'operator'],
      ['pause --yes', 'viewer', 'operator'],
      ['resume', 'viewer', 'operator'],
      ['sweep', 'viewer', 'operator'],
      ['operation x --cancel', 'viewer', 'operator'],
      ['dead-letters redrive --yes', 'viewer', 'operator'],
      ['doctor', 'viewer', 'operator'],
      ['rules rollback 1 --yes', 'viewer', 'admin'],
      ['rules apply config/routing-rules.yaml --yes', 'operator', 'admin'],
    ];
    for (const [line, role, needed] of lines) {
      expect([line, await run(role, line)]).toEqual([
        line,
        {
          exitCode: 4,
          out: '',
          err: `f2j: Not allowed (forbidden)\nThis needs the role ${needed}; the token has the role ${role}\nWhat to do: ${PROBLEM_ADVICE['forbidden']}\n`,
        },
      ]);
    }
    for (const F2J_TOKEN of ['', SECRET])
      expect(await f2j(['status'], { env: { F2J_URL: url, F2J_TOKEN } })).toEqual({
        exitCode: 4,
        out: '',
        err: expect.stringMatching(/\(unauthorized\)\n.*\nWhat to do: Put a valid token/),
      });
    for (const token of Object.values(TOKENS))
      expect(JSON.stringify(await f2j(['findings'], { env: { F2J_URL: url, F2J_TOKEN: token } }))).not.toContain(token);
  });
});
