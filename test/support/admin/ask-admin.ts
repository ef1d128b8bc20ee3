import type { LightMyRequestResponse } from 'fastify';
import { bearer, TOKENS, type AdminFixture } from './admin-server.ts';

type Asked = {
  readonly method?: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly role?: keyof typeof TOKENS;
  /** An object goes as JSON, a text as YAML. */
  readonly body?: unknown;
  readonly ifMatch?: number | string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Asks the admin API, as an admin by default. */
export function ask({ app }: AdminFixture, url: string, asked: Asked = {}): Promise<LightMyRequestResponse> {
  const { method = 'GET', role = 'admin', body, ifMatch, headers = {} } = asked;
  const type = typeof body === 'string' ? 'application/yaml' : 'application/json';
  return app.inject({
    url,
    method,
    headers: {
      ...bearer(TOKENS[role]),
      ...(body === undefined ? {} : { 'content-type': type }),
      ...(ifMatch === undefined ? {} : { 'if-match': typeof ifMatch === 'number' ? `"${ifMatch}"` : ifMatch }),
      ...headers,
    },
    ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}
