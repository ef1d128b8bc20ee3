import { SettingRefused } from '../pipeline/ports/setting-refused.ts';

/** Characters of Redis' own words in a line. */
const MAX_WORDS = 200;

/** Why Redis can't be used at start, in one line: its address without the credentials, the cause, what to do. */
export function redisProblem(url: string, cause: unknown): SettingRefused {
  const { protocol, host, pathname } = new URL(url);
  const words = cause instanceof Error ? cause.message : String(cause);
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : (words.split(' ', 1)[0] ?? '');
  return new SettingRefused('REDIS_URL', `${protocol}//${host}${pathname} ${meaningOf(code, words)}`, { cause });
}

function meaningOf(code: string, words: string): string {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `has a host name that is not known (${code}); correct it, or the DNS`;
  if (code === 'ETIMEDOUT')
    return 'does not answer in time (ETIMEDOUT); check the host, the port, firewalls, and whether redis:// has to be rediss:// or the reverse';
  if (/^E[A-Z]+$/.test(code) && code !== 'ERR') return `does not answer (${code}); start Redis, or correct the host and the port`;
  if (/^(?:NOAUTH|WRONGPASS|NOPERM)$/.test(code) || /invalid password|without any password/.test(words))
    return `refuses the credentials (${code}); correct the user and the password in the URL, or their rights`;
  if (code === 'OOM') return 'is full (OOM); raise `maxmemory`, or let it hold less';
  if (/DB index/.test(words)) return 'names a database that is not there; correct the number at the end, or raise `databases` in Redis';
  return `can't be used: ${words.slice(0, MAX_WORDS)}`;
}
