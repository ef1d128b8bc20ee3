import type { ResourceTypes } from './resource-type.ts';
import { dataEvents } from './usage.ts';

export const SQS_TYPES: ResourceTypes = {
  'AWS::SQS::Queue': {
    words: 'SQS queue',
    arn: { service: 'sqs', kind: '' },
    exampleArn: 'arn:aws:sqs:eu-west-1:444455556666:orders',
    usage: dataEvents('Sent and received messages'),
    securityHubType: 'AwsSqsQueue',
    guidance: {
      about: 'A queue carries messages between services',
      publicRisk: 'Whoever can read it takes your messages away, and whoever can send has your services work on theirs.',
      steps: [
        {
          text: 'Find the address of the queue, and read its policy:',
          commands: [
            'aws sqs get-queue-url --queue-name {name} --queue-owner-aws-account-id {account} --region {region}',
            'aws sqs get-queue-attributes --queue-url QUEUE_URL --attribute-names Policy --query Attributes.Policy --output text --region {region} > policy.json',
          ],
        },
        {
          text: 'In policy.json, delete the statements that let them in, or have them name only the accounts and roles that need it. Where an AWS service sends, keep it and add conditions on aws:SourceArn and aws:SourceAccount.',
        },
        {
          text: 'Put the policy back. In attributes.json stands {"Policy": "…"}, the policy as a text:',
          commands: [
            "jq -Rs '{Policy: .}' policy.json > attributes.json",
            'aws sqs set-queue-attributes --queue-url QUEUE_URL --attributes file://attributes.json --region {region}',
          ],
        },
      ],
      source: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-basic-examples-of-sqs-policies.html',
    },
  },
};
