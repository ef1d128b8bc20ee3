import type { AccessAnalyzerSimulator } from '../../../src/sandbox/access-analyzer/access-analyzer-simulator.ts';
import type { JiraSimulator } from '../../../src/sandbox/jira-simulator.ts';
import type { SqsEmulator } from '../../../src/sandbox/sqs/sqs-emulator.ts';

interface Sandbox {
  readonly sqs: Pick<SqsEmulator, 'queueUrl' | 'endpoint'>;
  /** Null: AWS is asked about nothing. */
  readonly aws: Pick<AccessAnalyzerSimulator, 'url'> | null;
  readonly jira: Pick<JiraSimulator, 'url' | 'credentials'>;
}

/** A closed port: no call may reach AWS itself. */
const CLOSED = 'http://127.0.0.1:1';

/**
 * What every service process in front of the sandbox is told: its queue, Access Analyzer and Jira.
 * @param account whom it signs in to Jira as
 */
export function sandboxEnv(
  { sqs, aws, jira }: Sandbox,
  account: Pick<JiraSimulator['credentials'], 'email' | 'apiToken'> = jira.credentials,
): Record<string, string> {
  return {
    SQS_QUEUE_URL: sqs.queueUrl,
    AWS_ENDPOINT_URL_SQS: sqs.endpoint,
    ...(aws === null ? { ANALYZER_ARNS: 'none' } : {}),
    AWS_ENDPOINT_URL_ORGANIZATIONS: CLOSED,
    AWS_ENDPOINT_URL_ACCESSANALYZER: aws?.url ?? CLOSED,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    JIRA_BASE_URL: jira.url,
    JIRA_EMAIL: account.email,
    JIRA_API_TOKEN: account.apiToken,
  };
}
