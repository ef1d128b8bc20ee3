import { Type, type TSchema } from 'typebox';
import { isIssuerUrl, isQueueUrl, isRedisUrl, toJiraBaseUrl } from './addresses.ts';
import { parseRoleClaim } from './role-claim.ts';
import { LOG_LEVELS } from './settings.ts';

/** One variable that the service reads, described for the operator who sets it. */
export interface EnvironmentVariable {
  readonly name: string;
  readonly meaning: string;
  /** The value when it is not set; null: none. */
  readonly defaultValue: string | null;
  /** The service does not start without it. */
  readonly required: boolean;
  /** The form of the text in words: `expected …`. */
  readonly expected: string;
  /** The form of the text as a schema. */
  readonly schema: TSchema;
  /** Its value is never shown, and `NAME_FILE` may name a file that holds it instead. */
  readonly secret: boolean;
}

type Description = Pick<EnvironmentVariable, 'meaning' | 'expected' | 'schema'> & Partial<EnvironmentVariable>;

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
  variable('JIRA_REQUESTS_PER_SECOND', {
    meaning: 'The maximum of requests to Jira per second, for all replicas together.',
    defaultValue: '10',
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
  variable('SWEEP_INTERVAL_MS', {
    meaning: 'Time between sweeps that compare our issues in Jira with the store, in milliseconds; 0 turns them off.',
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
  variable('LOG_LEVEL', {
    meaning: 'The lowest level of log lines that are written.',
    defaultValue: 'info',
    ...choice(LOG_LEVELS),
  }),
];

/** Variables that the AWS SDK reads by itself, and their use here. */
export const AWS_SDK_VARIABLES: readonly { readonly name: string; readonly meaning: string }[] = [
  { name: 'AWS_REGION', meaning: "The queue's Region." },
  { name: 'AWS_ENDPOINT_URL', meaning: 'Another endpoint for every AWS service, such as an emulator.' },
  { name: 'AWS_ENDPOINT_URL_SQS', meaning: 'Another endpoint for SQS.' },
  { name: 'AWS_ENDPOINT_URL_ACCESSANALYZER', meaning: 'Another endpoint for IAM Access Analyzer, in every Region.' },
  { name: 'AWS_ENDPOINT_URL_ORGANIZATIONS', meaning: 'Another endpoint for AWS Organizations.' },
  { name: 'AWS_ACCESS_KEY_ID', meaning: 'Credentials, where no role gives them.' },
  { name: 'AWS_SECRET_ACCESS_KEY', meaning: 'Credentials, where no role gives them.' },
  { name: 'AWS_SESSION_TOKEN', meaning: 'Credentials, where no role gives them.' },
  { name: 'AWS_PROFILE', meaning: "A profile of the SDK's own files." },
];

/** The items of a comma-separated list, without the blanks around them. */
export function listItems(value: string): readonly string[] {
  return value.split(',').map((item) => item.trim());
}

function variable(name: string, description: Description): EnvironmentVariable {
  return { name, defaultValue: null, required: false, secret: false, ...description };
}

function text(accepts: (value: string) => boolean): TSchema {
  return Type.Refine(Type.String(), (value) => typeof value === 'string' && accepts(value));
}

function visible(): TSchema {
  return Type.String({ pattern: '^[\\x21-\\x7e]+$' });
}

function path(): TSchema {
  return Type.String({ pattern: '^[^\\u0000-\\u001f]+$', maxLength: 4096 });
}

function choice(values: readonly string[]): Pick<EnvironmentVariable, 'expected' | 'schema'> {
  return { expected: values.join(' or '), schema: Type.Enum([...values]) };
}

function wholeNumber(min: number, max: number): Pick<EnvironmentVariable, 'expected' | 'schema'> {
  const inRange = (value: string) => /^\d{1,10}$/.test(value) && Number(value) >= min && Number(value) <= max;
  return { expected: `a whole number from ${min} to ${max}`, schema: text(inRange) };
}

function isListOf(value: string, accepts: (item: string) => boolean): boolean {
  const items = listItems(value);
  return items.every(accepts) && new Set(items).size === items.length;
}
