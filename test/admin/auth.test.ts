import { fastify } from 'fastify';
import { describe, expect, test } from 'vitest';
import { ROLES, type Role } from '../../src/admin/access.ts';
import type { AdminApp } from '../../src/admin/admin-app.ts';
import { addAuth } from '../../src/admin/auth.ts';
import { answerError } from '../../src/admin/error-answers.ts';
import { bearer, TOKENS } from '../support/admin/admin-server.ts';

const PEOPLE = ROLES.map((role) => ({ name: role, role, token: TOKENS[role] }));

/** A server with one route for each role. */
async function guarded(): Promise<AdminApp> {
  const app: AdminApp = fastify();
  app.setErrorHandler(answerError);
  app.decorateRequest('caller', null);
  await addAuth(app, { tokens: PEOPLE, oidc: null }, null);
  for (const access of ROLES) app.get(`/${access}`, { config: { access } }, async () => 'yes');
  return app;
}

describe('a route', () => {
  test.each(
    ROLES.flatMap((needed) =>
      ROLES.map((role): [Role, Role, number] => [role, needed, ROLES.indexOf(role) < ROLES.indexOf(needed) ? 403 : 200]),
    ),
  )('answers a %s where a %s is needed with %d', async (role, needed, status) => {
    const app = await guarded();
    const answer = await app.inject({ url: `/${needed}`, headers: bearer(TOKENS[role]) });
    expect(answer.statusCode).toBe(status);
    const [body, challenge] = status === 403 ? ['"code":"forbidden"', 'insufficient_scope'] : ['yes', ''];
    expect(answer.body).toContain(body);
    expect(answer.headers['www-authenticate'] ?? '').toContain(challenge);
    await app.close();
  });

  test('without an access role cannot be added', async () => {
    const app = await guarded();
    expect(() => app.get('/forgotten', async () => 'yes')).toThrow('/forgotten');
    await app.close();
  });
});
