import type { ResourceTypes } from './resource-type.ts';
import { type CheckedType, editPolicy, type PolicyCommands } from './edit-policy.ts';

function trailPolicy(checkedAs: CheckedType): PolicyCommands {
  return {
    policy: 'resource policy',
    checkedAs,
    read: 'aws cloudtrail get-resource-policy --resource-arn {arn} --query ResourcePolicy --output text --region {region}',
    write: 'aws cloudtrail put-resource-policy --resource-arn {arn} --resource-policy file://policy.json --region {region}',
    remove: 'aws cloudtrail delete-resource-policy --resource-arn {arn} --region {region}',
  };
}

export const CLOUD_TRAIL_TYPES: ResourceTypes = {
  'AWS::CloudTrail::Dashboard': {
    words: 'CloudTrail dashboard',
    arn: { service: 'cloudtrail', kind: 'dashboard/' },
    exampleArn: 'arn:aws:cloudtrail:eu-west-1:444455556666:dashboard/overview',
    guidance: {
      about: 'A CloudTrail dashboard shows figures from the log of who did what in AWS',
      publicRisk: 'Anyone who sees it knows your accounts, names and habits.',
      steps: editPolicy(trailPolicy('AWS::CloudTrail::Dashboard')),
      source: 'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/security_iam_resource-based-policy-examples.html',
    },
  },
  'AWS::CloudTrail::EventDataStore': {
    words: 'CloudTrail event data store',
    arn: { service: 'cloudtrail', kind: 'eventdatastore/' },
    exampleArn: 'arn:aws:cloudtrail:eu-west-1:444455556666:eventdatastore/ee54f226-4ba1-4d2c-9f1d-000000000000',
    guidance: {
      about: 'An event data store holds the log of who did what in AWS',
      publicRisk: 'Anyone who reads it knows your accounts, names and habits.',
      steps: editPolicy(trailPolicy('AWS::CloudTrail::EventDataStore')),
      source: 'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/security_iam_resource-based-policy-examples.html',
    },
  },
};
