import type { ResourceTypes } from './resource-type.ts';
import { editPolicy } from './edit-policy.ts';
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
      publicRisk: 'Treat it as known: change it in the system that it opens.',
      sharedRisk: 'An intruder in that account gets what the secret opens, too.',
      steps: [
        ...editPolicy({
          policy: 'resource policy',
          checkedAs: 'AWS::SecretsManager::Secret',
          read: 'aws secretsmanager get-resource-policy --secret-id {arn} --query ResourcePolicy --output text --region {region}',
          write: 'aws secretsmanager put-resource-policy --secret-id {arn} --resource-policy file://policy.json --region {region}',
          remove: 'aws secretsmanager delete-resource-policy --secret-id {arn} --region {region}',
        }),
        // https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets.html
        {
          when: 'public',
          text: 'Then change the secret. Where rotation is set up, this does it at once, and programs that keep the old value fail until they read the new one; elsewhere, change it by hand in the system that it opens:',
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
