import swaggerUi from '@fastify/swagger-ui';
import type { AdminApp } from './admin-app.ts';

const PREFIX = '/docs';

/** The page loads everything from this server and may call no other. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * The page that shows the API's description and lets a person try it with their own token. It holds only the description, so anyone may see it.
 * Must be added before the hook that checks the access of every route.
 */
export async function addReferencePage(app: AdminApp): Promise<void> {
  app.addHook('onRoute', (route) => {
    if (route.url === PREFIX || route.url.startsWith(`${PREFIX}/`)) route.config = { ...route.config, access: 'anyone' };
  });
  await app.register(async (page) => {
    await page.register(swaggerUi, {
      routePrefix: PREFIX,
      staticCSP: CONTENT_SECURITY_POLICY,
      theme: { title: 'findings-to-jira: API' },
      uiConfig: { docExpansion: 'list', deepLinking: true, persistAuthorization: false },
    });
  });
}
