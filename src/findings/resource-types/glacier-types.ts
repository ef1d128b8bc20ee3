import type { ResourceTypes } from './resource-type.ts';
import { LOST_DATA } from './data-risk.ts';
import { editPolicy } from './edit-policy.ts';

export const GLACIER_TYPES: ResourceTypes = {
  'AWS::S3::Glacier': {
    words: 'Glacier vault',
    arn: { service: 'glacier', kind: 'vaults/' },
    exampleArn: 'arn:aws:glacier:eu-west-1:444455556666:vaults/archive',
    guidance: {
      about: 'A Glacier vault holds archives',
      publicRisk: LOST_DATA,
      steps: editPolicy({
        policy: 'vault access policy',
        checkedAs: 'AWS::S3::Glacier',
        read: 'aws glacier get-vault-access-policy --account-id {account} --vault-name {name} --query policy.Policy --output text --region {region}',
        write:
          "jq -Rs '{Policy: .}' policy.json > vault.json && aws glacier set-vault-access-policy --account-id {account} --vault-name {name} --policy file://vault.json --region {region}",
        remove: 'aws glacier delete-vault-access-policy --account-id {account} --vault-name {name} --region {region}',
      }),
      source: 'https://docs.aws.amazon.com/amazonglacier/latest/dev/vault-access-policy.html',
    },
  },
};
