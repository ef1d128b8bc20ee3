import { isIP, isIPv4 } from 'node:net';
import { isLoopbackHost } from './addresses.ts';

/** True for `http://HOST:PORT` or `https://HOST:PORT`, with `USER:PASSWORD@` before the host if the proxy wants it. */
export function isProxyUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '') return false;
  if (/\s/.test(text) || url.pathname !== '/' || url.search || url.hash) return false;
  try {
    decodeURIComponent(url.username + url.password);
    return true;
  } catch {
    return false;
  }
}

/** True for the address of a token endpoint. A secret travels to it, so http is only for this machine's own addresses. */
export function isTokenUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username || url.password || url.hash) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname));
}

const NAME = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?$/;

/**
 * Hosts that are reached without a proxy, as people write them: `*`, a name (for itself and all names under it, as curl and Go read it), a name
 * with a dot before it (the same), `*.` and a name (only the names under it), an IP address, a range of IPv4 addresses as `10.0.0.0/8`. A name
 * or address alone may have a port. Separated by commas or spaces.
 * @returns the list in the form that the agents of Node.js take; null: an entry has another form
 */
export function toNoProxy(text: string): string | null {
  const entries = text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map(nodeForm);
  return entries.some((entry) => entry === null) ? null : entries.join(',');
}

function nodeForm(entry: string): string | null {
  if (entry === '*') return entry;
  if (entry.includes('/')) return rangeOf(entry);
  const bare = entry.replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare) !== 0) return isIPv4(bare) ? bare : `${bare},[${bare}]`;
  const [, host = '', port = ''] = /^(\[[0-9a-f:.]+\]|[^:[\]]+):(\d{1,5})$/.exec(entry) ?? [];
  if (port !== '') return NAME.test(host) || isIP(host.replace(/^\[(.*)\]$/, '$1')) !== 0 ? `${host}:${port}` : null;
  if (entry.startsWith('*.')) return NAME.test(entry.slice(2)) ? entry : null;
  const name = entry.replace(/^\./, '');
  return NAME.test(name) ? `.${name.replace(/\.$/, '')}` : null;
}

/** The first and the last address of a range. */
function rangeOf(entry: string): string | null {
  const [, address = '', length = ''] = /^([\d.]+)\/(\d{1,2})$/.exec(entry) ?? [];
  const bits = Number(length);
  if (!isIPv4(address) || length === '' || bits > 32) return null;
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - bits);
  const first = number - (number % size);
  return `${dotted(first)}-${dotted(first + size - 1)}`;
}

function dotted(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}
