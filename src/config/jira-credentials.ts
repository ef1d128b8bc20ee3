import { isLoopbackHost } from './addresses.ts';
import type { Texts } from './describe-variable.ts';
import type { JiraCredentials } from './settings.ts';

/** One way of signing in, with its variables in the order in which people set them. */
interface Choice {
  readonly variables: readonly string[];
  /** @param texts of the variables, in their order */
  readonly credentials: (texts: readonly string[], tokenUrl: string) => JiraCredentials;
}

const CHOICES: readonly Choice[] = [
  { variables: ['JIRA_EMAIL', 'JIRA_API_TOKEN'], credentials: ([email = '', apiToken = '']) => ({ kind: 'basic', email, apiToken }) },
  { variables: ['JIRA_BEARER_TOKEN'], credentials: ([token = '']) => ({ kind: 'bearer', token }) },
  {
    variables: ['JIRA_OAUTH_CLIENT_ID', 'JIRA_OAUTH_CLIENT_SECRET'],
    credentials: ([clientId = '', clientSecret = ''], tokenUrl) => ({ kind: 'oauth', clientId, clientSecret, tokenUrl }),
  },
];

const EXPECTED = CHOICES.map(({ variables }) => variables.join(' and ')).join(', or ');

/** Exactly one way of signing in to Jira. Adds a line to the problems and returns null where there is none, half of one, or more than one. */
export function readCredentials(texts: Texts, problems: string[]): JiraCredentials | null {
  const begun = CHOICES.filter(({ variables }) => variables.some((name) => texts.has(name)));
  const [chosen, other] = begun;
  if (chosen === undefined || other === undefined)
    return chosen === undefined ? notSet('JIRA_EMAIL', problems) : completed(chosen, texts, problems);
  // The one that goes beyond the simplest way is the one to be named.
  const [last, first] = [setOf(other, texts), setOf(chosen, texts)];
  problems.push(`${last}: set together with ${first}, expected one way of signing in: ${EXPECTED}`);
  return null;
}

function completed({ variables, credentials }: Choice, texts: Texts, problems: string[]): JiraCredentials | null {
  const missing = variables.find((name) => !texts.has(name));
  if (missing !== undefined) return notSet(missing, problems);
  const read = credentials(
    variables.map((name) => texts.get(name)?.text ?? ''),
    texts.get('JIRA_OAUTH_TOKEN_URL')?.text ?? '',
  );
  const address = read.kind === 'oauth' ? siteAddress(texts.get('JIRA_BASE_URL')?.text ?? '') : null;
  if (address === null) return read;
  problems.push(address);
  return null;
}

/**
 * Access tokens of a service account are accepted at the gateway only.
 * Source: https://support.atlassian.com/user-management/docs/create-oauth-2-0-credential-for-service-accounts/
 */
function siteAddress(baseUrl: string): string | null {
  const url = URL.parse(baseUrl);
  if (url === null || url.hostname === 'api.atlassian.com' || isLoopbackHost(url.hostname) || !url.hostname.includes('.')) return null;
  return `JIRA_BASE_URL: expected https://api.atlassian.com/ex/jira/CLOUD_ID with JIRA_OAUTH_CLIENT_ID, not the address of a site; ${url.origin}/_edge/tenant_info shows the cloud id`;
}

function notSet(name: string, problems: string[]): null {
  // A variable that is set but wrong has its own line already.
  if (!problems.some((line) => /^JIRA_(EMAIL|API_TOKEN|BEARER_TOKEN|OAUTH_CLIENT)/.test(line)))
    problems.push(`${name}: not set, expected ${EXPECTED}`);
  return null;
}

/** The variable, or its `_FILE`, that began a way. */
function setOf({ variables }: Choice, texts: Texts): string {
  return variables.map((name) => texts.get(name)?.from).findLast((from) => from !== undefined) ?? '';
}
