import { SettingRefused } from '../pipeline/ports/setting-refused.ts';
import type { AdminApp } from './admin-app.ts';

/** Begins to answer. @returns the address @throws SettingRefused */
export async function listen(
  app: Pick<AdminApp, 'listen'>,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    throw listenProblem(host, port, error);
  }
}

function listenProblem(host: string, port: number, cause: unknown): SettingRefused {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
  if (code === 'EADDRINUSE')
    return new SettingRefused('HTTP_PORT', `${port} on ${host} is in use (${code}); stop the other process, or set another port`, {
      cause,
    });
  if (code === 'EACCES')
    return new SettingRefused('HTTP_PORT', `${port} may not be opened by this user (${code}); set one above 1023, or give the right`, {
      cause,
    });
  return new SettingRefused('HTTP_HOST', `${host} can't be bound (${code}); expected an address of this machine, such as 127.0.0.1`, {
    cause,
  });
}
