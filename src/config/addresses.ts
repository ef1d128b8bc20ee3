/** True for a host name or IP address that only this machine can reach: 127.0.0.0/8, ::1, `localhost` and names under it. */
export function isLoopbackHost(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name);
}

/** True for one queue's URL, as SQS and its emulators give them: `https://sqs.REGION.amazonaws.com/ACCOUNT/NAME`. */
export function isQueueUrl(text: string): boolean {
  const url = plainUrl(text);
  return url !== null && /^\/.*[^/]$/.test(url.pathname);
}

/**
 * Normalizes Jira's address: no slash at its end. Null when the text is no such address.
 * A site has no path; Atlassian's gateway has `/ex/jira/CLOUD_ID`. Credentials travel over it, so http is only for this machine's own
 * addresses, and for names without a dot, which exist only inside one network (a compose file's service).
 */
export function toJiraBaseUrl(text: string): string | null {
  const url = plainUrl(text);
  if (url === null) return null;
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname) && !/^[a-z0-9_-]+$/i.test(url.hostname)) return null;
  const path = url.pathname.replace(/\/$/, '');
  const expected = url.hostname === 'api.atlassian.com' ? /^\/ex\/jira\/[A-Za-z0-9-]+$/ : /^$/;
  return expected.test(path) ? url.origin + path : null;
}

/** True for `redis://` and `rediss://` with a host, and a database number as path if any. */
export function isRedisUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^rediss?:$/.test(url.protocol) && url.hostname !== '' && /^\/?\d*$/.test(url.pathname);
}

/** True for the URL of an issuer of access tokens. Its keys decide who a caller is, so http is only for this machine's own addresses. */
export function isIssuerUrl(text: string): boolean {
  const url = plainUrl(text);
  return url !== null && (url.protocol === 'https:' || isLoopbackHost(url.hostname));
}

/** An http or https URL that carries no credentials, query or fragment. */
function plainUrl(text: string): URL | null {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return null;
  return url.username || url.password || url.search || url.hash ? null : url;
}
