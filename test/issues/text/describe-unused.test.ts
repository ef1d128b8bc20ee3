import { expect, test } from 'vitest';
import type { Finding } from '../../../src/findings/finding.ts';
import { recommendationBlocks, unusedBlocks } from '../../../src/issues/text/describe-unused.ts';
import { adfWords } from '../../support/jira/adf-check.ts';
import { unusedEvent } from '../../support/findings/finding-events.ts';
import { findingOf } from '../../support/findings/parsed.ts';

const finding = (detail: Readonly<Record<string, unknown>>): Finding => findingOf(unusedEvent({ detail }));
const told = (findingDetails: unknown): string => adfWords(unusedBlocks(finding({ findingDetails }), 'there'));
const recommended = (steps: unknown, detail: Readonly<Record<string, unknown>> = {}): string =>
  adfWords(recommendationBlocks(finding({ recommendedSteps: steps, ...detail })));
const step = (recommendedAction: string, existingPolicyId: string | null, recommendedPolicy: string | null = null): unknown => ({
  unusedPermissionsRecommendedStep: { recommendedAction, existingPolicyId, recommendedPolicy },
});

test('the list shows the unused access of each service, and its last use', () => {
  expect(
    told([
      {
        unusedPermissionDetails: {
          serviceNamespace: 's3',
          actions: [{ action: 'GetObject', lastAccessed: '2026-01-02T03:04:05Z' }, { action: 'PutObject' }],
        },
      },
      { unusedPermissionDetails: { serviceNamespace: 'sqs', actions: [{ action: 'SendMessage' }] } },
      { unusedPermissionDetails: { serviceNamespace: 'ec2', lastAccessed: '2025-06-07T08:09:10Z' } },
      { unusedPermissionDetails: { serviceNamespace: 'sns', actions: [] } },
    ]),
  ).toBe(
    [
      '',
      's3: 2 actions: GetObject (last used 2026-01-02), PutObject',
      'sqs: 1 action: SendMessage',
      'ec2: the whole service, last used on 2025-06-07',
      'sns: the whole service, never used, or longer ago than AWS looks back',
    ].join('\n'),
  );
});

test.each([
  ['a role', { unusedIamRoleDetails: {} }, '\nThe role: never used, or longer ago than AWS looks back'],
  [
    'a key',
    { unusedIamUserAccessKeyDetails: { accessKeyId: 'AKIA1', lastAccessed: '2026-01-02T03:04:05Z' } },
    '\nAccess key AKIA1: last used on 2026-01-02',
  ],
  ['a password', { unusedIamUserPasswordDetails: { lastAccessed: '2026-01-02T03:04:05Z' } }, '\nThe password: last used on 2026-01-02'],
])('%s', (_, detail, words) => {
  expect(told([detail])).toBe(words);
});

test('long lists are counted, and the finding in AWS has the rest', () => {
  const actions = Array.from({ length: 5_000 }, (_, index) => ({ action: `Action${index}` }));
  const text = told(
    Array.from({ length: 60 }, (_, index) => ({ unusedPermissionDetails: { serviceNamespace: `service${index}`, actions } })),
  );
  expect(text).toMatch(/service0: 5000 actions: Action0, .* and \d+ more; see the finding in AWS/);
  expect(text).toContain('service39');
  expect(text).not.toContain('service40');
  expect(text).toContain('and 20 more services; the finding in AWS lists them all');
});

test.each([
  ['awaited', 'is still being asked'],
  ['there', 'AWS does not say what exactly is not used.'],
  [
    { missing: 'findings-to-jira may not read it' },
    'The list of what is not used is missing: findings-to-jira may not read it. The finding in AWS has it.',
  ],
] as const)('where the list is not there (%j), the text says why', (details, words) => {
  expect(adfWords(unusedBlocks(finding({}), details))).toContain(words);
});

test('a known list is shown, whatever became of the fetch', () => {
  const known = finding({ findingDetails: [{ unusedIamRoleDetails: {} }] });
  expect(adfWords(unusedBlocks(known, { missing: 'x' }))).toContain('The role');
});

test('a recommended policy can be pasted, and names the one that it replaces', () => {
  const text = recommended([
    step('CREATE_POLICY', 'arn:aws:iam::444455556666:policy/Wide', '{"Version":"2012-10-17","Statement":[]}'),
    step('DETACH_POLICY', 'arn:aws:iam::444455556666:policy/Wide'),
    step('DETACH_POLICY', 'inline'),
    step('NEW_ACTION', null, 'no json'),
  ]);
  expect(text).toBe(
    [
      '',
      'Save this policy as smaller-1.json, in place of arn:aws:iam::444455556666:policy/Wide:',
      '{\n  "Version": "2012-10-17",\n  "Statement": []\n}',
      'Create and attach it:',
      'aws iam create-policy --policy-name Reporting-smaller-1 --policy-document file://smaller-1.json',
      'aws iam attach-role-policy --role-name Reporting --policy-arn arn:aws:iam::444455556666:policy/Reporting-smaller-1',
      'NEW_ACTION: a policy:',
      'no json',
      'Then detach the policy arn:aws:iam::444455556666:policy/Wide:',
      'aws iam detach-role-policy --role-name Reporting --policy-arn arn:aws:iam::444455556666:policy/Wide',
      'Then delete the inline policy inline:',
      'aws iam delete-role-policy --role-name Reporting --policy-name inline',
    ].join('\n'),
  );
  expect(
    recommended([step('DETACH_POLICY', 'arn:aws:iam::444455556666:policy/Wide')], {
      resourceType: 'AWS::IAM::User',
      resource: 'arn:aws:iam::444455556666:user/ann',
    }),
  ).toContain('aws iam detach-user-policy --user-name ann ');
});

test('without a recommendation, the text says how to ask for one, or that AWS has none', () => {
  expect(recommended(null)).toMatch(
    /^\nAWS can write the policies that are left\. .*\naws accessanalyzer generate-finding-recommendation .*\naws accessanalyzer get-finding-recommendation /,
  );
  expect(recommended([])).toBe('\nAWS recommends no policy for it.');
  expect(recommendationBlocks({ ...finding({}), analyzerArn: 'unknown' })).toEqual([]);
});

const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

test('a policy that is nested deeper than any real one stays as it came: indented it would fill the memory', () => {
  const [deep, deepest] = [nested(1_000), nested(20)];
  const text = recommended([step('CREATE_POLICY', null, deep), step('CREATE_POLICY', null, deepest)]);
  expect(text).toContain(`\n${deep}\n`);
  expect(text).toContain('\n{\n  "a": {\n    "a": {');
});

test.each([
  ['too many steps', Array.from({ length: 11 }, () => step('DETACH_POLICY', 'x'))],
  ['a policy that is too long', [step('CREATE_POLICY', null, `"${'x'.repeat(13_000)}"`)]],
  ['a policy that is too long for its spaces alone', [step('CREATE_POLICY', null, `{${' '.repeat(13_000)}}`)]],
])('%s: the text says where to read them, because a policy that is cut cannot be used', (_, steps) => {
  const text = recommended(steps);
  expect(text).toContain('too long for this issue');
  expect(text).toContain('get-finding-recommendation');
  expect(text).not.toContain('xxx');
});
