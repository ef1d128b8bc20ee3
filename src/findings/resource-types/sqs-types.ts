import { checkCommand, copyCommand, editWords, undoCommand } from './edit-policy.ts';
import type { ResourceTypes } from './resource-type.ts';
import { dataEvents } from './usage.ts';

const PUT_POLICY = [
  "jq -Rs '{Policy: .}' policy.json > attributes.json",
  'aws sqs set-queue-attributes --queue-url QUEUE_URL --attributes file://attributes.json --region {region}',
];

export const SQS_TYPES: ResourceTypes = {
  'AWS::SQS::Queue': {
    words: 'SQS queue',
    arn: { service: 'sqs', kind: '' },
    exampleArn: 'arn:aws:sqs:eu-west-1:444455556666:orders',
    usage: dataEvents('Sent and received messages'),
    securityHubType: 'AwsSqsQueue',
    guidance: {
      about: 'A queue carries messages between services',
      publicRisk: 'Anyone who can read it takes your messages away, and anyone who can send has your services work on theirs.',
      steps: [
        {
          isWithNext: true,
          text: 'Find the address of the queue, and save its policy, with a copy to go back to:',
          commands: [
            'aws sqs get-queue-url --queue-name {name} --queue-owner-aws-account-id {account} --region {region}',
            'aws sqs get-queue-attributes --queue-url QUEUE_URL --attribute-names Policy --query Attributes.Policy --output text --region {region} > policy.json',
            copyCommand(),
          ],
        },
        {
          isWithNext: true,
          text: `${editWords()} Where an AWS service sends, keep it and add conditions on aws:SourceArn and aws:SourceAccount.`,
        },
        {
          text: 'Put the new policy in place once the check says PASS (not public). attributes.json has it as a text, {"Policy": "…"}:',
          commands: [checkCommand('AWS::SQS::Queue'), ...PUT_POLICY],
        },
        // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
        {
          text: 'If no statement is left, set an empty policy instead:',
          commands: [`aws sqs set-queue-attributes --queue-url QUEUE_URL --attributes '{"Policy":""}' --region {region}`],
        },
        { text: 'To undo this:', commands: PUT_POLICY.map((command) => undoCommand(command)) },
      ],
      source: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-basic-examples-of-sqs-policies.html',
    },
  },
};
