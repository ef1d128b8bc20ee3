import type { ResourceTypes } from './resource-type.ts';
import { editPolicy } from './fix-step.ts';
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
      publicRisk: 'Whoever subscribes reads along, and whoever publishes speaks in your name.',
      steps: [
        ...editPolicy({
          policy: 'topic policy',
          read: 'aws sns get-topic-attributes --topic-arn {arn} --query Attributes.Policy --output text --region {region}',
          write:
            'aws sns set-topic-attributes --topic-arn {arn} --attribute-name Policy --attribute-value file://policy.json --region {region}',
        }),
        {
          text: 'Look who has subscribed already: a subscription stays when the policy changes.',
          commands: ['aws sns list-subscriptions-by-topic --topic-arn {arn} --region {region}'],
        },
      ],
      source: 'https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html',
    },
  },
};
