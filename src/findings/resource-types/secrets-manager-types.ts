import type { ResourceTypes } from './resource-type.ts';
import { editPolicy } from './fix-step.ts';
import { secretName } from './secret-name.ts';
import { eventsNamed } from './usage.ts';

export const SECRETS_MANAGER_TYPES: ResourceTypes = {
  'AWS::SecretsManager::Secret': {
    words: 'secret',
    arn: { service: 'secretsmanager', kind: 'secret:', name: (rest) => secretName(rest).name },
    exampleArn: 'arn:aws:secretsmanager:eu-west-1:444455556666:secret:database-AbCdEf',
    usage: eventsNamed('read the secret', 'GetSecretValue'),
    securityHubType: 'AwsSecretsManagerSecret',
    page: { address: 'https://{region}.{host}/secretsmanager/secret?name={name}&region={region}', name: certainName },
    isMasterKey: true,
    guidance: {
      about: 'A secret holds a password, a token or a key of another system',
      publicRisk: 'It has to be taken for known: change it in the system that it opens.',
      sharedRisk: 'Whoever gets hold of that account gets what the secret opens, too.',
      steps: [
        ...editPolicy({
          policy: 'resource policy',
          read: 'aws secretsmanager get-resource-policy --secret-id {arn} --query ResourcePolicy --output text --region {region}',
          write:
            'aws secretsmanager put-resource-policy --secret-id {arn} --resource-policy file://policy.json --block-public-policy --region {region}',
          remove: 'aws secretsmanager delete-resource-policy --secret-id {arn} --region {region}',
        }),
        {
          when: 'public',
          text: 'Change the secret. Where rotation is set up, this does it; where not, change it by hand in the system that it opens:',
          commands: ['aws secretsmanager rotate-secret --secret-id {arn} --region {region}'],
        },
      ],
      source: 'https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html',
    },
  },
};

function certainName(rest: string): string | null {
  const { name, isCertain } = secretName(rest);
  return isCertain ? name : null;
}
