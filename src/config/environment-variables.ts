import { Type } from 'typebox';
import { isIssuerUrl, isQueueUrl, isRedisUrl, toJiraBaseUrl } from './addresses.ts';
import { choice, isListOf, path, text, variable, visible, wholeNumber, type EnvironmentVariable } from './describe-variable.ts';
import { isProxyUrl, isTokenUrl, toNoProxy } from './proxies.ts';
import { parseRoleClaim } from './role-claim.ts';
import { LOG_LEVELS } from './settings.ts';

const ANALYZER_ARN = /^arn:aws[a-z-]*:access-analyzer:[a-z0-9-]+:\d{12}:analyzer\/[^,|\s]{1,255}$/;
const AWS_REGION = /^[a-z]{2,4}(-[a-z]+){1,3}-\d{1,2}$/;

/** Every variable that the service itself reads. Messages use this table, and tests compare the documents with it. */
export const ENVIRONMENT_VARIABLES: readonly EnvironmentVariable[] = [
  variable('SQS_QUEUE_URL', {
    meaning: 'The queue that findings arrive in; several are separated by commas.',
    expected: "a queue's URL (https://sqs.REGION.amazonaws.com/ACCOUNT/NAME), or several different ones separated by commas",
    schema: text((value) => isListOf(value, isQueueUrl)),
    required: true,
  }),
  variable('DEAD_LETTER_QUEUE_URL', {
    meaning: "The queue where SQS puts messages that were received too often. Unset: the queue's redrive policy names it.",
    expected: "a queue's URL (https://sqs.REGION.amazonaws.com/ACCOUNT/NAME)",
    schema: text(isQueueUrl),
  }),
  variable('JIRA_BASE_URL', {
    meaning: "The Jira site, or Atlassian's gateway for tokens with scopes.",
    expected:
      'https://SITE.atlassian.net, or https://api.atlassian.com/ex/jira/CLOUD_ID, without credentials, path or query; http:// only for a loopback address or a name without dots',
    schema: text((value) => toJiraBaseUrl(value) !== null),
    required: true,
  }),
  variable('JIRA_EMAIL', {
    meaning: "The account's e-mail address, used together with JIRA_API_TOKEN.",
    expected: 'an e-mail address',
    schema: Type.String({ pattern: '^[^@\\s:]+@[^@\\s:]+$' }),
    secret: true,
  }),
  variable('JIRA_API_TOKEN', {
    meaning: "The account's API token, used together with JIRA_EMAIL.",
    expected: 'an API token: visible ASCII characters without spaces',
    schema: visible(),
    secret: true,
  }),
  variable('JIRA_BEARER_TOKEN', {
    meaning: 'An access token, instead of JIRA_EMAIL and JIRA_API_TOKEN.',
    expected: 'an access token: visible ASCII characters without spaces',
    schema: visible(),
    secret: true,
  }),
  variable('JIRA_OAUTH_CLIENT_ID', {
    meaning: 'The client id of a service account that signs in by OAuth 2.0, together with JIRA_OAUTH_CLIENT_SECRET.',
    expected: 'a client id: visible ASCII characters without spaces',
    schema: visible(),
  }),
  variable('JIRA_OAUTH_CLIENT_SECRET', {
    meaning: 'Its client secret.',
    expected: 'a client secret: visible ASCII characters without spaces',
    schema: visible(),
    secret: true,
  }),
  variable('JIRA_OAUTH_TOKEN_URL', {
    meaning: 'Where access tokens are asked for; another one is for tests.',
    defaultValue: 'https://auth.atlassian.com/oauth/token',
    expected: 'https://…, or http:// for a loopback address',
    schema: text(isTokenUrl),
  }),
  variable('JIRA_REQUESTS_PER_SECOND', {
    meaning:
      'The most requests to Jira per second, for all replicas together, however many Jira allows. Unset: learned from Jira, from 10 up to half of what it announces.',
    ...wholeNumber(1, 1000),
  }),
  variable('JIRA_MAX_IN_FLIGHT', {
    meaning: 'The maximum of requests to Jira at the same time, for each replica.',
    defaultValue: '8',
    ...wholeNumber(1, 1000),
  }),
  variable('JIRA_TIMEOUT_MS', {
    meaning: 'How long Jira may take to answer, in milliseconds.',
    defaultValue: '15000',
    ...wholeNumber(100, 600_000),
  }),
  variable('JIRA_UNCERTAIN_WINDOW_MS', {
    meaning: 'How long an issue that may have been created is looked up before it may be created again, in milliseconds.',
    defaultValue: '900000',
    ...wholeNumber(1000, 86_400_000),
  }),
  variable('ANALYZER_ARNS', {
    meaning:
      'The analyzers whose findings sweeps list, separated by commas; none: sweeps compare Jira only. Unset: those of ANALYZER_REGIONS, and those that events have named.',
    expected: "none, or analyzers' ARNs (arn:aws:access-analyzer:REGION:ACCOUNT:analyzer/NAME), separated by commas",
    schema: text((value) => value === 'none' || isListOf(value, (item) => ANALYZER_ARN.test(item))),
  }),
  variable('ANALYZER_REGIONS', {
    meaning: 'The Regions whose analyzers sweeps list, separated by commas, or all. Unset: AWS_REGION.',
    expected: 'Regions such as eu-central-1, separated by commas, or all',
    schema: text((value) => value === 'all' || isListOf(value, (item) => AWS_REGION.test(item))),
  }),
  variable('SWEEP_INTERVAL_MS', {
    meaning: 'Time between sweeps, which compare AWS and our issues in Jira with the store, in milliseconds; 0 turns them off.',
    defaultValue: '3600000',
    ...wholeNumber(0, 604_800_000),
  }),
  variable('RETENTION_DAYS', {
    meaning:
      'How long a finding that has ended keeps its history and its content, and the audit an entry, in days. After that, the finding keeps only what prevents a second issue for it.',
    defaultValue: '400',
    ...wholeNumber(1, 36_500),
  }),
  variable('REDIS_URL', {
    meaning: 'Set: state and queue are in Redis, for any number of replicas. Unset: they are embedded, for one process.',
    expected: 'redis://HOST:PORT or rediss://HOST:PORT, with a database number as path if any',
    schema: text(isRedisUrl),
  }),
  variable('STORE', {
    meaning: 'A guard for deploy files: if it disagrees with REDIS_URL, the service does not start.',
    ...choice(['redis', 'embedded']),
  }),
  variable('DATA_DIR', {
    meaning: 'The folder of the embedded store.',
    defaultValue: './data',
    expected: 'a path',
    schema: path(),
  }),
  variable('RULES_FILE', {
    meaning: 'YAML or JSON rules that seed an empty store.',
    defaultValue: 'config/routing-rules.yaml',
    expected: 'a path',
    schema: path(),
  }),
  variable('HTTP_HOST', {
    meaning: 'The address that the admin API is bound to.',
    defaultValue: '127.0.0.1',
    expected: 'an IP address or a host name',
    schema: Type.String({ pattern: '^[A-Za-z0-9_:.-]+$', maxLength: 253 }),
  }),
  variable('HTTP_PORT', {
    meaning: 'The port of the admin API; 0: any free one.',
    defaultValue: '8080',
    ...wholeNumber(0, 65_535),
  }),
  variable('ADMIN_TOKENS', {
    meaning:
      'Who may use the admin API, as name:role:token separated by commas. Unset, and no OIDC_ISSUER: HTTP_HOST must be a loopback address.',
    expected: 'name:role:token, or several separated by commas',
    schema: Type.String(),
    secret: true,
  }),
  variable('OIDC_ISSUER', {
    meaning: 'The issuer whose access tokens are accepted, instead of or besides ADMIN_TOKENS; requires OIDC_AUDIENCE and OIDC_ROLE_CLAIM.',
    expected: "the issuer's URL as its tokens say it in iss: https://…, or http:// for a loopback address",
    schema: text(isIssuerUrl),
  }),
  variable('OIDC_AUDIENCE', {
    meaning: 'The aud that access tokens must have.',
    expected: 'a text without spaces',
    schema: visible(),
  }),
  variable('OIDC_ROLE_CLAIM', {
    meaning:
      "The claim that gives the role, followed by value=role pairs, separated by spaces, if its values are not the roles' own names.",
    expected: "a claim's name, such as roles or realm_access.roles, and then nothing or pairs such as my-admins=admin, separated by spaces",
    schema: text((value) => parseRoleClaim(value) !== null),
  }),
  variable('OIDC_CLIENT_ID', {
    meaning:
      'The name under which OIDC_ISSUER knows the admin page, which then signs people in there. Unset: the page asks for a token only.',
    expected: 'a text without spaces',
    schema: visible(),
  }),
  variable('INSTALLATION', {
    meaning: 'The name of this deployment on its Jira site; two deployments on one site need different names.',
    defaultValue: 'default',
    expected: 'at most 40 lower-case letters, digits and hyphens',
    schema: Type.String({ pattern: '^[a-z0-9-]{1,40}$' }),
  }),
  variable('ALLOWED_ACCOUNTS', {
    meaning: 'The AWS accounts whose findings are accepted, separated by commas. Unset: all.',
    expected: 'AWS account ids of 12 digits, separated by commas',
    schema: text((value) => isListOf(value, (item) => /^\d{12}$/.test(item))),
  }),
  variable('ACTOR_ROLE_NAME', {
    meaning:
      'A role in the member accounts that may only cloudtrail:LookupEvents: issues then say who changed the resource. Unset: nothing is asked.',
    expected: 'the name of a role, without its ARN: at most 64 letters, digits and +=,.@_-',
    schema: Type.String({ pattern: '^[A-Za-z0-9+=,.@_-]{1,64}$' }),
  }),
  variable('OWNER_ROLE_NAME', {
    meaning:
      'A role in the member accounts that may only read tags: issues then say whose the resource is, and rules may go by it. Unset, and no owner in the rules file: nothing is asked.',
    expected: 'the name of a role, without its ARN: at most 64 letters, digits and +=,.@_-',
    schema: Type.String({ pattern: '^[A-Za-z0-9+=,.@_-]{1,64}$' }),
  }),
  variable('MODE', {
    meaning: 'observe: decide and record, but write nothing to Jira.',
    defaultValue: 'live',
    ...choice(['live', 'observe']),
  }),
  variable('RULES_MODE', {
    meaning: 'Where rules are changed: through the admin API, or in the rules file alone, which is read again when it changes.',
    defaultValue: 'api',
    ...choice(['api', 'file']),
  }),
  variable('HTTPS_PROXY', {
    meaning: 'The proxy for all https addresses: Jira, AWS, OIDC. https_proxy counts as well, and goes first.',
    expected: 'http://HOST:PORT or https://HOST:PORT, with USER:PASSWORD@ before the host if it needs them (percent-encoded)',
    schema: text(isProxyUrl),
    lowerCaseToo: true,
  }),
  variable('HTTP_PROXY', {
    meaning: 'The proxy for all http addresses. http_proxy counts as well, and goes first.',
    expected: 'http://HOST:PORT or https://HOST:PORT, with USER:PASSWORD@ before the host if it needs them (percent-encoded)',
    schema: text(isProxyUrl),
    lowerCaseToo: true,
  }),
  variable('NO_PROXY', {
    meaning: 'Hosts that are reached without a proxy, separated by commas. no_proxy counts as well, and goes first.',
    expected:
      'names (with those under them), *.NAME, IP addresses, IPv4 ranges such as 10.0.0.0/8, or *; a port only after a name without a dot before it or an address',
    schema: text((value) => toNoProxy(value) !== null),
    lowerCaseToo: true,
  }),
  variable('NODE_EXTRA_CA_CERTS', {
    meaning: 'A file with certificates of authorities that are trusted besides the public ones, in PEM form. Read by Node.js itself.',
    expected: 'a path',
    schema: path(),
  }),
  variable('LOG_LEVEL', {
    meaning: 'The lowest level of log lines that are written.',
    defaultValue: 'info',
    ...choice(LOG_LEVELS),
  }),
];

/** Those of the variables that turn parts on. */
export const PART_VARIABLES: readonly string[] = ['ACTOR_ROLE_NAME', 'OWNER_ROLE_NAME'];

/** Variables that the AWS SDK reads by itself, and their use here. */
export const AWS_SDK_VARIABLES: readonly { readonly name: string; readonly meaning: string }[] = [
  { name: 'AWS_REGION', meaning: "The queue's Region, and by default the analyzers'." },
  { name: 'AWS_ENDPOINT_URL', meaning: 'Another endpoint for every AWS service, such as an emulator.' },
  { name: 'AWS_ENDPOINT_URL_SQS', meaning: 'Another endpoint for SQS.' },
  { name: 'AWS_ENDPOINT_URL_ACCESSANALYZER', meaning: 'Another endpoint for IAM Access Analyzer, in every Region.' },
  { name: 'AWS_ENDPOINT_URL_ORGANIZATIONS', meaning: 'Another endpoint for AWS Organizations.' },
  { name: 'AWS_ENDPOINT_URL_STS', meaning: 'Another endpoint for STS, in every Region.' },
  { name: 'AWS_ENDPOINT_URL_CLOUDTRAIL', meaning: 'Another endpoint for CloudTrail, in every Region.' },
  { name: 'AWS_ENDPOINT_URL_RESOURCE_GROUPS_TAGGING_API', meaning: 'Another endpoint for the tags of resources, in every Region.' },
  { name: 'AWS_ENDPOINT_URL_IAM', meaning: 'Another endpoint for the tags of IAM roles and users.' },
  { name: 'AWS_ENDPOINT_URL_ACCOUNT', meaning: 'Another endpoint for the security contacts of accounts.' },
  { name: 'AWS_ACCESS_KEY_ID', meaning: 'Credentials, where no role gives them.' },
  { name: 'AWS_SECRET_ACCESS_KEY', meaning: 'Credentials, where no role gives them.' },
  { name: 'AWS_SESSION_TOKEN', meaning: 'Credentials, where no role gives them.' },
  { name: 'AWS_PROFILE', meaning: "A profile of the SDK's own files." },
];
