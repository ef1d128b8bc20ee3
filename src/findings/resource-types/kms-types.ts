import type { ResourceTypes } from './resource-type.ts';
import { editPolicy } from './fix-step.ts';
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
      publicRisk: 'Whoever may decrypt with it reads all that it protects, once they get at the data.',
      sharedRisk: 'Whoever gets hold of that account can do with the key what is listed here, and read what it protects.',
      steps: [
        ...editPolicy({
          policy: 'key policy',
          read: 'aws kms get-key-policy --key-id {arn} --policy-name default --query Policy --output text --region {region}',
          write: 'aws kms put-key-policy --key-id {arn} --policy-name default --policy file://policy.json --region {region}',
        }),
        {
          text: 'If the key policy does not let them in, a grant does. List the grants, and revoke the one that is not needed:',
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
