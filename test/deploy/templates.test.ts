import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isJsonObject } from '../../src/findings/json.ts';
import { ROOT } from '../support/docs/read-docs.ts';
import { propertyProblems, resourceType } from '../support/deploy/property-problems.ts';
import { changedAt, listOf, objectIn, readTemplate, TEMPLATES } from '../support/deploy/read-template.ts';
import { resolveTemplate } from '../support/deploy/resolve-template.ts';
import { STACK_NAMES, STACKS, stackOf } from '../support/deploy/stacks.ts';

describe.each(STACK_NAMES)('%s', (name) => {
  const stack = stackOf(name);

  test('refers only to what is there', () => {
    expect(stack.problems).toEqual([]);
    const unknown = stack.attributes.filter((attribute) => {
      const [resource = '', ...rest] = attribute.split('.');
      const type = String(objectIn(stack.resources, resource)['Type']);
      return resourceType(type)?.attributes[rest.join('.')] === undefined;
    });
    expect(unknown).toEqual([]);
  });

  test('has properties as AWS describes them', () => {
    expect(Object.keys(stack.resources).length).toBeGreaterThan(0);
    expect(propertyProblems(stack.resources)).toEqual([]);
  });

  test('tags all that can have tags', () => {
    const untagged = Object.entries(stack.resources).filter(([, resource]) => {
      const tags = resourceType(String(objectIn({ resource }, 'resource')['Type']))?.tagInformation?.tagPropertyName;
      return tags !== undefined && objectIn(resource, 'Properties')[tags] === undefined;
    });
    expect(untagged.map(([id]) => id)).toEqual([]);
  });
});

describe.each(TEMPLATES)('%s.yaml', (name) => {
  const template = readTemplate(name);
  const stacks = STACK_NAMES.filter((stack) => STACKS[stack].template === name).map(stackOf);

  test('describes every parameter and output, groups the parameters, and uses them and the conditions', () => {
    const parameters = objectIn(template, 'Parameters');
    const undescribed = Object.entries({ ...parameters, ...objectIn(template, 'Outputs') }).filter(
      ([, one]) => !isJsonObject(one) || typeof one['Description'] !== 'string' || one['Description'].length < 15,
    );
    expect(undescribed.map(([id]) => id)).toEqual([]);
    const groups = JSON.stringify(objectIn(objectIn(template, 'Metadata'), 'AWS::CloudFormation::Interface')['ParameterGroups']);
    const grouped = [...groups.matchAll(/"Parameters":\[(.*?)\]/g)].flatMap(([, names = '']) => names.replaceAll('"', '').split(','));
    expect(grouped.toSorted()).toEqual(Object.keys(parameters).toSorted());
    const used = new Set(stacks.flatMap((stack) => [...stack.used]));
    const known = [...Object.keys(parameters), ...Object.keys(objectIn(template, 'Conditions'))];
    expect(known.filter((id) => !used.has(id))).toEqual([]);
  });

  test('is made with and without each of its conditional resources', () => {
    const conditional = Object.entries(objectIn(template, 'Resources')).filter(([, one]) => isJsonObject(one) && 'Condition' in one);
    for (const [id] of conditional) expect([id, new Set(stacks.map((stack) => id in stack.resources)).size]).toEqual([id, 2]);
  });

  test('names in each assertion the parameter that it asks for', () => {
    const assertions = Object.values(objectIn(template, 'Rules')).flatMap((rule) => listOf(objectIn({ rule }, 'rule')['Assertions']));
    for (const assertion of assertions) {
      const { Assert: asked, AssertDescription: description } = objectIn({ assertion }, 'assertion');
      const names = [...JSON.stringify(asked).matchAll(/"Ref":"(\w+)"/g)].map(([, id = '']) => id);
      expect(names).toHaveLength(1);
      expect(objectIn(template, 'Parameters')[names[0] ?? '']).toBeDefined();
      expect(description).toMatch(new RegExp(` needs ${names[0]}\\.$`));
    }
    expect(assertions.length > 0).toBe(name === 'hub');
  });

  test('works in every partition', () => {
    const text = readFileSync(join(ROOT, 'deploy/cloudformation', `${name}.yaml`), 'utf8');
    expect(text.match(/arn:aws:|\$\{AWS::Region\}\.amazonaws\.com/g)).toBeNull();
  });
});

describe('the check of templates', () => {
  const template = readTemplate('region');
  const parameters = STACKS['region: of the hub'].parameters;
  const after = (path: readonly string[], value: string) => {
    const changed = changedAt(template, ['Resources', ...path], () => value);
    const stack = resolveTemplate(isJsonObject(changed) ? changed : {}, parameters);
    return [...stack.problems, ...propertyProblems(stack.resources)];
  };

  test.each([
    ['an unknown type', ['FindingsRule', 'Type'], 'AWS::Events::Rules', 'FindingsRule: there is no type AWS::Events::Rules'],
    ['an unknown property', ['FindingsRule', 'Properties', 'Pattern'], 'x', 'FindingsRule: there is no property Pattern'],
    [
      'a wrong kind',
      ['UndeliveredEvents', 'Properties', 'MessageRetentionPeriod'],
      'x',
      'UndeliveredEvents.MessageRetentionPeriod: expected a number',
    ],
    [
      'a value that AWS does not have',
      ['FindingsRule', 'Properties', 'State'],
      'ON',
      expect.stringContaining('FindingsRule.State: expected one of'),
    ],
    ['a resource that a condition leaves out', ['UndeliveredEvents', 'Condition'], 'IsElsewhere', expect.stringContaining('is not there')],
  ])('finds %s', (_what, path, value, problem) => {
    expect(after(path, value)).toContainEqual(problem);
  });

  test('finds a property that is missing', () => {
    const rule = { Type: 'AWS::Events::EventBusPolicy', Properties: {} };
    expect(propertyProblems({ Rule: rule })).toEqual(['Rule: StatementId is required']);
  });
});
