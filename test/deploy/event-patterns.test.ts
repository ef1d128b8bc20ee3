import { describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject } from '../../src/findings/json.ts';
import { matchPattern } from '../../src/rules/pattern/match-pattern.ts';
import { compilePattern } from '../../src/rules/pattern/pattern.ts';
import { listOf, objectIn } from '../support/deploy/read-template.ts';
import { HAS_SAMPLES, sampleEvents } from '../support/deploy/sample-events.ts';
import { STACK_NAMES, stackOf } from '../support/deploy/stacks.ts';
import { externalEvent, internalEvent, unusedEvent } from '../support/findings/finding-events.ts';

interface Rule {
  readonly name: string;
  readonly properties: JsonObject;
}

/** Every rule of every stack. */
const RULES: readonly Rule[] = STACK_NAMES.flatMap((stack) =>
  Object.entries(stackOf(stack).resources).flatMap(([id, resource]) =>
    isJsonObject(resource) && resource['Type'] === 'AWS::Events::Rule'
      ? [{ name: `${id} of ${stack}`, properties: objectIn(resource, 'Properties') }]
      : [],
  ),
);

describe.each(RULES)('$name', ({ properties }) => {
  const compiled = compilePattern(properties['EventPattern']);
  const matches = (event: JsonObject): boolean => compiled.ok && matchPattern(compiled.pattern, event) === 'matched';

  test('lets every kind of finding through, in every status, and nothing else', () => {
    expect(compiled.ok).toBe(true);
    for (const make of [externalEvent, unusedEvent, internalEvent]) {
      for (const status of ['ACTIVE', 'ARCHIVED', 'RESOLVED']) {
        expect(matches(make({ detail: { status } }))).toBe(true);
        expect(matches(make({ detail: { status, isDeleted: true } }))).toBe(true);
      }
    }
    expect(matches(externalEvent({ 'detail-type': 'Access Preview State Change' }))).toBe(false);
    expect(matches(externalEvent({ 'detail-type': 'AWS API Call via CloudTrail' }))).toBe(false);
    expect(matches(externalEvent({ source: 'aws.securityhub' }))).toBe(false);
  });

  test.skipIf(!HAS_SAMPLES)("lets AWS's own samples through, and none of the previews and of the test source", () => {
    const samples = Object.entries(sampleEvents());
    const isFinding = ([, event]: readonly [string, JsonObject]): boolean =>
      event['source'] === 'aws.access-analyzer' && event['detail-type'] !== 'Access Preview State Change';
    expect(samples.filter(([, event]) => matches(event)).map(([file]) => file)).toEqual(samples.filter(isFinding).map(([file]) => file));
    expect(samples.filter(isFinding).length).toBeGreaterThan(4);
    expect(samples.length - samples.filter(isFinding).length).toBeGreaterThan(3);
  });
});

describe('the way of a finding', () => {
  const targetOf = (stack: (typeof STACK_NAMES)[number], id: string): unknown =>
    listOf(objectIn(objectIn(stackOf(stack).resources, id), 'Properties')['Targets']).map(
      (target) => objectIn({ target }, 'target')['Arn'],
    );

  test('leads in the Region of the hub to the queue, which EventBridge reaches in its own Region only, and elsewhere to the bus', () => {
    expect(targetOf('region: of the hub', 'FindingsRule')).toEqual(['arn:aws:sqs:eu-central-1:111122223333:findings-to-jira-findings']);
    expect(targetOf('region: elsewhere', 'FindingsRule')).toEqual(['arn:aws:events:us-east-1:111122223333:event-bus/findings-to-jira']);
    expect(targetOf('hub: fargate with all', 'BusRule')).toEqual(['<Findings.Arn>']);
  });

  test('has the same names in region.yaml and in hub.yaml, and the queue takes messages of both rules', () => {
    const hub = stackOf('hub: fargate with all').resources;
    const properties = (id: string) => objectIn(objectIn(hub, id), 'Properties');
    expect(properties('Findings')['QueueName']).toBe('findings-to-jira-findings');
    expect(properties('Bus')['Name']).toBe('findings-to-jira');
    const [allows] = listOf(objectIn(properties('FindingsPolicy'), 'PolicyDocument')['Statement']);
    const rule = objectIn(objectIn(stackOf('region: of the hub').resources, 'FindingsRule'), 'Properties')['Name'];
    expect(objectIn(objectIn(allows, 'Condition'), 'ArnEquals')['aws:SourceArn']).toEqual([
      '<BusRule.Arn>',
      `arn:aws:events:eu-central-1:111122223333:rule/${String(rule)}`,
    ]);
  });
});
