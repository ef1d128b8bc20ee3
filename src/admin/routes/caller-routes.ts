import { Type } from 'typebox';
import { ROLES } from '../access.ts';
import type { AdminApp } from '../admin-app.ts';
import { callerOf } from '../asked-by.ts';

const Me = Type.Object(
  {
    name: Type.String({ description: 'Name of the token; `local`: no token is needed' }),
    role: Type.Enum(ROLES),
    login: Type.Boolean({ description: 'Whether a token is needed. false: only this machine may call, and it may do everything' }),
  },
  { description: 'Who asks, and what the role is' },
);

/** Says whose token it is, so that a client offers only what its role may do. */
export function addCallerRoutes(app: AdminApp, login: boolean): void {
  const schema = { tags: ['status'], summary: 'Whose token it is, and its role', operationId: 'getMe', response: { 200: Me } };
  app.get('/api/v1/me', { schema, config: { access: 'viewer' } }, async (request) => ({ ...callerOf(request), login }));
}
