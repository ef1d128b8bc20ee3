import type { JsonObject } from '../../../src/findings/json.ts';
import { ANALYZER_ARN } from './finding-events.ts';

/** The messages in the queue other than raw finding events. Written from AWS's documents, with values of our own. */

export const TOPIC_ARN = 'arn:aws:sns:us-west-2:111122223333:findings';

/** A message as SNS wraps it when raw message delivery is off. */
export function notification(message: string): string {
  return JSON.stringify({
    Type: 'Notification',
    MessageId: '165545c9-2a5c-472c-8df2-7ff2be2b3b1b',
    TopicArn: TOPIC_ARN,
    Message: message,
    Timestamp: '2026-03-01T10:05:01.000Z',
    SignatureVersion: '1',
    Signature: 'not-checked',
    SigningCertURL: 'https://sns.us-west-2.amazonaws.com/certificate.pem',
    UnsubscribeURL: 'https://sns.us-west-2.amazonaws.com/?Action=Unsubscribe',
  });
}

export function subscriptionMessage(
  type: 'SubscriptionConfirmation' | 'UnsubscribeConfirmation',
  overrides: Readonly<Record<string, unknown>> = {},
): string {
  return JSON.stringify({
    Type: type,
    MessageId: '165545c9-2a5c-472c-8df2-7ff2be2b3b1b',
    Token: '2336412f37f',
    TopicArn: TOPIC_ARN,
    Message: 'To confirm the subscription, visit the SubscribeURL included in this message.',
    SubscribeURL: 'https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription',
    Timestamp: '2026-03-01T10:05:01.000Z',
    ...overrides,
  });
}

type Fields = Readonly<Record<string, unknown>>;

/** The same access as `externalEvent`, as Security Hub reports it. */
export function externalAsff(overrides: Fields = {}): JsonObject {
  return plain({
    SchemaVersion: '2018-10-08',
    Id: `${ANALYZER_ARN}/arn:aws:s3:::billing-export`,
    ProductArn: 'arn:aws:securityhub:us-west-2::product/aws/access-analyzer',
    GeneratorId: 'aws/access-analyzer',
    AwsAccountId: '111122223333',
    Types: ['Effects/Data Exposure/External Access Granted'],
    CreatedAt: '2026-03-01T10:00:00Z',
    UpdatedAt: '2026-03-01T10:00:00Z',
    Severity: { Product: 1, Label: 'LOW', Normalized: 1 },
    Title: 'AwsS3Bucket/arn:aws:s3:::billing-export/ allows public access',
    Description: 'AWS::S3::Bucket/arn:aws:s3:::billing-export/ allows public access',
    SourceUrl:
      'https://console.aws.amazon.com/access-analyzer/home?region=us-west-2#/findings/details/22222222-dcba-4444-dcba-000000000001',
    ProductFields: { ResourceOwnerAccount: '444455556666' },
    Resources: [
      {
        Type: 'AwsS3Bucket',
        Id: 'arn:aws:s3:::billing-export',
        Details: {
          Other: {
            'External Principal Type': 'AWS',
            'External Principal': '*',
            'Action Granted': 's3:GetObject',
            Condition: 'none',
          },
        },
      },
    ],
    WorkflowState: 'NEW',
    Workflow: { Status: 'NEW' },
    RecordState: 'ACTIVE',
    ...overrides,
  });
}

/** The same finding as `unusedEvent`, as Security Hub reports it. */
export function unusedAsff(overrides: Fields = {}): JsonObject {
  return plain({
    SchemaVersion: '2018-10-08',
    Id: `${ANALYZER_ARN}/arn:aws:iam::444455556666:role/Reporting/UnusedPermissions`,
    ProductArn: 'arn:aws:securityhub:us-west-2::product/aws/access-analyzer',
    ProductName: 'IAM Access Analyzer',
    Region: 'us-west-2',
    GeneratorId: 'aws/access-analyzer',
    AwsAccountId: '111122223333',
    Types: ['Software and Configuration Checks/AWS Security Best Practices/Unused Permission'],
    CreatedAt: '2026-03-01T10:00:00.758Z',
    UpdatedAt: '2026-03-01T10:00:00.758Z',
    Title: 'AwsIamRole/arn:aws:iam::444455556666:role/Reporting/ contains unused permissions',
    Description: 'AWS::IAM::Role/arn:aws:iam::444455556666:role/Reporting/ contains unused permissions',
    SourceUrl:
      'https://us-west-2.console.aws.amazon.com/access-analyzer/home?region=us-west-2#/unused-access-findings?resource=arn%3Aaws%3Aiam%3A%3A444455556666%3Arole%2FReporting',
    ProductFields: {
      numberOfUnusedActions: '1',
      numberOfUnusedServices: '0',
      resourceOwnerAccount: '444455556666',
      findingId: 'b8ae0460-5d29-4922-b92a-000000000001',
      findingType: 'UnusedPermission',
    },
    Resources: [{ Type: 'AwsIamRole', Id: 'arn:aws:iam::444455556666:role/Reporting' }],
    WorkflowState: 'NEW',
    Workflow: { Status: 'NEW' },
    RecordState: 'ACTIVE',
    ...overrides,
  });
}

/** A finding of another product. */
export function inspectorAsff(overrides: Fields = {}): JsonObject {
  return plain({
    SchemaVersion: '2018-10-08',
    Id: 'arn:aws:inspector2:us-west-2:444455556666:finding/1',
    ProductArn: 'arn:aws:securityhub:us-west-2::product/aws/inspector',
    AwsAccountId: '444455556666',
    Resources: [{ Type: 'AwsEc2Instance', Id: 'arn:aws:ec2:us-west-2:444455556666:instance/i-1' }],
    RecordState: 'ACTIVE',
    ...overrides,
  });
}

/** An event of Security Hub with these findings. */
export function hubEvent(findings: readonly unknown[], overrides: Fields = {}): JsonObject {
  return plain({
    version: '0',
    id: '8e5622f9-d81c-4d81-612a-9319e7ee2506',
    'detail-type': 'Security Hub Findings - Imported',
    source: 'aws.securityhub',
    account: '111122223333',
    time: '2026-03-01T10:07:00Z',
    region: 'us-west-2',
    resources: ['arn:aws:securityhub:us-west-2::product/aws/access-analyzer/1'],
    detail: { findings },
    ...overrides,
  });
}

/** The newer form of Security Hub's events (OCSF), with its known fields. */
export function ocsfEvent(product: Fields): JsonObject {
  return hubEvent([{ class_uid: 2004, metadata: { product }, finding_info: { uid: '1' } }], { 'detail-type': 'Findings Imported V2' });
}

/** The result of an access preview; not a finding. */
export function previewEvent(): JsonObject {
  return plain({
    version: '0',
    id: 'aaaabbbb-2222-3333-4444-555566667777',
    'detail-type': 'Access Preview State Change',
    source: 'aws.access-analyzer',
    account: '111122223333',
    time: '2026-03-01T10:05:00Z',
    region: 'us-west-2',
    resources: [ANALYZER_ARN],
    detail: {
      accessPreviewId: 'aaaabbbb-cccc-dddd-eeee-ffffaaaabbbb',
      configuredResources: ['arn:aws:s3:::billing-export'],
      createdAt: '2026-03-01T10:00:00.000Z',
      region: 'us-west-2',
      status: 'COMPLETED',
      previousStatus: 'CREATING',
      version: '1.0',
    },
  });
}

/** A call to the API of Access Analyzer, as CloudTrail saw it. */
export function apiCallEvent(): JsonObject {
  return plain({
    version: '0',
    id: 'aaaabbbb-2222-3333-4444-555566667777',
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.access-analyzer',
    account: '111122223333',
    time: '2026-03-01T10:05:00Z',
    region: 'us-west-2',
    resources: [],
    detail: { eventSource: 'access-analyzer.amazonaws.com', eventName: 'UpdateFindings', requestParameters: { status: 'ARCHIVED' } },
  });
}

/** Without the fields that are undefined. */
function plain(fields: Fields): JsonObject {
  return JSON.parse(JSON.stringify(fields));
}
