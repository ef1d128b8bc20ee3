import type { ResourceTypes } from './resource-type.ts';
import { editPolicy } from './edit-policy.ts';
import { dataEvents } from './usage.ts';

export const SNS_TYPES: ResourceTypes = {
  'AWS::SNS::Topic': {
    words: 'SNS topic',
    arn: { service: 'sns', kind: '' },
    exampleArn: 'arn:aws:sns:eu-west-1:444455556666:alarms',
    usage: dataEvents(
      'Published messages',
      'The subscriptions show who receives them:',
      'aws sns list-subscriptions-by-topic --topic-arn {arn} --region {region}',
    ),
    securityHubType: 'AwsSnsTopic',
    page: { address: 'https://{region}.{host}/sns/v3/home?region={region}#/topic/{arn}' },
    guidance: {
      about: 'A topic sends each message to all who subscribed to it',
      publicRisk: 'Anyone who subscribes reads along, and anyone who publishes speaks in your name.',
      steps: [
        ...editPolicy({
          policy: 'topic policy',
          checkedAs: 'AWS::SNS::Topic',
          read: 'aws sns get-topic-attributes --topic-arn {arn} --query Attributes.Policy --output text --region {region}',
          write:
            'aws sns set-topic-attributes --topic-arn {arn} --attribute-name Policy --attribute-value file://policy.json --region {region}',
          // https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
          keep: 'Keep the statement of your own account (mostly __default_statement_ID). Where an AWS service publishes, keep it and add conditions on aws:SourceArn and aws:SourceAccount.',
        }),
        {
          text: 'A subscription stays when the policy changes. End those that are not needed (the first step lists them):',
          commands: ['aws sns unsubscribe --subscription-arn SUBSCRIPTION_ARN --region {region}'],
        },
      ],
      source: 'https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html',
    },
  },
};
