import type { ResourceTypes } from './resource-type.ts';
import { type CheckedType, editPolicy, type PolicyCommands } from './edit-policy.ts';

function streamPolicy(checkedAs: CheckedType): PolicyCommands {
  return {
    policy: 'resource policy',
    checkedAs,
    read: 'aws kinesis get-resource-policy --resource-arn {arn} --query Policy --output text --region {region}',
    write: 'aws kinesis put-resource-policy --resource-arn {arn} --policy file://policy.json --region {region}',
    remove: 'aws kinesis delete-resource-policy --resource-arn {arn} --region {region}',
  };
}

export const KINESIS_TYPES: ResourceTypes = {
  'AWS::Kinesis::Stream': {
    words: 'Kinesis stream',
    arn: { service: 'kinesis', kind: 'stream/' },
    exampleArn: 'arn:aws:kinesis:eu-west-1:444455556666:stream/clicks',
    guidance: {
      about: 'A Kinesis stream carries data as it is made',
      publicRisk: 'Anyone who reads it sees all that passes, and anyone who writes has your services work on theirs.',
      steps: editPolicy(streamPolicy('AWS::Kinesis::Stream')),
      source: 'https://docs.aws.amazon.com/streams/latest/dev/controlling-access.html',
    },
  },
  'AWS::Kinesis::StreamConsumer': {
    words: 'consumer of a Kinesis stream',
    arn: { service: 'kinesis', kind: 'stream/' },
    exampleArn: 'arn:aws:kinesis:eu-west-1:444455556666:stream/clicks/consumer/app:1525898737',
    guidance: {
      about: 'A consumer of a Kinesis stream is a way to read all that passes',
      publicRisk: 'Anyone who uses it sees what is written to the stream, as it is written.',
      steps: editPolicy(streamPolicy('AWS::Kinesis::StreamConsumer')),
      source: 'https://docs.aws.amazon.com/streams/latest/dev/controlling-access.html',
    },
  },
};
