import { Type } from 'typebox';
import type { AdminApp } from '../admin-app.ts';
import { ISSUER_RETRY_S } from '../issuer.ts';
import { RequestRefused } from '../problem.ts';
import { IssuerSignIn, type ReadSignIn } from '../sign-in.ts';

const SignIn = Type.Object(
  {
    tokens: Type.Boolean({ description: 'Whether tokens of ADMIN_TOKENS are taken' }),
    oidc: Type.Union([IssuerSignIn, Type.Null()], { description: 'null: without OIDC_CLIENT_ID people bring a token' }),
  },
  { description: 'How people sign in' },
);

/** Says how people sign in. It holds no secret: a public client has none. */
export function addSignInRoutes(app: AdminApp, { tokens }: { readonly tokens: readonly unknown[] }, read: ReadSignIn): void {
  const schema = { tags: ['status'], summary: 'How people sign in', operationId: 'getSignIn', response: { 200: SignIn } };
  app.get('/sign-in.json', { schema, config: { access: 'anyone', problems: ['login-unavailable'] } }, async () => {
    try {
      return { tokens: tokens.length > 0, oidc: await read() };
    } catch (error) {
      const why = error instanceof Error ? error.message : 'The issuer does not answer';
      throw new RequestRefused('login-unavailable', `The sign-in at OIDC_ISSUER is not possible now: ${why}`, {
        retryAfterS: ISSUER_RETRY_S,
      });
    }
  });
}
