import { createHash } from 'node:crypto';
import type { AdminApp } from './admin-app.ts';

/** A file that anyone may read: it holds no data. */
export interface ServedFile {
  /** Such as `/page/main.js`. */
  readonly path: string;
  readonly type: string;
  readonly body: string | Buffer;
  /** For a document; without one the server's own policy, which allows nothing, stays. */
  readonly contentSecurityPolicy?: string;
}

/**
 * Serves files from memory, outside the API and its description. A browser may keep them but asks each time whether they are still right.
 * The paths are fixed, so that no request can name a file that is not meant to be read.
 */
export function addServedFiles(app: AdminApp, files: readonly ServedFile[]): void {
  for (const { path, type, body, contentSecurityPolicy } of files) {
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
    app.get(path, { schema: { hide: true }, config: { access: 'anyone' } }, async (request, reply) => {
      reply.headers({ 'cache-control': 'no-cache', etag });
      if (contentSecurityPolicy !== undefined) reply.header('content-security-policy', contentSecurityPolicy);
      if (request.headers['if-none-match'] === etag) return reply.code(304).send();
      return reply.type(type).send(body);
    });
  }
}
