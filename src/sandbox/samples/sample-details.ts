import type { JsonObject } from '../../findings/json.ts';
import { resourceName } from '../../findings/arn.ts';
import type { SampleEvent } from './sample-event.ts';
import { NO_RECOMMENDATION, type SimulatedFinding } from '../access-analyzer/simulated-finding.ts';

/** Services and actions as granted by the policies of such a role. The later services have more actions than a sample counts. */
const GRANTED = [
  's3 DeleteObject PutBucketPolicy PutObject PutObjectAcl RestoreObject',
  'dynamodb BatchWriteItem CreateTable DeleteItem DeleteTable PutItem Scan UpdateItem',
  'sqs CreateQueue DeleteMessage PurgeQueue SendMessage SetQueueAttributes',
  'kms CreateGrant Decrypt Encrypt GenerateDataKey ReEncryptFrom ScheduleKeyDeletion',
  'lambda CreateFunction InvokeFunction UpdateFunctionCode UpdateFunctionConfiguration',
  'sns CreateTopic Publish SetTopicAttributes',
  'secretsmanager CreateSecret DeleteSecret GetSecretValue PutSecretValue UpdateSecret',
  `ec2 AssociateAddress AttachVolume AuthorizeSecurityGroupIngress CreateImage CreateSnapshot CreateTags DeleteSnapshot DeleteVolume
  DetachVolume ModifyInstanceAttribute RebootInstances RunInstances StartInstances StopInstances TerminateInstances`,
  `iam AttachRolePolicy CreateAccessKey CreatePolicyVersion CreateRole DeleteRole DetachRolePolicy PassRole PutRolePolicy TagRole
  UpdateAssumeRolePolicy UpdateRole`,
  'ecs DeregisterTaskDefinition RegisterTaskDefinition RunTask StopTask UpdateService',
  'rds CopyDBSnapshot CreateDBSnapshot DeleteDBSnapshot ModifyDBInstance RebootDBInstance RestoreDBInstanceFromDBSnapshot StartExportTask',
].map((line) => line.split(/\s+/));

/** Number of reads before a recommendation is ready. */
const IN_PROGRESS_FOR = 1;
const DAY_MS = 86_400_000;

/**
 * The details that the API adds to a sample event of unused access, with as many services and actions as the event counts. Pure.
 * Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_FindingDetails.html
 */
export function sampleDetails({ detail }: SampleEvent): Partial<SimulatedFinding> {
  const lastAccessed = new Date(Date.parse(detail.createdAt) - 120 * DAY_MS).toISOString();
  if (detail['findingType'] === 'UnusedIAMRole') return { findingDetails: [{ unusedIamRoleDetails: { lastAccessed } }] };
  if (detail['findingType'] !== 'UnusedPermission') return {};
  const [services, actions] = [Number(detail['numberOfUnusedServices']), Number(detail['numberOfUnusedActions'])];
  return {
    findingDetails: [...wholeServices(services), ...singleActions(services, actions, lastAccessed)],
    recommendation: { ...NO_RECOMMENDATION, inProgressFor: IN_PROGRESS_FOR, steps: steps(detail.resource) },
  };
}

/** A service without actions is not used at all. */
function wholeServices(count: number): JsonObject[] {
  return GRANTED.slice(0, count).map(([serviceNamespace = '']) => ({ unusedPermissionDetails: { serviceNamespace } }));
}

function singleActions(after: number, count: number, lastAccessed: string): JsonObject[] {
  let left = count;
  return GRANTED.slice(after).flatMap(([serviceNamespace = '', ...all]) => {
    const actions = all.slice(0, left).map((action) => ({ action, lastAccessed }));
    left -= actions.length;
    return actions.length === 0 ? [] : [{ unusedPermissionDetails: { serviceNamespace, actions, lastAccessed } }];
  });
}

/** Replaces a policy by a narrower one, and detaches another. */
function steps(role: string): JsonObject[] {
  const [, account = ''] = /^arn:aws:iam::(\d+):/.exec(role) ?? [];
  const policy = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['s3:GetObject', 's3:ListBucket'], Resource: '*' }],
  };
  const existing = (name: string): string => `arn:aws:iam::${account}:policy/${resourceName(role)}-${name}`;
  return [
    {
      unusedPermissionsRecommendedStep: {
        recommendedAction: 'CREATE_POLICY',
        recommendedPolicy: JSON.stringify(policy, null, 2),
        existingPolicyId: existing('access'),
      },
    },
    { unusedPermissionsRecommendedStep: { recommendedAction: 'DETACH_POLICY', existingPolicyId: existing('legacy') } },
  ];
}
