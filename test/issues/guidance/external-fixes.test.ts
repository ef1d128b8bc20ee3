import { AccessCheckResourceType } from '@aws-sdk/client-accessanalyzer';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/findings/finding.ts';
import { RESOURCE_TYPES } from '../../../src/findings/resource-types/resource-types.ts';
import { guidanceFor } from '../../../src/issues/guidance/guidance.ts';
import { accessWords } from '../../../src/issues/text/access-words.ts';
import { fixCases, fixValues } from '../../../src/issues/text/fix-values.ts';
import { fixList } from '../../../src/issues/text/fix-list.ts';
import { adfWords } from '../../support/jira/adf-check.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { findingOf } from '../../support/findings/parsed.ts';

type Detail = Readonly<Record<string, unknown>>;

const PARTNER: Detail = { isPublic: false, principal: { AWS: '999988887777' } };
const GUIDED = Object.entries(RESOURCE_TYPES).flatMap(([type, { guidance }]) => (guidance === undefined ? [] : [type]));
const POINT = 'arn:aws:s3:eu-west-1:444455556666:accesspoint/reports';

function findingFor(resourceType: string, detail: Detail = {}): Finding {
  const resource = RESOURCE_TYPES[resourceType]?.exampleArn ?? 'arn:aws:new:eu-west-1:444455556666:thing/x';
  return findingOf(externalEvent({ detail: { resourceType, resource, region: 'eu-west-1', ...detail } }));
}

/** The steps as a person reads them; `isOpen` false: principals are hidden. */
function fixOf(resourceType: string, detail: Detail = {}, isOpen = true): string {
  const finding = findingFor(resourceType, detail);
  return adfWords(fixList(guidanceFor(resourceType).steps, fixCases(finding, isOpen), fixValues(finding, isOpen), '444455556666'));
}

/** The texts stand in that order. */
function expectInOrder(text: string, ...parts: readonly string[]): void {
  let from = 0;
  for (const part of parts) {
    expect(text.slice(from)).toContain(part);
    from = text.indexOf(part, from) + part.length;
  }
}

test.each([...GUIDED, 'AWS::New::Thing'])('%s: what Terraform or CloudFormation made is changed there', (type) => {
  expect(fixOf(type, PARTNER)).toContain('Created by Terraform or CloudFormation? Change it there');
});

test('no text speaks as only we do', () => {
  for (const type of GUIDED) {
    const { about, publicRisk, sharedRisk } = guidanceFor(type);
    const texts = [about, publicRisk, sharedRisk ?? '', ...[{}, PARTNER].map((detail) => fixOf(type, detail))];
    expect(texts.join(' ')).not.toMatch(/whoever|nobody|somebody|\bmends?\b|put (?:it|the role) on\b|puts it on|taken for/i);
  }
});

describe('a policy that is edited as a file', () => {
  const edited = GUIDED.filter((type) => fixOf(type, PARTNER).includes('\ncp '));

  test('is the fix of most types', () => {
    expect(edited.length).toBeGreaterThan(25);
  });

  test.each(edited)('of %s is copied before it is changed, and the copy can be put back', (type) => {
    const text = fixOf(type, { ...PARTNER, sources: [{ type: 'POLICY' }] });
    const [, file = ''] = / > ([a-z-]+)\.json\ncp/.exec(text) ?? [];
    expectInOrder(
      text,
      `> ${file}.json`,
      `cp ${file}.json ${file}-before.json`,
      `In ${file}.json`,
      'Put the new policy in place',
      `${file}.json`,
      'To undo this:',
      `${file}-before.json`,
    );
  });

  test.each(edited)('of %s is checked before it is put in place, if AWS has the type', (type) => {
    const checked = type === 'AWS::IAM::Role' ? 'AWS::IAM::AssumeRolePolicyDocument' : type;
    const text = fixOf(type, { ...PARTNER, sources: [{ type: 'POLICY' }] });
    const isKnown = Object.values<string>(AccessCheckResourceType).includes(checked);
    const [command = null] = /aws accessanalyzer check-no-public-access .*/.exec(text) ?? [];
    expect(command).toBe(
      isKnown
        ? `aws accessanalyzer check-no-public-access --policy-document file://${type.endsWith('AccessPoint') && !type.includes('Outposts') ? 'access-point' : 'policy'}.json --resource-type ${checked} --region eu-west-1`
        : null,
    );
    expect(text.includes('once the check says PASS')).toBe(isKnown);
  });

  test('that AWS checks is checked for every type that has one', () => {
    const unchecked = Object.values<string>(AccessCheckResourceType).filter(
      (type) => !fixOf(type, PARTNER).includes(`--resource-type ${type}`),
    );
    // A permission of a function is added and removed by itself; nothing is put in place.
    expect(unchecked).toEqual(['AWS::Lambda::Function']);
  });
});

describe('a bucket', () => {
  const bucket = (...sources: readonly Detail[]): string => fixOf('AWS::S3::Bucket', { ...PARTNER, sources });
  const STEPS = {
    policy: 'put-bucket-policy --bucket billing-export --policy file://policy-before.json',
    acl: 'put-bucket-acl',
    point: 's3control put-access-point-policy',
    multiRegion: 'put-multi-region-access-point-policy',
    foreign: 'belong to that account, and cannot be changed from here',
  };

  test.each<readonly [string, readonly (keyof typeof STEPS)[], readonly Detail[]]>([
    ['is not named', ['policy', 'acl'], []],
    ['is new', ['policy', 'acl'], [{ type: 'NEW' }]],
    ['is the policy', ['policy'], [{ type: 'POLICY' }]],
    ['is the ACL', ['acl'], [{ type: 'BUCKET_ACL' }]],
    ['is an access point', ['point'], [{ type: 'S3_ACCESS_POINT', detail: { accessPointArn: POINT } }]],
    ['is an access point without a name', ['point'], [{ type: 'S3_ACCESS_POINT' }]],
    [
      'is an access point of another account',
      ['policy', 'foreign'],
      [{ type: 'S3_ACCESS_POINT_ACCOUNT', detail: { accessPointAccount: '777766665555' } }],
    ],
    [
      'is an access point with the ARN of another account',
      ['policy', 'foreign'],
      [{ type: 'S3_ACCESS_POINT', detail: { accessPointArn: 'arn:aws:s3:eu-west-1:777766665555:accesspoint/partner' } }],
    ],
    [
      'is a multi-Region access point',
      ['multiRegion'],
      [{ type: 'S3_ACCESS_POINT', detail: { accessPointArn: 'arn:aws:s3::444455556666:accesspoint/mabc123.mrap' } }],
    ],
    ['is both', ['policy', 'acl'], [{ type: 'POLICY' }, { type: 'BUCKET_ACL' }]],
  ])('whose source of access %s has the steps for it alone', (_, expected, sources) => {
    const text = bucket(...sources);
    expect(Object.entries(STEPS).flatMap(([name, words]) => (text.includes(words) ? [name] : []))).toEqual(expected);
  });

  test('keeps each copy, whatever grants the access at once', () => {
    const all = [
      { type: 'POLICY' },
      { type: 'BUCKET_ACL' },
      { type: 'S3_ACCESS_POINT', detail: { accessPointArn: POINT } },
      { type: 'S3_ACCESS_POINT', detail: { accessPointArn: 'arn:aws:s3::444455556666:accesspoint/mabc123.mrap' } },
      { type: 'S3_ACCESS_POINT_ACCOUNT', detail: { accessPointAccount: '777766665555' } },
    ];
    const copies = [...bucket(...all).matchAll(/(?:cp \S+ |> )(\S+-before\.json)/g)].map(([, file]) => file);
    expect(copies).toHaveLength(5);
    expect(new Set(copies).size).toBe(copies.length);
  });

  test('names what lets them in, and nothing where principals are hidden', () => {
    const point = { type: 'S3_ACCESS_POINT', detail: { accessPointArn: POINT } };
    const second = { type: 'S3_ACCESS_POINT', detail: { accessPointArn: POINT.replace('reports', 'exports') } };
    expect(bucket(point)).toContain('not the bucket policy alone: reports. Where');
    expect(bucket(point)).toContain('get-access-point-policy --account-id 444455556666 --name reports ');
    expect(bucket(point)).not.toContain('CAPITALS');
    expect(bucket(point, second)).toContain('not the bucket policy alone: reports, exports. Where');
    expect(bucket({ type: 'S3_ACCESS_POINT' })).toContain('--account-id 444455556666 --name ACCESS_POINT_NAME ');
    expect(bucket({ type: 'S3_ACCESS_POINT' })).toContain('Replace what is in CAPITALS.');
    const mrap = bucket({ type: 'S3_ACCESS_POINT', detail: { accessPointArn: 'arn:aws:s3::444455556666:accesspoint/mabc123.mrap' } });
    expect(mrap).toContain('its alias: mabc123.mrap');
    expect(mrap).toContain('list-multi-region-access-points --account-id 444455556666 --region us-west-2');
    expect(bucket({ type: 'S3_ACCESS_POINT_ACCOUNT', detail: { accessPointAccount: '777766665555' } })).toContain(
      'access points of account 777766665555',
    );
    expect(fixOf('AWS::S3::Bucket', { ...PARTNER, sources: [point] }, false)).not.toContain('reports');
  });

  test('blocks public access only after its effects are said, and only where it is public', () => {
    expectInOrder(
      fixOf('AWS::S3::Bucket'),
      'also stops other accounts that a public policy names, and websites',
      'get-public-access-block',
      'put-public-access-block',
    );
    expect(bucket()).not.toContain('public-access-block');
  });

  test('has its ACL saved and its grants moved before the list is closed; turning ACLs off is another matter', () => {
    expectInOrder(
      bucket({ type: 'BUCKET_ACL' }),
      'get-bucket-acl --bucket billing-export --output json --region eu-west-1 > acl-before.json',
      'Move the grants that are still needed to the bucket policy first',
      'logging.s3.amazonaws.com',
      'cp grants.json grants-before.json',
      'AccessControlListNotSupported means that ACLs are off',
      '--acl private',
      'To undo this:',
      '--access-control-policy file://acl-before.json',
      'put-bucket-policy --bucket billing-export --policy file://grants-before.json',
      'uploads fail that set any ACL but bucket-owner-full-control',
      'ObjectWriter in place of BucketOwnerEnforced undoes it',
      'put-bucket-ownership-controls',
    );
  });

  test('whose policy has no statement left has it deleted, since S3 refuses an empty one', () => {
    expectInOrder(bucket({ type: 'POLICY' }), 'If no statement is left, delete the bucket policy instead', 'delete-bucket-policy');
  });
});

test('what stays of a policy that cannot be deleted is said before it is edited', () => {
  expectInOrder(fixOf('AWS::KMS::Key', PARTNER), 'Keep the statement of your own account', 'put-key-policy');
  expectInOrder(fixOf('AWS::SNS::Topic', PARTNER), 'Keep the statement of your own account', 'set-topic-attributes');
  for (const type of ['AWS::KMS::Key', 'AWS::SNS::Topic', 'AWS::EFS::FileSystem'])
    expect(fixOf(type, PARTNER)).not.toContain('If no statement is left');
  expect(fixOf('AWS::SQS::Queue', PARTNER)).toContain(`--attributes '{"Policy":""}'`);
});

test('a file system: who is locked out, and the gentle condition, before the policy is put in place', () => {
  expectInOrder(
    fixOf('AWS::EFS::FileSystem'),
    'clients that mount without are locked out',
    'elasticfilesystem:AccessedViaMountTarget',
    'put-file-system-policy',
    'Do not just delete the policy',
  );
});

test('EBS: new sharing is blocked, and what is hidden already stays hidden', () => {
  const text = fixOf('AWS::EC2::Snapshot');
  expectInOrder(
    text,
    '--operation-type remove --group-names all',
    'where it is block-all-sharing already, leave it',
    'block-all-sharing also hides all snapshots that are public now',
    'get-snapshot-block-public-access-state',
    '--state block-new-sharing',
  );
  expect(text).not.toContain('--state block-all-sharing');
  expect(fixOf('AWS::EC2::Snapshot', PARTNER)).not.toContain('snapshot-block-public-access');
});

test.each([
  ['AWS::EC2::Snapshot', '--operation-type remove --user-ids'],
  ['AWS::RDS::DBSnapshot', 'modify-db-snapshot-attribute --db-snapshot-identifier nightly --attribute-name restore --values-to-remove'],
  [
    'AWS::RDS::DBClusterSnapshot',
    'modify-db-cluster-snapshot-attribute --db-cluster-snapshot-identifier nightly --attribute-name restore --values-to-remove',
  ],
])('%s is taken back from all accounts of the finding', (type, command) => {
  const of = (AWS: unknown, isOpen = true): string => fixOf(type, { isPublic: false, principal: AWS === null ? {} : { AWS } }, isOpen);
  expect(of(['999988887777', 'arn:aws:iam::888877776666:root', '999988887777'])).toContain(`${command} 888877776666 999988887777 --region`);
  expect(of('arn:aws:iam::999988887777:root')).toContain(`${command} 999988887777 --region`);
  expect(of(null)).toContain(`${command} OUTSIDE_ACCOUNT --region`);
  expect(of('arn:aws:iam::444455556666:root')).toContain(`${command} OUTSIDE_ACCOUNT --region`);
  const many = of(Array.from({ length: 30 }, (_, n) => String(100_000_000_000 + n)));
  expect(many.match(/1000000000\d\d/g)).toHaveLength(20);
  expect(fixOf(type)).toContain(type === 'AWS::EC2::Snapshot' ? '--group-names all' : `${command} all --region`);
  expect(of('999988887777', false)).not.toContain('999988887777');
});

test.each(['AWS::Lambda::Function', 'AWS::Lambda::LayerVersion'])(
  '%s: what is needed is added before the old permission is removed',
  (type) => {
    expectInOrder(
      fixOf(type, PARTNER),
      '> policy-before.json',
      'Add first',
      '-permission --',
      'Remove the statement',
      'remove-',
      'STATEMENT_ID',
    );
    expectInOrder(fixOf(type, PARTNER), 'aws lambda add-', 'aws lambda remove-');
  },
);

test('a function URL has its own authorization, with two statements', () => {
  const text = fixOf('AWS::Lambda::Function');
  expectInOrder(
    text,
    'two statements (lambda:InvokeFunctionUrl and lambda:InvokeFunction)',
    'stops every caller that does not sign',
    'AuthType NONE undoes it',
    'update-function-url-config --function-name webhook --auth-type AWS_IAM',
  );
  expect(fixOf('AWS::Lambda::Function', PARTNER)).not.toContain('function-url');
});

test('a grant that may only be retired reads nothing', () => {
  expect(guidanceFor('AWS::KMS::Key').sharedRisk).toContain('with kms:RetireGrant alone, only to end a grant');
  expect(accessWords(['kms:RetireGrant'])).toEqual(['end a grant']);
  expect(accessWords(['kms:RetireGrant', 'kms:CreateGrant'])).toEqual(['end a grant', 'administer']);
  expectInOrder(fixOf('AWS::KMS::Key', PARTNER), 'GranteePrincipal or RetiringPrincipal', 'Revoke only that one', 'revoke-grant');
});

test('the command of a secret takes its ARN, whose end is no part of the name', () => {
  const text = fixOf('AWS::SecretsManager::Secret', { resource: 'arn:aws:secretsmanager:eu-west-1:444455556666:secret:prod/db-AbCdEf' });
  expect(text).toContain('--secret-id arn:aws:secretsmanager:eu-west-1:444455556666:secret:prod/db-AbCdEf ');
  expectInOrder(text, 'programs that keep the old value fail', 'rotate-secret');
});

test('a trust policy is saved as JSON, and a role of another owner is not changed in IAM', () => {
  expect(fixOf('AWS::IAM::Role', PARTNER)).toContain('--query Role.AssumeRolePolicyDocument --output json > policy.json');
  const of = (path: string): string => fixOf('AWS::IAM::Role', { ...PARTNER, resource: `arn:aws:iam::444455556666:role/${path}` });
  for (const [path, words] of [
    ['aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_0123456789abcdef', 'change its permission set'],
    ['aws-service-role/x.amazonaws.com/AWSServiceRoleForX', 'belongs to an AWS service'],
  ] as const) {
    expect(of(path)).toContain(words);
    expect(of(path)).not.toContain('update-assume-role-policy');
  }
});
