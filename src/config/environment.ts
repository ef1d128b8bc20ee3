import { Value } from 'typebox/value';
import { isLoopbackHost, toJiraBaseUrl } from './addresses.ts';
import { parseAdminTokens, weakTokens } from './admin-tokens.ts';
import { listItems, type EnvironmentVariable, type Texts } from './describe-variable.ts';
import { ENVIRONMENT_VARIABLES, PART_VARIABLES } from './environment-variables.ts';
import { fileAdvice } from './file-advice.ts';
import { readCredentials } from './jira-credentials.ts';
import { toNoProxy } from './proxies.ts';
import { parseRoleClaim } from './role-claim.ts';
import { LOG_LEVELS, type AdminToken, type OidcSettings, type Settings, type StoreSettings } from './settings.ts';
import { shownPath, shownValue } from './shown-value.ts';
import { unknownVariables } from './unknown-variables.ts';

/** The settings, or all problems with them: one line each, which begins with the variable's name and shows its value unless it is secret. */
export type ReadEnvironment =
  | { readonly ok: true; readonly settings: Settings; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly problems: readonly string[] };

type Env = Readonly<Record<string, string | undefined>>;

const DAY_MS = 86_400_000;

/**
 * Reads the environment. An empty variable counts as not set.
 * @param readFile reads the file that a `…_FILE` variable names, as text; may throw
 */
export function readEnvironment(env: Env, readFile: (path: string) => string): ReadEnvironment {
  const problems: string[] = [];
  const texts = readTexts(env, readFile, problems);
  const credentials = readCredentials(texts, problems);
  const adminTokens = readAdminTokens(texts, problems);
  const oidc = readOidc(texts, problems);
  const store = readStore(texts, problems);
  checkCertificates(texts, readFile, problems);
  const host = value(texts, 'HTTP_HOST');
  const logsIn = ['ADMIN_TOKENS', 'ADMIN_TOKENS_FILE', 'OIDC_ISSUER'].some((name) => isSet(env, name));
  if (!logsIn && host !== '' && !isLoopbackHost(host)) {
    problems.push(
      `HTTP_HOST: expected a loopback address such as 127.0.0.1, because neither ADMIN_TOKENS nor OIDC_ISSUER is set, not ${shownValue(host)}`,
    );
  }
  if (problems.length > 0 || credentials === null) return { ok: false, problems };
  return {
    ok: true,
    warnings: [...unknownVariables(env), ...weakTokens(adminTokens)],
    settings: {
      sqs: readSqs(texts, env),
      jira: {
        baseUrl: toJiraBaseUrl(value(texts, 'JIRA_BASE_URL')) ?? '',
        credentials,
        requestsPerSecond: texts.has('JIRA_REQUESTS_PER_SECOND') ? number(texts, 'JIRA_REQUESTS_PER_SECOND') : null,
        maxInFlight: number(texts, 'JIRA_MAX_IN_FLIGHT'),
        timeoutMs: number(texts, 'JIRA_TIMEOUT_MS'),
        uncertainWindowMs: number(texts, 'JIRA_UNCERTAIN_WINDOW_MS'),
      },
      store,
      proxies: readProxies(texts),
      http: { host, port: number(texts, 'HTTP_PORT') },
      adminTokens,
      oidc,
      installation: value(texts, 'INSTALLATION'),
      allowedAccounts: texts.has('ALLOWED_ACCOUNTS') ? listItems(value(texts, 'ALLOWED_ACCOUNTS')) : null,
      mode: value(texts, 'MODE') === 'observe' ? 'observe' : 'live',
      rulesFile: value(texts, 'RULES_FILE'),
      rulesMode: value(texts, 'RULES_MODE') === 'file' ? 'file' : 'api',
      analyzers: readAnalyzers(texts, env),
      sweepIntervalMs: number(texts, 'SWEEP_INTERVAL_MS'),
      retentionMs: number(texts, 'RETENTION_DAYS') * DAY_MS,
      parts: readParts(texts),
      logLevel: LOG_LEVELS.find((level) => level === value(texts, 'LOG_LEVEL')) ?? 'info',
    },
  };
}

function readParts(texts: Texts): Settings['parts'] {
  return Object.fromEntries(PART_VARIABLES.flatMap((name) => (texts.has(name) ? [[name, value(texts, name)]] : [])));
}

function readAnalyzers(texts: Texts, env: Env): Settings['analyzers'] {
  const arns = texts.get('ANALYZER_ARNS')?.text ?? null;
  if (arns === 'none') return null;
  const regions = texts.get('ANALYZER_REGIONS')?.text ?? null;
  const own = env['AWS_REGION']?.trim() || regionOfQueue(value(texts, 'SQS_QUEUE_URL'));
  return {
    arns: arns === null ? null : listItems(arns),
    regions: regions === 'all' ? { allLike: own ?? 'us-east-1' } : regions === null ? (own === null ? [] : [own]) : listItems(regions),
  };
}

/** The SDK may know the Region from a file of its own, which is not read here; null: the queue's host does not name it. */
function regionOfQueue(urls: string): string | null {
  return /^https:\/\/sqs\.([a-z0-9-]+)\./.exec(urls)?.[1] ?? null;
}

function readTexts(env: Env, readFile: (path: string) => string, problems: string[]): Texts {
  const texts = new Map<string, { text: string; from: string }>();
  for (const variable of ENVIRONMENT_VARIABLES) {
    const setting = readText(variable, env, readFile);
    if (setting === null) {
      if (variable.required) problems.push(`${variable.name}: not set, expected ${variable.expected}`);
      continue;
    }
    const problem = setting.problem ?? (Value.Check(variable.schema, setting.text) ? null : wrongValue(variable, setting.text));
    if (problem === null) texts.set(variable.name, setting);
    else problems.push(`${setting.from}: ${problem}`);
  }
  return texts;
}

function wrongValue({ expected, secret }: EnvironmentVariable, text: string): string {
  return `expected ${expected}${secret ? '' : `, not ${shownValue(text)}`}`;
}

/** The text of one variable: its own, that of its file, or its default. */
function readText(
  { name, secret, defaultValue, lowerCaseToo }: EnvironmentVariable,
  env: Env,
  readFile: (path: string) => string,
): { readonly text: string; readonly from: string; readonly problem?: string } | null {
  const lower = name.toLowerCase();
  if (lowerCaseToo && isSet(env, lower)) return { text: env[lower]?.trim() ?? '', from: lower };
  const text = env[name]?.trim() ?? '';
  const from = `${name}_FILE`;
  const file = secret ? (env[from]?.trim() ?? '') : '';
  if (text !== '' && file !== '') return { text, from: name, problem: `set together with ${from}, expected only one of the two` };
  if (file !== '') return readSecretFile(file, from, readFile);
  if (text !== '') return { text, from: name };
  return defaultValue === null ? null : { text: defaultValue, from: name };
}

function readSecretFile(
  path: string,
  from: string,
  readFile: (path: string) => string,
): { readonly text: string; readonly from: string; readonly problem?: string } {
  try {
    const text = readFile(path).trim();
    const problem = `expected a file that is not empty, not ${shownPath(path)}: put the secret into it`;
    return text === '' ? { text, from, problem } : { text, from };
  } catch (error) {
    return { text: '', from, problem: `expected a file that can be read, not ${shownPath(path)}: ${fileAdvice(error)}` };
  }
}

function readAdminTokens(texts: Texts, problems: string[]): readonly AdminToken[] {
  const setting = texts.get('ADMIN_TOKENS');
  if (!setting) return [];
  const parsed = parseAdminTokens(setting.text);
  if (parsed.ok) return parsed.tokens;
  problems.push(...parsed.problems.map((problem) => `${setting.from}: ${problem}`));
  return [];
}

const OIDC = ['OIDC_ISSUER', 'OIDC_AUDIENCE', 'OIDC_ROLE_CLAIM'];

/** All three or none: an issuer's tokens for another audience, or without a role, must not give access. A client of no issuer is a mistake. */
function readOidc(texts: Texts, problems: string[]): OidcSettings | null {
  const missing = OIDC.filter((name) => !texts.has(name));
  const clientId = texts.get('OIDC_CLIENT_ID')?.text ?? null;
  if (missing.length === OIDC.length && clientId === null) return null;
  const roleClaim = parseRoleClaim(value(texts, 'OIDC_ROLE_CLAIM'));
  if (missing.length === 0 && roleClaim !== null)
    return { issuer: value(texts, 'OIDC_ISSUER'), audience: value(texts, 'OIDC_AUDIENCE'), clientId, roleClaim };
  if (missing.length === OIDC.length && !problems.some((line) => line.startsWith('OIDC_'))) {
    problems.push(`OIDC_CLIENT_ID: set, but ${OIDC.join(', ')} are not, expected them with it`);
    return null;
  }
  // A variable that is set but wrong has its own line already.
  const unsaid = missing.filter((name) => !problems.some((line) => line.startsWith(`${name}:`)));
  problems.push(
    ...unsaid.map((name) => `${name}: not set, expected it together with ${OIDC.filter((other) => other !== name).join(' and ')}`),
  );
  return null;
}

function readStore(texts: Texts, problems: string[]): StoreSettings {
  const url = texts.get('REDIS_URL')?.text;
  const guard = texts.get('STORE')?.text;
  if (guard === 'embedded' && url !== undefined) problems.push('STORE: embedded, but REDIS_URL is set, expected redis or no REDIS_URL');
  if (guard === 'redis' && url === undefined && !problems.some((line) => line.startsWith('REDIS_URL'))) {
    problems.push('STORE: redis, but REDIS_URL is not set, expected embedded or a REDIS_URL');
  }
  return url === undefined ? { kind: 'embedded', dataDir: value(texts, 'DATA_DIR') } : { kind: 'redis', url };
}

function readSqs(texts: Texts, env: Env): Settings['sqs'] {
  return {
    queueUrls: listItems(value(texts, 'SQS_QUEUE_URL')),
    deadLetterQueueUrl: texts.get('DEAD_LETTER_QUEUE_URL')?.text ?? null,
    endpoint: sqsEndpoint(env),
  };
}

function readProxies(texts: Texts): Settings['proxies'] {
  return {
    httpsProxy: texts.get('HTTPS_PROXY')?.text ?? null,
    httpProxy: texts.get('HTTP_PROXY')?.text ?? null,
    noProxy: toNoProxy(value(texts, 'NO_PROXY')) ?? '',
  };
}

/** Node.js only warns of a file that it cannot read, and then trusts fewer authorities than the operator believes. */
function checkCertificates(texts: Texts, readFile: (path: string) => string, problems: string[]): void {
  const path = texts.get('NODE_EXTRA_CA_CERTS')?.text;
  if (path === undefined) return;
  const expected = 'NODE_EXTRA_CA_CERTS: expected a file with certificates in PEM form';
  try {
    if (!readFile(path).includes('-----BEGIN CERTIFICATE-----')) problems.push(`${expected}, and there is none in ${shownPath(path)}`);
  } catch (error) {
    problems.push(`${expected}, not ${shownPath(path)}: ${fileAdvice(error)}`);
  }
}

/** The endpoint that the SDK takes from the environment; null: none. Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
function sqsEndpoint(env: Env): string | null {
  if (env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS']?.trim().toLowerCase() === 'true') return null;
  return ['AWS_ENDPOINT_URL_SQS', 'AWS_ENDPOINT_URL'].map((name) => env[name]?.trim() ?? '').find((url) => url !== '') ?? null;
}

function isSet(env: Env, name: string): boolean {
  return (env[name]?.trim() ?? '') !== '';
}

function value(texts: Texts, name: string): string {
  return texts.get(name)?.text ?? '';
}

function number(texts: Texts, name: string): number {
  return Number(value(texts, name));
}
