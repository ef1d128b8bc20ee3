import { isIPv4 } from 'node:net';
import type { AdminApp } from './admin-app.ts';
import { RequestRefused } from './problem.ts';

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Keeps foreign web pages out (DNS rebinding, cross-site requests). There is no CORS: no page of another origin needs access.
 * @param loopbackOnly no token is needed, so only this machine may call, and only under a name that no foreign DNS can give out
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
    if (origin !== undefined && !isSameOrigin(origin, host)) {
      throw new RequestRefused('host-not-allowed', 'Pages of another origin may not ask');
    }
  });
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
