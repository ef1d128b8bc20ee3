import type { ResourceTypes } from './resource-type.ts';
import { editPolicy } from './edit-policy.ts';
import { eventsOf } from './usage.ts';

export const KMS_TYPES: ResourceTypes = {
  'AWS::KMS::Key': {
    words: 'KMS key',
    arn: { service: 'kms', kind: 'key/' },
    exampleArn: 'arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    usage: eventsOf('used the key'),
    securityHubType: 'AwsKmsKey',
    page: { address: 'https://{region}.{host}/kms/home?region={region}#/kms/keys/{name}' },
    isMasterKey: true,
    cases: ['kms'],
    guidance: {
      about: 'A KMS key encrypts and decrypts other data',
      publicRisk: 'Anyone who may decrypt with it reads all that it protects, once they get at the data.',
      // A grant may allow no more than to end it: https://docs.aws.amazon.com/kms/latest/APIReference/API_RetireGrant.html
      sharedRisk:
        'An intruder in that account can use the key as listed above: with decrypt, to read what it protects; with kms:RetireGrant alone, only to end a grant.',
      steps: [
        ...editPolicy({
          policy: 'key policy',
          checkedAs: 'AWS::KMS::Key',
          read: 'aws kms get-key-policy --key-id {arn} --policy-name default --query Policy --output text --region {region}',
          write: 'aws kms put-key-policy --key-id {arn} --policy-name default --policy file://policy.json --region {region}',
          // https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
          keep: 'Keep the statement of your own account (…:root): without it, the key can become unmanageable, and only AWS Support can help.',
        }),
        // https://docs.aws.amazon.com/kms/latest/developerguide/grant-delete.html
        {
          text: 'If no statement of the key policy lets them in, a grant does: one that names them as GranteePrincipal or RetiringPrincipal. Revoke only that one: services such as EBS and RDS cannot reach their data without theirs. A revoked grant can only be made anew:',
          commands: [
            'aws kms list-grants --key-id {arn} --region {region}',
            'aws kms revoke-grant --key-id {arn} --grant-id GRANT_ID --region {region}',
          ],
        },
      ],
      source: 'https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying.html',
    },
  },
};
