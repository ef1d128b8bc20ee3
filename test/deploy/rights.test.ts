import { describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject } from '../../src/findings/json.ts';
import { codesIn, sectionUnder, sorted, textOf } from '../support/docs/read-docs.ts';
import { awsCalls, calledActions, callsIn, PARTS } from '../support/deploy/aws-calls.ts';
import { changedAt, listOf, objectIn, readTemplate } from '../support/deploy/read-template.ts';
import { resolveTemplate } from '../support/deploy/resolve-template.ts';
import { rightsOf, rightsProblems, wildcardProblems } from '../support/deploy/rights.ts';
import { STACK_NAMES, STACKS, stackOf } from '../support/deploy/stacks.ts';

/** What an encrypted queue asks for besides: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html */
const FOR_THE_KEY = ['kms:Decrypt', 'kms:GenerateDataKey'];

/** Services that are asked in the accounts of the resources, with the roles of member.yaml. */
const IN_MEMBERS = /^(?:cloudtrail|iam|tag):/;

const CALLED = calledActions();

/** Files whose calls go to the dead-letter queue; what they send goes to the queue itself. */
const OF_DEAD_LETTERS = ['sqs-dead-letters.ts', 'move-task.ts', 'own-move.ts'].map((file) => `src/intake/${file}`);

/** What the task role needs; for SQS, on which of the two queues. */
const NEEDED = sorted([
  ...CALLED.filter((action) => !IN_MEMBERS.test(action) && !action.startsWith('sqs:')),
  ...FOR_THE_KEY,
  ...new Set(
    awsCalls()
      .filter(({ action }) => action.startsWith('sqs:'))
      .map(({ action, file }) => {
        const isOfDeadLetters = OF_DEAD_LETTERS.includes(file) && action !== 'sqs:SendMessage';
        return `${action} on ${isOfDeadLetters ? '<DeadLetters.Arn>' : '<Findings.Arn>'}`;
      }),
  ),
]);

function problemsOf(resources: JsonObject): readonly string[] {
  const granted = rightsOf(resources, 'TaskRole').map(({ action, resource }) =>
    action.startsWith('sqs:') ? `${action} on ${resource}` : action,
  );
  return rightsProblems([...new Set(granted)], NEEDED);
}

describe('the task role', () => {
  test.each(['hub: fargate with all', 'hub: instance with all'] as const)(
    'of %s may do what the code calls, and nothing besides',
    (name) => {
      expect(awsCalls().length).toBeGreaterThan(20);
      expect(problemsOf(stackOf(name).resources)).toEqual([]);
    },
  );

  test('without an organization and the roles of members has their rights neither', () => {
    const optional = NEEDED.filter((action) => /^(?:account|organizations|sts):/.test(action));
    expect(optional.length).toBeGreaterThan(3);
    expect(problemsOf(stackOf('hub: fargate with the least').resources)).toEqual(
      optional.map((action) => `${action} is needed, and not granted`),
    );
  });

  test('works on its own queues, analyzers and roles only', () => {
    const rights = rightsOf(stackOf('hub: fargate with all').resources, 'TaskRole');
    const resources = Object.groupBy(rights, ({ action }) => action.split(':')[0] ?? '');
    const of = (service: string) => [...new Set(resources[service]?.map(({ resource }) => resource))];
    expect(of('sqs')).toEqual(['<Findings.Arn>', '<DeadLetters.Arn>']);
    expect(of('kms')).toEqual(['<Key.Arn>']);
    expect(of('sts')).toEqual(['arn:aws:iam::*:role/findings-to-jira-actor', 'arn:aws:iam::*:role/findings-to-jira-owner']);
  });
});

describe('one right too many or too few', () => {
  const template = readTemplate('hub');
  const path = ['Resources', 'TaskRole', 'Properties', 'Policies', 0, 'PolicyDocument', 'Statement'];
  const after = (change: (statements: readonly unknown[]) => unknown) => {
    const changed = changedAt(template, path, (old) => JSON.parse(JSON.stringify(change(listOf(old)))));
    return problemsOf(resolveTemplate(isJsonObject(changed) ? changed : {}, STACKS['hub: fargate with all'].parameters).resources);
  };

  test.each(NEEDED)('%s cannot be left out unseen', (right) => {
    const [action, on] = right.split(' on ');
    const attribute = on?.slice(1, -1).split('.');
    const without = (statement: unknown): unknown => {
      if (
        attribute !== undefined &&
        JSON.stringify(objectIn({ one: JSON.parse(JSON.stringify(statement)) }, 'one')['Resource']) !==
          JSON.stringify({ 'Fn::GetAtt': attribute })
      )
        return statement;
      return JSON.parse(JSON.stringify(statement), (key, value: unknown) => {
        if (key !== 'Action') return value;
        return Array.isArray(value) ? value.filter((one) => one !== action) : value === action ? [] : value;
      });
    };
    expect(after((statements) => statements.map(without))).toEqual([`${right} is needed, and not granted`]);
  });

  test.each(['sqs:PurgeQueue on x', 'access-analyzer:UpdateFindings', 'kms:CreateGrant', 's3:GetObject', 'sqs:ReceiveMessage on *'])(
    '%s cannot be added unseen',
    (right) => {
      const [Action, Resource = 'x'] = right.split(' on ');
      expect(after((statements) => [...statements, { Effect: 'Allow', Action, Resource }])).toEqual([
        `${right} is granted, and no call needs it`,
      ]);
    },
  );
});

describe('the roles of member accounts', () => {
  const { resources } = stackOf('member: both roles');

  test.each([
    ['ActorRole', (action: string) => action.startsWith('cloudtrail:')],
    ['OwnerRole', (action: string) => /^(?:iam|tag):/.test(action)],
  ] as const)('%s may do what its part calls, and nothing besides', (role, isIts) => {
    const granted = rightsOf(resources, role).map(({ action }) => action);
    expect(rightsProblems(granted, CALLED.filter(isIts))).toEqual([]);
    expect(granted.length).toBeGreaterThan(0);
  });

  test.each(['ActorRole', 'OwnerRole'])('%s trusts the task role alone', (role) => {
    const trust = objectIn(objectIn(objectIn(resources, role), 'Properties'), 'AssumeRolePolicyDocument')['Statement'];
    const task = STACKS['member: both roles'].parameters.TaskRoleArn;
    expect(trust).toEqual([{ Effect: 'Allow', Principal: { AWS: task }, Action: 'sts:AssumeRole' }]);
    const hub = objectIn(objectIn(stackOf('hub: fargate with all').resources, 'TaskRole'), 'Properties')['RoleName'];
    expect(task.endsWith(`:role/${String(hub)}`)).toBe(true);
  });
});

describe('no policy allows more than AWS makes necessary', () => {
  test.each(STACK_NAMES)('%s', (name) => {
    expect(wildcardProblems(stackOf(name).resources)).toEqual([]);
  });

  test('a resource * is found where AWS takes a narrower one, and so is an action with *', () => {
    const { resources } = stackOf('member: both roles');
    const wide = changedAt(resources, ['OwnerRole', 'Properties', 'Policies', 0, 'PolicyDocument', 'Statement', 1, 'Resource'], () => '*');
    expect(wildcardProblems(objectIn({ wide }, 'wide'))).toEqual(['OwnerRole: iam:ListRoleTags on every resource']);
    const many = changedAt(
      resources,
      ['OwnerRole', 'Properties', 'Policies', 0, 'PolicyDocument', 'Statement', 1, 'Action'],
      () => 'iam:*',
    );
    expect(wildcardProblems(objectIn({ many }, 'many'))).toEqual(['OwnerRole: iam:* is many actions']);
  });
});

test('the README names the same rights as the hub has, besides those for the optional parts', () => {
  const section = sectionUnder(textOf('README.md'), 'Set up for real use');
  const named = [...section.matchAll(/"((?!aws:)[a-z0-9-]+:[A-Z][A-Za-z]+)"/g)].map(([, action = '']) => action);
  const inText = codesIn(section).filter((code) => /^(?:kms|sqs):[A-Z]\w+$/.test(code));
  const hub = rightsOf(stackOf('hub: fargate with all').resources, 'TaskRole').map(({ action }) => action);
  const ofParts = Object.values(PARTS).flat();
  const core = (actions: readonly string[]) => sorted([...new Set(actions)].filter((action) => !ofParts.includes(action)));
  expect(core([...named, ...inText])).toEqual(core(hub));
});

describe('the search for calls', () => {
  test.each([
    [
      "import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';\nnew SendMessageBatchCommand({})",
      ['sqs:SendMessage'],
    ],
    [
      "import { paginateListFindingsV2 } from '@aws-sdk/client-accessanalyzer';\npaginateListFindingsV2({})",
      ['access-analyzer:ListFindings'],
    ],
    ["const sdk = await import('@aws-sdk/client-iam');\nnew sdk.ListRoleTagsCommand({})", ['iam:ListRoleTags']],
    [
      "const { GetResourcesCommand } = await import('@aws-sdk/client-resource-groups-tagging-api');\nnew GetResourcesCommand({})",
      ['tag:GetResources'],
    ],
  ])('reads %j', (text, actions) => {
    expect(callsIn(text, 'a.ts').map(({ action }) => action)).toEqual(actions);
  });

  test('passes over a call that everyone may make', () => {
    const text = "const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');\nnew GetCallerIdentityCommand({})";
    expect(callsIn(text, 'a.ts')).toEqual([]);
  });

  test('does not pass over a call whose client it cannot tell', () => {
    expect(() => callsIn('new sdk.ListUsersCommand({})', 'a.ts')).toThrow('a.ts: ListUsersCommand comes from no client');
  });
});
