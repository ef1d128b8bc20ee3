import { expect, test } from 'vitest';
import type { Json } from '../../src/findings/json.ts';
import { listOf, objectIn } from '../support/deploy/read-template.ts';
import { STACK_NAMES, stackOf } from '../support/deploy/stacks.ts';

test.each(STACK_NAMES)('only rules of the own account may send to the queue, and only over TLS (%s)', (name) => {
  const { resources } = stackOf(name);
  const ofType = (type: string): readonly string[] => Object.keys(resources).filter((id) => objectIn(resources, id)['Type'] === type);
  const open = ofType('AWS::SQS::QueuePolicy').flatMap((id) => {
    const properties = objectIn(objectIn(resources, id), 'Properties');
    const statements = listOf(objectIn(properties, 'PolicyDocument')['Statement']);
    expect(statements).toHaveLength(2);
    return statements.filter((statement) => !isFromOwnRule(statement) && !isWithoutTls(statement)).map((statement) => [id, statement]);
  });
  expect(open).toEqual([]);
  const covered = ofType('AWS::SQS::QueuePolicy').flatMap((id) => listOf(objectIn(objectIn(resources, id), 'Properties')['Queues']));
  expect(covered.toSorted()).toEqual(
    ofType('AWS::SQS::Queue')
      .map((id) => `<${id}>`)
      .toSorted(),
  );
});

function isFromOwnRule(statement: Json): boolean {
  const { Effect, Principal, Action, Condition } = objectIn({ statement }, 'statement');
  const sources = objectIn(objectIn({ Condition: Condition ?? null }, 'Condition'), 'ArnEquals')['aws:SourceArn'] ?? [];
  const rules = Array.isArray(sources) ? sources : [sources];
  const isOwn = (rule: Json): boolean => /^<\w+Rule\.Arn>$|^arn:aws:events:[\w-]+:111122223333:rule\/[\w-]+$/.test(String(rule));
  return (
    JSON.stringify([Effect, Principal, Action]) === '["Allow",{"Service":"events.amazonaws.com"},"sqs:SendMessage"]' &&
    rules.length > 0 &&
    rules.every(isOwn)
  );
}

function isWithoutTls(statement: Json): boolean {
  const { Effect, Principal, Action, Condition } = objectIn({ statement }, 'statement');
  return JSON.stringify([Effect, Principal, Action, Condition]) === '["Deny","*","sqs:*",{"Bool":{"aws:SecureTransport":"false"}}]';
}
