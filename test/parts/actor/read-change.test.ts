import { describe, expect, test } from 'vitest';
import { readChange } from '../../../src/parts/actor/read-change.ts';
import { changeJson, type SimulatedChange } from '../../../src/sandbox/cloudtrail/simulated-change.ts';

const CHANGE: SimulatedChange = {
  service: 's3',
  action: 'PutBucketPolicy',
  accountId: '444455556666',
  region: 'eu-central-1',
  resourceNames: ['billing-export'],
  at: Date.parse('2026-03-03T14:02:00Z'),
  actor: { is: 'user', name: 'dana' },
};

const SSO = { is: 'sso', permissionSet: 'Deploy', email: 'dev@example.com' } as const;

const factOf = (change: Partial<SimulatedChange>) => readChange(JSON.stringify(changeJson({ ...CHANGE, ...change })))?.fact ?? null;

/** A record whose identity is another one. */
const withIdentity = (userIdentity: object) => readChange(JSON.stringify({ ...changeJson(CHANGE), userIdentity }))?.fact ?? null;

test('a record tells who did what, when and by which means, and nothing of the request', () => {
  const read = readChange(JSON.stringify(changeJson({ ...CHANGE, actor: SSO, userAgent: '[S3Console/0.4]' })));
  expect(read).toMatchObject({ source: 's3.amazonaws.com', accountId: '444455556666', region: 'eu-central-1', failed: false });
  expect(read?.fact).toEqual({
    principal: 'dev@example.com',
    role: 'AWSReservedSSO_Deploy_0123456789abcdef',
    session: 'dev@example.com',
    person: true,
    action: 'PutBucketPolicy',
    at: '2026-03-03T14:02:00.000Z',
    by: 'console',
  });
  expect(JSON.stringify(read?.fact)).not.toContain('203.0.113.7');
});

describe('who', () => {
  test.each([
    ['a user', { actor: { is: 'user', name: 'dana' } }, { principal: 'dana', role: null, person: false }],
    ['root', { actor: { is: 'root' } }, { principal: 'the root user', role: null, person: false }],
    [
      'a role, whose session anyone may name',
      { actor: { is: 'role', role: 'Deploy', session: 'ceo@example.com' } },
      { principal: 'Deploy', role: 'Deploy', session: 'ceo@example.com', person: false },
    ],
    [
      'Identity Center with a session that is no address',
      { actor: { ...SSO, email: 'dev' } },
      { principal: 'AWSReservedSSO_Deploy_0123456789abcdef', person: false },
    ],
    ['a service', { actor: { is: 'service', service: 'backup.amazonaws.com' } }, { principal: 'backup.amazonaws.com', by: 'service' }],
  ] as const)('%s', (_what, change, fact) => {
    expect(factOf(change)).toMatchObject(fact);
  });

  test('a role with the name of one of Identity Center, at another place, is no person', () => {
    const name = 'AWSReservedSSO_Deploy_0123456789abcdef';
    const identity = {
      type: 'AssumedRole',
      arn: `arn:aws:sts::444455556666:assumed-role/${name}/dev@example.com`,
      sessionContext: { sessionIssuer: { type: 'Role', userName: name, arn: `arn:aws:iam::444455556666:role/${name}` } },
    };
    expect(withIdentity(identity)).toMatchObject({ person: false, principal: name });
  });

  test.each([
    ['a federated user', { type: 'FederatedUser', arn: 'arn:aws:sts::444455556666:federated-user/dana' }, 'dana'],
    ['another account', { type: 'AWSAccount', accountId: '999988887777' }, 'account 999988887777'],
    ['a kind that AWS adds', { type: 'Robot', userName: 'r2' }, undefined],
    ['a user without a name', { type: 'IAMUser' }, undefined],
    ['a role without any name', { type: 'AssumedRole', arn: 'arn:aws:sts::444455556666:assumed-role' }, undefined],
  ])('%s', (_what, identity, principal) => {
    expect(withIdentity(identity)?.principal).toBe(principal);
  });
});

test.each([
  ['Terraform', { userAgent: 'APN/1.0 HashiCorp/1.0 Terraform/1.9.1 aws-sdk-go-v2/1.30' }, 'terraform'],
  ['the CLI', { userAgent: '[aws-cli/2.17 md/awscrt]' }, 'cli'],
  ['the console', { userAgent: 'Mozilla/5.0 (X11; Linux x86_64)' }, 'console'],
  ['an SDK', { userAgent: 'Boto3/1.34' }, 'sdk'],
  [
    'CloudFormation, for somebody',
    { userAgent: 'cloudformation.amazonaws.com', invokedBy: 'cloudformation.amazonaws.com' },
    'cloudformation',
  ],
  ['a service, for somebody', { invokedBy: 'ssm.amazonaws.com' }, 'service'],
  ['a program that is not known', { userAgent: 'curl/8' }, 'unknown'],
] as const)('by %s', (_what, change, by) => {
  expect(factOf(change)?.by).toBe(by);
});

test.each([
  '',
  '<html>',
  'null',
  '[]',
  '{}',
  '{"eventTime":"soon"}',
  JSON.stringify({ ...changeJson(CHANGE), eventTime: '2026-99-99T99:99:99Z' }),
])('no record: %s', (text) => {
  expect(readChange(text)).toBeNull();
});
