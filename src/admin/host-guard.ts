import { isIPv4 } from 'node:net';
import type { FastifyRequest } from 'fastify';
import type { AdminApp } from './admin-app.ts';
import { RequestRefused } from './problem.ts';

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Addresses that a person may open from a page elsewhere: they show nothing by themselves. */
const PAGES = new Set(['/', '/docs', '/docs/']);

/** Headers by which a proxy says for which client it asks. Source: RFC 7239, RFC 9110 section 7.6.3, and common proxies. */
const PROXY_HEADER =
  /^(?:forwarded|via|x-forwarded(?:-.+)?|x-original-.+|x-real-ip|x-client-ip|x-cluster-client-ip|true-client-ip|cf-connecting-ip)$/;

/** Characters of a header that an answer repeats. */
const MAX_SHOWN = 60;

/**
 * Keeps foreign web pages out (DNS rebinding, cross-site requests). There is no CORS: no page of another origin needs access.
 * @param loopbackOnly no token is needed, so only this machine may call, only under a name that no foreign DNS can give out, and
 * neither through a proxy, which would make every client a caller of this machine, nor from a page of another site
 */
export function addHostGuard(app: AdminApp, loopbackOnly: boolean): void {
  app.addHook('onRequest', async (request) => {
    const { host, origin } = request.headers;
    if (loopbackOnly && !isLoopback(request.socket.remoteAddress)) {
      throw new RequestRefused('forbidden', 'Without ADMIN_TOKENS only this machine itself may ask');
    }
    if (loopbackOnly && !LOOPBACK_NAMES.has(nameOf(host))) {
      throw new RequestRefused('host-not-allowed', 'Without ADMIN_TOKENS the host must be localhost, 127.0.0.1 or [::1]');
    }
    if (loopbackOnly) {
      refuseProxied(request);
      refuseCrossSite(request);
    }
    if (origin !== undefined && !isSameOrigin(origin, host)) {
      throw new RequestRefused('host-not-allowed', 'Pages of another origin may not ask');
    }
  });
}

/** Probes are let through: they show nothing that needs a login, and a sidecar of the same host may forward them. */
function refuseProxied({ headers, routeOptions }: FastifyRequest): void {
  const name = Object.keys(headers).find((header) => PROXY_HEADER.test(header));
  if (name === undefined || routeOptions.config.isProbe === true) return;
  throw new RequestRefused(
    'login-needed-behind-proxy',
    `The request came through a proxy (header ${name.slice(0, MAX_SHOWN)}), and without ADMIN_TOKENS or OIDC_ISSUER all its clients would be admins: set one of the two, or ask the service without the proxy`,
  );
}

/** Browsers say where a request comes from, with one without an `Origin`, too. Source: https://www.w3.org/TR/fetch-metadata/ */
function refuseCrossSite({ method, url, headers }: FastifyRequest): void {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return;
  const isOpening = method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  if (isOpening && PAGES.has(url.split('?', 1)[0] ?? '')) return;
  throw new RequestRefused(
    'cross-site-request',
    `A page of another site or port sent the request (Sec-Fetch-Site: ${site.slice(0, MAX_SHOWN)}): open the address itself, or set ADMIN_TOKENS or OIDC_ISSUER and send a token`,
  );
}

function isLoopback(address: string | undefined): boolean {
  if (address === '::1') return true;
  const v4 = address?.replace(/^::ffff:/i, '') ?? '';
  return isIPv4(v4) && v4.startsWith('127.');
}

/** The host without its port. */
function nameOf(host: string | undefined): string {
  return (host ?? '').toLowerCase().replace(/:\d{1,5}$/, '');
}

/** A default port may be given or left out. */
function isSameOrigin(origin: string, host: string | undefined): boolean {
  const from = URL.parse(origin);
  if (from === null || host === undefined || !/^https?:$/.test(from.protocol)) return false;
  return URL.parse(`${from.protocol}//${host}`)?.host === from.host;
}
