import { parseArn, resourceName } from '../../findings/arn.ts';
import type { SimulatedActor, SimulatedChange } from '../cloudtrail/simulated-change.ts';
import type { SampleEvent } from './sample-event.ts';

/** The call that opens a resource of each type, and the name by which CloudTrail knows it. */
const CALLS: Readonly<Record<string, readonly [service: string, action: string, by: 'name' | 'arn']>> = {
  'AWS::S3::Bucket': ['s3', 'PutBucketPolicy', 'name'],
  'AWS::IAM::Role': ['iam', 'UpdateAssumeRolePolicy', 'name'],
  'AWS::SQS::Queue': ['sqs', 'SetQueueAttributes', 'name'],
  'AWS::KMS::Key': ['kms', 'PutKeyPolicy', 'arn'],
  'AWS::SecretsManager::Secret': ['secretsmanager', 'PutResourcePolicy', 'arn'],
  'AWS::SNS::Topic': ['sns', 'AddPermission', 'arn'],
  'AWS::DynamoDB::Table': ['dynamodb', 'PutResourcePolicy', 'arn'],
  'AWS::ECR::Repository': ['ecr', 'SetRepositoryPolicy', 'name'],
};

/** Who works in the invented company, and with what. The last is no person. */
const ACTORS: readonly (Pick<SimulatedChange, 'userAgent' | 'invokedBy'> & { readonly actor: SimulatedActor })[] = [
  { actor: { is: 'sso', permissionSet: 'Deploy', email: 'dana@example.com' }, userAgent: 'Mozilla/5.0 (X11; Linux x86_64)' },
  { actor: { is: 'sso', permissionSet: 'PowerUser', email: 'lee@example.com' }, userAgent: 'aws-cli/2.17 md/awscrt' },
  { actor: { is: 'role', role: 'Pipeline', session: 'run-4711' }, userAgent: 'APN/1.0 HashiCorp/1.0 Terraform/1.9.1' },
];

const BEFORE_MS = 4 * 60_000;

/** The change that led to a sample finding, a few minutes before it; null: nothing changed, or its type has none here. Pure. */
export function sampleChange({ detail }: SampleEvent): SimulatedChange | null {
  const call = CALLS[detail.resourceType];
  if (call === undefined || detail.status !== 'ACTIVE' || detail['findingType'] !== undefined) return null;
  const [service, action, by] = call;
  const name = by === 'name' ? resourceName(detail.resource) : detail.resource;
  const actor = ACTORS[name.length % ACTORS.length];
  if (actor === undefined) return null;
  return {
    ...actor,
    service,
    action,
    accountId: detail.accountId,
    region: service === 'iam' ? 'us-east-1' : parseArn(detail.resource)?.region || String(detail['region']),
    resourceNames: [name],
    at: Date.parse(detail.updatedAt) - BEFORE_MS,
  };
}
