import { type CheckedType, copyCommand, type PolicyCommands, undoCommand } from './edit-policy.ts';
import type { FixStep } from './fix-step.ts';

/** S3 refuses a policy without a statement: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html */
export function bucketPolicy(checkedAs: CheckedType): PolicyCommands {
  return {
    policy: 'bucket policy',
    checkedAs,
    read: 'aws s3api get-bucket-policy --bucket {name} --query Policy --output text --region {region}',
    write: 'aws s3api put-bucket-policy --bucket {name} --policy file://policy.json --region {region}',
    remove: 'aws s3api delete-bucket-policy --bucket {name} --region {region}',
  };
}

/** @param point the access point as a word of a command: the resource itself, or what grants access to a bucket */
export function accessPointPolicy(checkedAs: CheckedType, point: '{name}' | '{accessPoint}'): PolicyCommands {
  const which = `--account-id {account} --name ${point}`;
  return {
    policy: 'access point policy',
    checkedAs,
    read: `aws s3control get-access-point-policy ${which} --query Policy --output text --region {region}`,
    file: 'access-point',
    write: `aws s3control put-access-point-policy ${which} --policy file://access-point.json --region {region}`,
    remove: `aws s3control delete-access-point-policy ${which} --region {region}`,
  };
}

/** Not policy.json: an issue may show the steps for the bucket policy as well. */
const FILE = 'multi-region';

const PUT_MULTI_REGION = [
  `jq -Rs '{Name: "ACCESS_POINT_NAME", Policy: .}' ${FILE}.json > details.json`,
  'aws s3control put-multi-region-access-point-policy --account-id {account} --details file://details.json --region us-west-2',
];

/**
 * A multi-Region access point has its own commands, by its name; its ARN has the alias. AWS cannot check such a policy beforehand.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManagingMultiRegionAccessPoints.html
 */
export const MULTI_REGION_POLICY: readonly FixStep[] = [
  {
    text: 'Find the name of the access point (its ARN has the alias), and save its policy, with a copy to go back to. These calls always go to us-west-2:',
    commands: [
      'aws s3control list-multi-region-access-points --account-id {account} --region us-west-2',
      'aws s3control get-multi-region-access-point-policy --account-id {account} --name ACCESS_POINT_NAME --query Policy.Established.Policy --output text --region us-west-2 > multi-region.json',
      copyCommand(FILE),
    ],
  },
  { text: 'In multi-region.json, have each statement name only the accounts and roles that need the access.' },
  { text: 'Put the new policy in place; it takes some minutes to reach all Regions:', commands: PUT_MULTI_REGION },
  { text: 'To undo this:', commands: PUT_MULTI_REGION.map((command) => undoCommand(command, FILE)) },
];
