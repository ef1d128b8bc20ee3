import { createHash } from 'node:crypto';
import type { AdminApp } from './admin-app.ts';

/** A file that anyone may read: it holds no data. */
export interface ServedFile {
  /** Such as `/page/main.js`. */
  readonly path: string;
  readonly type: string;
  readonly body: string | Buffer;
  /**
   * For a document; without one the server's own policy, which allows nothing, stays.
   * @param origins where the document may send requests besides this service
   */
  readonly contentSecurityPolicy?: (origins: readonly string[]) => string;
}

/**
 * Serves files from memory, outside the API and its description. A browser may keep them but asks each time whether they are still right.
 * The paths are fixed, so that no request can name a file that is not meant to be read.
 * @param origins where documents may send requests besides this service
 */
export function addServedFiles(app: AdminApp, files: readonly ServedFile[], origins: () => Promise<readonly string[]>): void {
  for (const { path, type, body, contentSecurityPolicy } of files) {
    const tag = tagOf(body);
    app.get(path, { schema: { hide: true }, config: { access: 'anyone' } }, async (request, reply) => {
      const policy = contentSecurityPolicy?.(await origins()) ?? null;
      // A document that is kept is kept with its policy.
      const etag = policy === null ? tag : tagOf(`${tag} ${policy}`);
      // An issuer of tokens sends people to a document with a code in the query: no cache keeps that address.
      reply.headers({ 'cache-control': request.url.includes('?') ? 'no-store' : 'no-cache', etag });
      if (policy !== null) reply.header('content-security-policy', policy);
      if (request.headers['if-none-match'] === etag) return reply.code(304).send();
      return reply.type(type).send(body);
    });
  }
}

function tagOf(body: string | Buffer): string {
  return `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
}
