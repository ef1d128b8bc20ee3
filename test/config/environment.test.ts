import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AWS_SDK_VARIABLES, ENVIRONMENT_VARIABLES } from '../../src/config/environment-variables.ts';
import { readEnvironment } from '../../src/config/environment.ts';
import type { Settings } from '../../src/config/settings.ts';

const TOKEN = 'a-token-of-16-or-more';
const OIDC = { OIDC_ISSUER: 'https://login.example/realm', OIDC_AUDIENCE: 'f2j', OIDC_ROLE_CLAIM: 'groups a=admin' };
const LEAST = {
  SQS_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/111122223333/findings',
  JIRA_BASE_URL: 'https://example.atlassian.net',
  JIRA_EMAIL: 'robot@example.com',
  JIRA_API_TOKEN: TOKEN,
};
/** The ways of signing in, as a line names them. */
const WAYS = 'JIRA_EMAIL and JIRA_API_TOKEN, or JIRA_BEARER_TOKEN, or JIRA_OAUTH_CLIENT_ID and JIRA_OAUTH_CLIENT_SECRET';
const OAUTH = {
  JIRA_EMAIL: undefined,
  JIRA_API_TOKEN: undefined,
  JIRA_BASE_URL: 'https://api.atlassian.com/ex/jira/11223344-a1b2-4b33-c444-def123456789',
  JIRA_OAUTH_CLIENT_ID: 'client',
  JIRA_OAUTH_CLIENT_SECRET: TOKEN,
};
const FILES: Readonly<Record<string, string>> = {
  '/run/token': `${TOKEN}\n`,
  '/run/empty': ' \n',
  '/run/ca.pem': '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n',
  '/run/admins': `ops:admin:${TOKEN}\n`,
};

function readFile(path: string): string {
  const text = FILES[path];
  if (text === undefined) throw Object.assign(new Error(`no such file ${path}`), { code: 'ENOENT' });
  return text;
}

/** Reads the least environment with these changes. */
function read(changes: Readonly<Record<string, string | undefined>> = {}) {
  return readEnvironment({ ...LEAST, ...changes }, readFile);
}

function settingsOf(changes: Readonly<Record<string, string | undefined>> = {}): Settings {
  const result = read(changes);
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.settings;
}

function problemsOf(changes: Readonly<Record<string, string | undefined>>): readonly string[] {
  const result = read(changes);
  return result.ok ? [] : result.problems;
}

function warningsOf(changes: Readonly<Record<string, string | undefined>>): readonly string[] {
  const result = read(changes);
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.warnings;
}

const ANALYZER = 'arn:aws:access-analyzer:eu-central-1:111122223333:analyzer/Company';

test('the required variables alone give the defaults for everything else', () => {
  expect(read()).toEqual({
    ok: true,
    warnings: [],
    settings: {
      sqs: { queueUrls: [LEAST.SQS_QUEUE_URL], deadLetterQueueUrl: null, endpoint: null },
      jira: {
        baseUrl: 'https://example.atlassian.net',
        credentials: { kind: 'basic', email: 'robot@example.com', apiToken: TOKEN },
        requestsPerSecond: null,
        maxInFlight: 8,
        timeoutMs: 15_000,
        uncertainWindowMs: 900_000,
      },
      store: { kind: 'embedded', dataDir: './data' },
      proxies: { httpsProxy: null, httpProxy: null, noProxy: '' },
      http: { host: '127.0.0.1', port: 8080 },
      adminTokens: [],
      oidc: null,
      installation: 'default',
      allowedAccounts: null,
      mode: 'live',
      rulesFile: 'config/routing-rules.yaml',
      rulesMode: 'api',
      analyzers: { arns: null, regions: ['eu-central-1'] },
      sweepIntervalMs: 3_600_000,
      retentionMs: 400 * 86_400_000,
      parts: {},
      logLevel: 'info',
    },
  });
});

test('nothing set: one line for each missing variable', () => {
  const result = readEnvironment({}, readFile);
  expect(result.ok ? [] : result.problems.map((line) => line.slice(0, line.indexOf(':')))).toEqual([
    'SQS_QUEUE_URL',
    'JIRA_BASE_URL',
    'JIRA_EMAIL',
  ]);
});

const ACCEPTED: readonly [changes: Record<string, string | undefined>, path: string, expected: unknown][] = [
  [
    { SQS_QUEUE_URL: 'http://localhost:4566/000000000000/a , http://sqs:4566/000000000000/b' },
    'sqs.queueUrls',
    ['http://localhost:4566/000000000000/a', 'http://sqs:4566/000000000000/b'],
  ],
  [
    { DEAD_LETTER_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/111122223333/dead' },
    'sqs.deadLetterQueueUrl',
    'https://sqs.eu-central-1.amazonaws.com/111122223333/dead',
  ],
  [{ JIRA_BASE_URL: 'https://example.atlassian.net/' }, 'jira.baseUrl', 'https://example.atlassian.net'],
  [{ JIRA_BASE_URL: 'https://api.atlassian.com/ex/jira/0a1b-2c3d/' }, 'jira.baseUrl', 'https://api.atlassian.com/ex/jira/0a1b-2c3d'],
  [{ JIRA_BASE_URL: 'http://localhost:8090' }, 'jira.baseUrl', 'http://localhost:8090'],
  [{ JIRA_BASE_URL: 'http://127.0.0.1:8090' }, 'jira.baseUrl', 'http://127.0.0.1:8090'],
  [{ JIRA_BASE_URL: 'http://[::1]:8090' }, 'jira.baseUrl', 'http://[::1]:8090'],
  [{ JIRA_BASE_URL: 'http://sandbox:8090' }, 'jira.baseUrl', 'http://sandbox:8090'],
  [
    OAUTH,
    'jira.credentials',
    { kind: 'oauth', clientId: 'client', clientSecret: TOKEN, tokenUrl: 'https://auth.atlassian.com/oauth/token' },
  ],
  [
    { ...OAUTH, JIRA_BASE_URL: 'http://127.0.0.1:4', JIRA_OAUTH_TOKEN_URL: 'http://127.0.0.1:4/oauth/token' },
    'jira.credentials',
    { kind: 'oauth', clientId: 'client', clientSecret: TOKEN, tokenUrl: 'http://127.0.0.1:4/oauth/token' },
  ],
  [
    {
      HTTPS_PROXY: 'http://a:b@one:1',
      https_proxy: 'http://two:2',
      http_proxy: '',
      HTTP_PROXY: 'http://three:3',
      no_proxy: '10.0.0.0/8 corp.test',
    },
    'proxies',
    { httpsProxy: 'http://two:2', httpProxy: 'http://three:3', noProxy: '10.0.0.0-10.255.255.255,.corp.test' },
  ],
  [{ NODE_EXTRA_CA_CERTS: '/run/ca.pem' }, 'proxies.noProxy', ''],
  [{ AWS_ENDPOINT_URL: 'http://all:1' }, 'sqs.endpoint', 'http://all:1'],
  [{ AWS_ENDPOINT_URL: 'http://all:1', AWS_ENDPOINT_URL_SQS: 'http://sqs:1' }, 'sqs.endpoint', 'http://sqs:1'],
  [{ AWS_ENDPOINT_URL_SQS: 'http://sqs:1', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }, 'sqs.endpoint', null],
  [{ JIRA_EMAIL: '', JIRA_API_TOKEN: undefined, JIRA_BEARER_TOKEN: TOKEN }, 'jira.credentials', { kind: 'bearer', token: TOKEN }],
  [
    { JIRA_API_TOKEN: '', JIRA_API_TOKEN_FILE: '/run/token' },
    'jira.credentials',
    { kind: 'basic', email: 'robot@example.com', apiToken: TOKEN },
  ],
  [
    { JIRA_REQUESTS_PER_SECOND: '3', JIRA_MAX_IN_FLIGHT: '2', JIRA_TIMEOUT_MS: '5000', JIRA_UNCERTAIN_WINDOW_MS: '60000' },
    'jira.timeoutMs',
    5000,
  ],
  [{ REDIS_URL: 'redis://redis:6379' }, 'store', { kind: 'redis', url: 'redis://redis:6379' }],
  [{ REDIS_URL: 'rediss://user:pass@redis.example.com:6380/2', STORE: 'redis' }, 'store.kind', 'redis'],
  [{ DATA_DIR: '/data', STORE: 'embedded' }, 'store', { kind: 'embedded', dataDir: '/data' }],
  [{ RULES_FILE: 'rules.json' }, 'rulesFile', 'rules.json'],
  [{ HTTP_PORT: '0' }, 'http.port', 0],
  [{ HTTP_HOST: '::1' }, 'http.host', '::1'],
  [{ HTTP_HOST: '0.0.0.0', ADMIN_TOKENS: `ops:admin:${TOKEN}` }, 'http.host', '0.0.0.0'],
  [{ HTTP_HOST: '0.0.0.0', ...OIDC }, 'http.host', '0.0.0.0'],
  [
    OIDC,
    'oidc',
    {
      issuer: 'https://login.example/realm',
      audience: 'f2j',
      clientId: null,
      roleClaim: { name: 'groups', roles: new Map([['a', 'admin']]) },
    },
  ],
  [{ ...OIDC, OIDC_ISSUER: 'http://localhost:9000' }, 'oidc.issuer', 'http://localhost:9000'],
  [{ ...OIDC, OIDC_CLIENT_ID: 'page' }, 'oidc.clientId', 'page'],
  [{ HTTP_HOST: '0.0.0.0', ADMIN_TOKENS_FILE: '/run/admins' }, 'adminTokens', [{ name: 'ops', role: 'admin', token: TOKEN }]],
  [
    { ADMIN_TOKENS: `a:viewer:${TOKEN}1, b:operator:${TOKEN}:2` },
    'adminTokens',
    [
      { name: 'a', role: 'viewer', token: `${TOKEN}1` },
      { name: 'b', role: 'operator', token: `${TOKEN}:2` },
    ],
  ],
  [{ INSTALLATION: 'blue-2' }, 'installation', 'blue-2'],
  [{ ANALYZER_ARNS: 'none' }, 'analyzers', null],
  [{ ANALYZER_ARNS: `${ANALYZER}, ${ANALYZER}2` }, 'analyzers', { arns: [ANALYZER, `${ANALYZER}2`], regions: ['eu-central-1'] }],
  [{ ANALYZER_REGIONS: 'eu-west-1,us-gov-west-1' }, 'analyzers', { arns: null, regions: ['eu-west-1', 'us-gov-west-1'] }],
  [{ ANALYZER_REGIONS: 'all', AWS_REGION: 'cn-north-1' }, 'analyzers', { arns: null, regions: { allLike: 'cn-north-1' } }],
  [{ AWS_REGION: 'eu-west-3' }, 'analyzers', { arns: null, regions: ['eu-west-3'] }],
  [{ ACTOR_ROLE_NAME: 'findings-to-jira-actor' }, 'parts', { ACTOR_ROLE_NAME: 'findings-to-jira-actor' }],
  [{ ALLOWED_ACCOUNTS: '111122223333, 444455556666' }, 'allowedAccounts', ['111122223333', '444455556666']],
  [{ MODE: 'observe' }, 'mode', 'observe'],
  [{ RULES_MODE: 'api' }, 'rulesMode', 'api'],
  [{ RULES_MODE: 'file' }, 'rulesMode', 'file'],
  [{ LOG_LEVEL: ' debug ' }, 'logLevel', 'debug'],
  [{ HTTP_PORT: ' ' }, 'http.port', 8080],
];

describe('a setting that is accepted', () => {
  test.each(ACCEPTED)('%j', (changes, path, expected) => {
    expect(settingsOf(changes)).toHaveProperty(path, expected);
  });
});

const REFUSED: readonly [changes: Record<string, string | undefined>, start: string][] = [
  [{ SQS_QUEUE_URL: '' }, "SQS_QUEUE_URL: not set, expected a queue's URL"],
  [{ SQS_QUEUE_URL: 'findings' }, "SQS_QUEUE_URL: expected a queue's URL"],
  [{ SQS_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/' }, "SQS_QUEUE_URL: expected a queue's URL"],
  [{ SQS_QUEUE_URL: `${LEAST.SQS_QUEUE_URL},` }, "SQS_QUEUE_URL: expected a queue's URL"],
  [{ SQS_QUEUE_URL: `${LEAST.SQS_QUEUE_URL},${LEAST.SQS_QUEUE_URL}` }, "SQS_QUEUE_URL: expected a queue's URL"],
  [{ JIRA_BASE_URL: '' }, 'JIRA_BASE_URL: not set, expected https:'],
  [{ JIRA_BASE_URL: 'example.atlassian.net' }, 'JIRA_BASE_URL: expected https:'],
  [{ JIRA_BASE_URL: 'http://example.atlassian.net' }, 'JIRA_BASE_URL: expected https:'],
  [{ JIRA_BASE_URL: 'http://10.0.0.1' }, 'JIRA_BASE_URL: expected https:'],
  [{ JIRA_BASE_URL: 'http://127.0.0.1.example.com' }, 'JIRA_BASE_URL: expected https:'],
  [{ JIRA_BASE_URL: 'https://robot:secret@example.atlassian.net' }, 'JIRA_BASE_URL: expected https:'],
  [{ JIRA_BASE_URL: 'https://example.atlassian.net/browse' }, 'JIRA_BASE_URL: expected https:'],
  [{ JIRA_BASE_URL: 'https://example.atlassian.net?x=1' }, 'JIRA_BASE_URL: expected https:'],
  [{ JIRA_BASE_URL: 'https://api.atlassian.com' }, 'JIRA_BASE_URL: expected https:'],
  [{ JIRA_BASE_URL: 'ftp://example.atlassian.net' }, 'JIRA_BASE_URL: expected https:'],
  [{ JIRA_EMAIL: 'robot' }, 'JIRA_EMAIL: expected an e-mail address'],
  [{ JIRA_EMAIL: undefined }, `JIRA_EMAIL: not set, expected ${WAYS}`],
  [{ JIRA_API_TOKEN: undefined }, `JIRA_API_TOKEN: not set, expected ${WAYS}`],
  [{ JIRA_API_TOKEN: 'two words' }, 'JIRA_API_TOKEN: expected an API token: visible ASCII characters without spaces'],
  [{ JIRA_BEARER_TOKEN: TOKEN }, `JIRA_BEARER_TOKEN: set together with JIRA_API_TOKEN, expected one way of signing in: ${WAYS}`],
  [
    { ...OAUTH, JIRA_BEARER_TOKEN: TOKEN },
    `JIRA_OAUTH_CLIENT_SECRET: set together with JIRA_BEARER_TOKEN, expected one way of signing in: ${WAYS}`,
  ],
  [{ ...OAUTH, JIRA_OAUTH_CLIENT_SECRET: undefined }, `JIRA_OAUTH_CLIENT_SECRET: not set, expected ${WAYS}`],
  [
    { ...OAUTH, JIRA_BASE_URL: LEAST.JIRA_BASE_URL },
    'JIRA_BASE_URL: expected https://api.atlassian.com/ex/jira/CLOUD_ID with JIRA_OAUTH_CLIENT_ID, not the address of a site; https://example.atlassian.net/_edge/tenant_info shows the cloud id',
  ],
  [
    { JIRA_OAUTH_TOKEN_URL: 'http://auth.example/token' },
    'JIRA_OAUTH_TOKEN_URL: expected https://…, or http:// for a loopback address, not "http://auth.example/token"',
  ],
  [
    { HTTPS_PROXY: 'me:hidden@proxy:3128' },
    'HTTPS_PROXY: expected http://HOST:PORT or https://HOST:PORT, with USER:PASSWORD@ before the host if it needs them (percent-encoded), not "…@proxy:3128"',
  ],
  [{ http_proxy: 'socks5://x' }, 'http_proxy: expected http://HOST:PORT'],
  [{ NO_PROXY: '*.a.test:80' }, 'NO_PROXY: expected names (with those under them)'],
  [
    { NODE_EXTRA_CA_CERTS: '/run/empty' },
    'NODE_EXTRA_CA_CERTS: expected a file with certificates in PEM form, and there is none in "/run/empty"',
  ],
  [
    { NODE_EXTRA_CA_CERTS: '/run/none' },
    'NODE_EXTRA_CA_CERTS: expected a file with certificates in PEM form, not "/run/none": there is no such file',
  ],
  [{ JIRA_API_TOKEN_FILE: '/run/token' }, 'JIRA_API_TOKEN: set together with JIRA_API_TOKEN_FILE, expected only one of the two'],
  [
    { JIRA_API_TOKEN: '', JIRA_API_TOKEN_FILE: '/run/none' },
    'JIRA_API_TOKEN_FILE: expected a file that can be read, not "/run/none": there is no such file (ENOENT); correct the path or mount the file there',
  ],
  [
    { JIRA_API_TOKEN: '', JIRA_API_TOKEN_FILE: '/run/empty' },
    'JIRA_API_TOKEN_FILE: expected a file that is not empty, not "/run/empty": put the secret into it',
  ],
  [{ JIRA_REQUESTS_PER_SECOND: '0' }, 'JIRA_REQUESTS_PER_SECOND: expected a whole number from 1 to 1000'],
  [{ JIRA_MAX_IN_FLIGHT: '1.5' }, 'JIRA_MAX_IN_FLIGHT: expected a whole number from 1 to 1000'],
  [{ JIRA_TIMEOUT_MS: '15s' }, 'JIRA_TIMEOUT_MS: expected a whole number from 100 to 600000'],
  [{ JIRA_UNCERTAIN_WINDOW_MS: '0' }, 'JIRA_UNCERTAIN_WINDOW_MS: expected a whole number from 1000 to 86400000'],
  [{ REDIS_URL: 'http://redis' }, 'REDIS_URL: expected redis:'],
  [{ REDIS_URL: 'redis:6379' }, 'REDIS_URL: expected redis:'],
  [{ STORE: 'sqlite' }, 'STORE: expected redis or embedded'],
  [{ STORE: 'redis' }, 'STORE: redis, but REDIS_URL is not set, expected embedded or a REDIS_URL'],
  [{ STORE: 'embedded', REDIS_URL: 'redis://redis' }, 'STORE: embedded, but REDIS_URL is set, expected redis or no REDIS_URL'],
  [{ DATA_DIR: 'a\nb' }, 'DATA_DIR: expected a path'],
  [{ HTTP_PORT: '65536' }, 'HTTP_PORT: expected a whole number from 0 to 65535'],
  [{ HTTP_PORT: '0x50' }, 'HTTP_PORT: expected a whole number from 0 to 65535'],
  [
    { ...OIDC, OIDC_ISSUER: 'http://login.example' },
    "OIDC_ISSUER: expected the issuer's URL as its tokens say it in iss: https://…, or http:// for a loopback address",
  ],
  [{ ...OIDC, OIDC_AUDIENCE: '' }, 'OIDC_AUDIENCE: not set, expected it together with OIDC_ISSUER and OIDC_ROLE_CLAIM'],
  [{ ...OIDC, OIDC_ISSUER: '' }, 'OIDC_ISSUER: not set, expected it together with OIDC_AUDIENCE and OIDC_ROLE_CLAIM'],
  [{ OIDC_CLIENT_ID: 'page' }, 'OIDC_CLIENT_ID: set, but OIDC_ISSUER, OIDC_AUDIENCE, OIDC_ROLE_CLAIM are not, expected them with it'],
  [
    { ...OIDC, OIDC_CLIENT_ID: 'page', OIDC_ISSUER: '' },
    'OIDC_ISSUER: not set, expected it together with OIDC_AUDIENCE and OIDC_ROLE_CLAIM',
  ],
  [{ ...OIDC, OIDC_CLIENT_ID: 'my page' }, 'OIDC_CLIENT_ID: expected a text without spaces'],
  [
    { ...OIDC, OIDC_ROLE_CLAIM: 'groups a=root' },
    "OIDC_ROLE_CLAIM: expected a claim's name, such as roles or realm_access.roles, and then nothing or pairs such as my-admins=admin, separated by spaces",
  ],
  [{ HTTP_HOST: 'http://0.0.0.0', ADMIN_TOKENS: `ops:admin:${TOKEN}` }, 'HTTP_HOST: expected an IP address or a host name'],
  [
    { HTTP_HOST: '0.0.0.0' },
    'HTTP_HOST: expected a loopback address such as 127.0.0.1, because neither ADMIN_TOKENS nor OIDC_ISSUER is set',
  ],
  [
    { HTTP_HOST: '0.0.0.0', ADMIN_TOKENS: ' ' },
    'HTTP_HOST: expected a loopback address such as 127.0.0.1, because neither ADMIN_TOKENS nor OIDC_ISSUER is set',
  ],
  [{ HTTP_HOST: '::' }, 'HTTP_HOST: expected a loopback address such as 127.0.0.1, because neither ADMIN_TOKENS nor OIDC_ISSUER is set'],
  [{ ADMIN_TOKENS: 'ops' }, 'ADMIN_TOKENS: entry 1: expected name:role:token'],
  [{ ADMIN_TOKENS: `ops:admin:${TOKEN},` }, 'ADMIN_TOKENS: entry 2: expected name:role:token'],
  [{ ADMIN_TOKENS: `ops:root:${TOKEN}` }, 'ADMIN_TOKENS: entry 1: expected the role to be one of viewer, operator, admin'],
  [{ ADMIN_TOKENS: 'ops:admin:a b' }, 'ADMIN_TOKENS: entry 1: expected a token of visible ASCII characters'],
  [{ ADMIN_TOKENS: `o ps:admin:${TOKEN}` }, 'ADMIN_TOKENS: entry 1: expected a name of at most 64 letters, digits and . _ @ -'],
  [{ ADMIN_TOKENS: `a:admin:${TOKEN}1,a:viewer:${TOKEN}2` }, 'ADMIN_TOKENS: entry 2: expected a name that no other entry has'],
  [{ ADMIN_TOKENS: `a:admin:${TOKEN},b:viewer:${TOKEN}` }, 'ADMIN_TOKENS: entry 2: expected a token that no other entry has'],
  [{ ADMIN_TOKENS_FILE: '/run/token' }, 'ADMIN_TOKENS_FILE: entry 1: expected name:role:token'],
  [{ INSTALLATION: 'Blue' }, 'INSTALLATION: expected at most 40 lower-case letters, digits and hyphens'],
  [{ INSTALLATION: 'a'.repeat(41) }, 'INSTALLATION: expected at most 40 lower-case letters, digits and hyphens'],
  [{ ACTOR_ROLE_NAME: 'arn:aws:iam::444455556666:role/actor' }, 'ACTOR_ROLE_NAME: expected the name of a role, without its ARN'],
  [{ ALLOWED_ACCOUNTS: '11112222333' }, 'ALLOWED_ACCOUNTS: expected AWS account ids of 12 digits, separated by commas'],
  [{ ANALYZER_ARNS: 'all' }, 'ANALYZER_ARNS: expected none, or analyzers'],
  [{ ANALYZER_ARNS: 'arn:aws:sqs:eu-west-1:111122223333:queue' }, 'ANALYZER_ARNS: expected none, or analyzers'],
  [{ ANALYZER_REGIONS: 'Frankfurt' }, 'ANALYZER_REGIONS: expected Regions'],
  [{ MODE: 'dry-run' }, 'MODE: expected live or observe'],
  [{ RULES_MODE: 'git' }, 'RULES_MODE: expected api or file'],
  [{ LOG_LEVEL: 'verbose' }, 'LOG_LEVEL: expected trace or debug or info'],
];

describe('a setting that is refused, in one line', () => {
  test.each(REFUSED)('%j', (changes, start) => {
    expect(problemsOf(changes).map((line) => line.slice(0, start.length))).toEqual([start]);
  });
});

test('all problems are reported at once', () => {
  expect(problemsOf({ HTTP_PORT: 'x', MODE: 'x', SQS_QUEUE_URL: 'x' })).toHaveLength(3);
});

describe('an unknown variable', () => {
  test.each([
    ['JIRA_REQUEST_PER_SECOND', 'JIRA_REQUEST_PER_SECOND: not known to this version and ignored; did you mean JIRA_REQUESTS_PER_SECOND?'],
    ['JIRA_API_TOKNE', 'JIRA_API_TOKNE: not known to this version and ignored; did you mean JIRA_API_TOKEN?'],
    ['DEAD_LETTER_QUEUE', 'DEAD_LETTER_QUEUE: not known to this version and ignored'],
    ['WEBHOOK_PORT', 'WEBHOOK_PORT: not known to this version and ignored'],
    ['JIRA_WEBHOOK_SECRET', 'JIRA_WEBHOOK_SECRET: not known to this version and ignored'],
    ['ARCHIVE_S3_URI', 'ARCHIVE_S3_URI: not known to this version and ignored'],
    ['ANALYZER_NAMES', 'ANALYZER_NAMES: not known to this version and ignored'],
    ['DATADIR', 'DATADIR: not known to this version and ignored; did you mean DATA_DIR?'],
    ['LOGLEVEL', 'LOGLEVEL: not known to this version and ignored; did you mean LOG_LEVEL?'],
    ['INSTALATION', 'INSTALATION: not known to this version and ignored; did you mean INSTALLATION?'],
  ])('%s is named', (name, line) => {
    expect(warningsOf({ [name]: 'x' })).toEqual([line]);
  });

  test.each([
    'PATH',
    'HOME',
    'ALL_PROXY',
    'NODE_OPTIONS',
    'REDIS_SERVER',
    'REDIS_PORT_6379_TCP_ADDR',
    'REDIS_SERVICE_HOST',
    'CORE',
    'NODE',
  ])('%s is none of ours', (name) => {
    expect(warningsOf({ [name]: 'x' })).toEqual([]);
  });

  test('a variable that Kubernetes sets for a Service of the same name is none of ours', () => {
    expect(warningsOf({ REDIS_PORT: 'tcp://10.0.0.1:6379' })).toEqual([]);
    expect(warningsOf({ REDIS_PORT: '6379' })).toHaveLength(1);
  });

  test('one that is empty is not set', () => {
    expect(warningsOf({ ARCHIVE_S3_URI: '' })).toEqual([]);
  });

  test('a token that can be guessed is named by its owner, and works', () => {
    expect(warningsOf({ ADMIN_TOKENS: `ops:admin:short,sure:viewer:${TOKEN}` })).toEqual([
      'ADMIN_TOKENS: the token of ops is shorter than 16 characters and can be guessed',
    ]);
  });
});

describe('a wrong value is shown', () => {
  test.each<[Record<string, string>, string]>([
    [{ HTTP_PORT: 'eighty' }, 'HTTP_PORT: expected a whole number from 0 to 65535, not "eighty"'],
    [{ MODE: 'dry\u001b[2Jrun' }, 'MODE: expected live or observe, not "dry\\u001b[2Jrun"'],
    [
      { INSTALLATION: 'A'.repeat(500) },
      `INSTALLATION: expected at most 40 lower-case letters, digits and hyphens, not "${'A'.repeat(120)}…"`,
    ],
    [
      { HTTP_HOST: '0.0.0.0' },
      'HTTP_HOST: expected a loopback address such as 127.0.0.1, because neither ADMIN_TOKENS nor OIDC_ISSUER is set, not "0.0.0.0"',
    ],
    [
      { REDIS_URL: 'redis://user:pass/word@redis.example.com:x/y@2?key=secret' },
      'REDIS_URL: expected redis://HOST:PORT or rediss://HOST:PORT, with a database number as path if any, not "redis://…@2?…"',
    ],
    [{ LOG_LEVEL: `ATATT${'x'.repeat(30)}` }, 'LOG_LEVEL: expected trace or debug or info or warn or error or fatal or silent, not "…"'],
    [{ ADMIN_TOKENS: `ops:root:${TOKEN}` }, 'ADMIN_TOKENS: entry 1: expected the role to be one of viewer, operator, admin, not "root"'],
  ])('%j', (changes, line) => {
    expect(problemsOf(changes)).toEqual([line]);
  });

  test.each<[Record<string, string>, string]>([
    [
      { ADMIN_TOKENS: `ops:${TOKEN}:admin` },
      'ADMIN_TOKENS: entry 1: expected the role to be one of viewer, operator, admin: the order is name:role:token',
    ],
    [{ ADMIN_TOKENS: `ops:${TOKEN}:more` }, 'ADMIN_TOKENS: entry 1: expected the role to be one of viewer, operator, admin'],
    [
      { JIRA_API_TOKEN: '', JIRA_API_TOKEN_FILE: 'aTokenNoPath' },
      'JIRA_API_TOKEN_FILE: expected a file that can be read, not what is set there, which is not shown since it may be the secret itself: there is no such file (ENOENT); correct the path or mount the file there',
    ],
  ])('but not where it may be a secret: %#', (changes, line) => {
    expect(problemsOf(changes)).toEqual([line]);
  });
});

describe('whatever is set', () => {
  const variables = ENVIRONMENT_VARIABLES.flatMap(({ name, secret }) =>
    secret
      ? [
          { name, secret },
          { name: `${name}_FILE`, secret: false },
        ]
      : [{ name, secret }],
  );
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.webUrl(),
    fc.integer().map(String),
    fc.constantFrom('redis', 'a:admin:b', '/run/token'),
  );

  /** What is said of these values; it always says it in lines that begin with a name. */
  function linesOf(values: Readonly<Record<string, string>>): readonly string[] {
    const result = readEnvironment({ ...LEAST, ...values }, readFile);
    const lines = result.ok ? result.warnings : result.problems;
    for (const line of lines) expect(line).toMatch(/^[A-Z][A-Z0-9_]+: [^\n]+$/);
    return lines;
  }

  test('it never throws, every line begins with a name, and no value of a secret variable or of an unknown one is shown', () => {
    const names = [...variables.map(({ name }) => name), 'ARCHIVE_S3_URI'];
    const shown = new Set(variables.flatMap(({ name, secret }) => (secret ? [] : [name])));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), text), fc.boolean(), (values, mark) => {
        const marked = Object.entries(values).map(([name, value]) => [name, mark && !shown.has(name) ? `${value}SeCrEt-MaRk` : value]);
        for (const line of linesOf(Object.fromEntries(marked))) expect(line).not.toContain('SeCrEt-MaRk');
      }),
      { numRuns: 500 },
    );
  });

  test('no password in a URL is shown', () => {
    const names = variables.flatMap(({ name, secret }) => (secret || name.endsWith('_FILE') ? [] : [name]));
    const scheme = fc.constantFrom('redis://', 'https://', '');
    fc.assert(
      fc.property(fc.constantFrom(...names), scheme, text, text, (name, start, user, host) => {
        for (const line of linesOf({ [name]: `${start}${user}:SeCrEt-MaRk@${host}` })) expect(line).not.toContain('SeCrEt-MaRk');
      }),
      { numRuns: 500 },
    );
  });
});

describe('the table of variables', () => {
  test('describes each once, in a sentence', () => {
    const all = [...ENVIRONMENT_VARIABLES, ...AWS_SDK_VARIABLES];
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    expect(all.filter(({ meaning }) => !/^\S.*\.$/.test(meaning))).toEqual([]);
  });

  test('has defaults that are accepted', () => {
    const defaults = ENVIRONMENT_VARIABLES.flatMap(({ name, defaultValue }) => (defaultValue === null ? [] : [[name, defaultValue]]));
    expect(defaults.length).toBeGreaterThan(8);
    expect(settingsOf(Object.fromEntries(defaults))).toEqual(settingsOf());
  });
});
