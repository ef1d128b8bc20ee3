import { isProxyUrl, toNoProxy } from '../config/proxies.ts';
import type { ProxySettings } from '../network/create-network.ts';
import { CommandFailed, EXIT } from './exit-code.ts';

/** The proxies of the environment, by the names that the service reads as well. @throws CommandFailed */
export function readProxies(env: Readonly<Record<string, string | undefined>>): ProxySettings {
  const noProxy = toNoProxy(env['NO_PROXY'] ?? '');
  if (noProxy === null) throw new CommandFailed(EXIT.usage, 'NO_PROXY: expected hosts, separated by commas');
  return { httpsProxy: proxyOf(env, 'HTTPS_PROXY'), httpProxy: proxyOf(env, 'HTTP_PROXY'), noProxy };
}

function proxyOf(env: Readonly<Record<string, string | undefined>>, name: string): string | null {
  const given = env[name] ?? '';
  if (given === '') return null;
  // The value may hold a password and is not shown.
  if (!isProxyUrl(given)) throw new CommandFailed(EXIT.usage, `${name}: expected http://HOST:PORT or https://HOST:PORT`);
  return given;
}
