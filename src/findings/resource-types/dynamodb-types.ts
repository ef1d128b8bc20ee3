import type { ResourceTypes } from './resource-type.ts';
import { LOST_DATA } from './data-risk.ts';
import { editPolicy, type PolicyCommands } from './edit-policy.ts';
import { dataEvents } from './usage.ts';

const TABLE_POLICY: PolicyCommands = {
  policy: 'resource policy',
  read: 'aws dynamodb get-resource-policy --resource-arn {tableArn} --query Policy --output text --region {region}',
  write: 'aws dynamodb put-resource-policy --resource-arn {tableArn} --policy file://policy.json --region {region}',
  remove: 'aws dynamodb delete-resource-policy --resource-arn {tableArn} --region {region}',
};

export const DYNAMODB_TYPES: ResourceTypes = {
  'AWS::DynamoDB::Table': {
    words: 'DynamoDB table',
    arn: { service: 'dynamodb', kind: 'table/' },
    exampleArn: 'arn:aws:dynamodb:eu-west-1:444455556666:table/Orders',
    usage: dataEvents('Reads and writes of items'),
    securityHubType: 'AwsDynamoDbTable',
    page: {
      address: 'https://{region}.{host}/dynamodbv2/home?region={region}#table?name={name}',
      name: (rest) => rest.replace(/\/.*$/s, ''),
    },
    values: (arn) => tableValues(arn),
    guidance: {
      about: 'A DynamoDB table holds the data of an application',
      publicRisk: LOST_DATA,
      steps: editPolicy({ ...TABLE_POLICY, checkedAs: 'AWS::DynamoDB::Table' }),
      source: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-cross-account-access.html',
    },
  },
  'AWS::DynamoDB::Stream': {
    words: 'DynamoDB stream',
    arn: { service: 'dynamodb', kind: 'table/' },
    exampleArn: 'arn:aws:dynamodb:eu-west-1:444455556666:table/Orders/stream/2026-01-01T00:00:00.000',
    usage: dataEvents('Reads of the stream'),
    values: (arn) => tableValues(arn),
    guidance: {
      about: 'A DynamoDB stream tells every change of a table, with the data',
      publicRisk: 'Anyone who reads it sees what is written to the table, as it is written.',
      steps: editPolicy({ ...TABLE_POLICY, checkedAs: 'AWS::DynamoDB::Stream' }),
      source: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-cross-account-access.html',
    },
  },
};

/** Policies belong to a table or a stream, not to an index. */
function tableValues(arn: string): Readonly<Record<string, string>> {
  return { tableArn: arn.replace(/\/index\/.*$/s, '') };
}
