import type { ResourceTypes } from './resource-type.ts';
import { editPolicy } from './fix-step.ts';

const ARN_POLICY = (service: 'kinesis' | 'cloudtrail'): Parameters<typeof editPolicy>[0] => ({
  policy: 'resource policy',
  read: `aws ${service} get-resource-policy --resource-arn {arn} --query ${service === 'kinesis' ? 'Policy' : 'ResourcePolicy'} --output text --region {region}`,
  write: `aws ${service} put-resource-policy --resource-arn {arn} --${service === 'kinesis' ? 'policy' : 'resource-policy'} file://policy.json --region {region}`,
  remove: `aws ${service} delete-resource-policy --resource-arn {arn} --region {region}`,
});

export const KINESIS_TYPES: ResourceTypes = {
  'AWS::Kinesis::Stream': {
    words: 'Kinesis stream',
    arn: { service: 'kinesis', kind: 'stream/' },
    exampleArn: 'arn:aws:kinesis:eu-west-1:444455556666:stream/clicks',
    guidance: {
      about: 'A Kinesis stream carries data as it is made',
      publicRisk: 'Whoever reads it sees all that passes, and whoever writes has your services work on theirs.',
      steps: editPolicy(ARN_POLICY('kinesis')),
      source: 'https://docs.aws.amazon.com/streams/latest/dev/controlling-access.html',
    },
  },
  'AWS::Kinesis::StreamConsumer': {
    words: 'consumer of a Kinesis stream',
    arn: { service: 'kinesis', kind: 'stream/' },
    exampleArn: 'arn:aws:kinesis:eu-west-1:444455556666:stream/clicks/consumer/app:1525898737',
    guidance: {
      about: 'A consumer of a Kinesis stream is a way to read all that passes',
      publicRisk: 'Whoever uses it sees what is written to the stream, as it is written.',
      steps: editPolicy(ARN_POLICY('kinesis')),
      source: 'https://docs.aws.amazon.com/streams/latest/dev/controlling-access.html',
    },
  },
};
