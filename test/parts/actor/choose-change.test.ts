import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/findings/finding.ts';
import type { JsonObject } from '../../../src/findings/json.ts';
import { aspectsOf, changesOf, regionOfChanges, TYPES_WITH_CHANGES } from '../../../src/parts/actor/changing-actions.ts';
import { chooseChange, REPORTED_MS, type Chosen } from '../../../src/parts/actor/choose-change.ts';
import type { RecordedChange } from '../../../src/parts/actor/read-change.ts';

type Source = Finding['sources'][number];

const source = (type: string): Source => ({ type, accessPointArn: null, accessPointAccount: null });

/** A change in a few words: who, with what, when, and with which parameters. */
type Made = readonly [who: string | null, action: string, at: number, parameters?: JsonObject];

function changeOf(resourceType: string, [who, action, at, parameters = {}]: Made): RecordedChange {
  return {
    source: changesOf({ kind: 'external', error: null, resourceType })?.source ?? '',
    accountId: '444455556666',
    region: 'eu-central-1',
    at,
    failed: false,
    action,
    parameters,
    fact:
      who === null
        ? null
        : {
            principal: who,
            role: null,
            session: null,
            person: false,
            action,
            at: new Date(at).toISOString(),
            by: who.includes('.') ? 'service' : 'sdk',
          },
  };
}

function choose(
  made: readonly Made[],
  {
    type = 'AWS::S3::Bucket',
    sources = [],
    isPublic = true,
    readBackTo = 0,
  }: { type?: string; sources?: Source[]; isPublic?: boolean; readBackTo?: number } = {},
): string {
  const known = changesOf({ kind: 'external', error: null, resourceType: type });
  if (known === null) throw new Error(`No changes of ${type}`);
  const changes = made.map((one) => changeOf(type, one));
  const words = (chosen: Chosen): string => (chosen.is === 'found' ? `${chosen.fact.principal} ${chosen.fact.action}` : chosen.is);
  const chosen = words(chooseChange({ sources, isPublic }, known, { changes, readBackTo }, { after: 100, until: 1_000 }));
  // CloudTrail's order does not matter.
  expect(
    words(chooseChange({ sources, isPublic }, known, { changes: changes.toReversed(), readBackTo }, { after: 100, until: 1_000 })),
  ).toBe(chosen);
  return chosen;
}

describe('the latest change that can have led to a finding', () => {
  test.each<readonly [what: string, made: readonly Made[], chosen: string]>([
    ['none', [], 'none'],
    ['the only one', [['a', 'PutBucketPolicy', 500]], 'a PutBucketPolicy'],
    [
      'the later of two that replace each other',
      [
        ['a', 'PutBucketPolicy', 400],
        ['b', 'PutBucketPolicy', 500],
      ],
      'b PutBucketPolicy',
    ],
    [
      'not one after the finding',
      [
        ['a', 'PutBucketPolicy', 400],
        ['b', 'PutBucketPolicy', 1_001],
      ],
      'a PutBucketPolicy',
    ],
    ['not one from before the access was last gone', [['a', 'PutBucketPolicy', 100]], 'none'],
    [
      'not one that changes no access',
      [
        ['a', 'PutBucketPolicy', 400],
        ['b', 'PutBucketTagging', 500],
      ],
      'a PutBucketPolicy',
    ],
    [
      'not one that a removal undid',
      [
        ['a', 'PutBucketPolicy', 400],
        ['b', 'DeleteBucketPolicy', 500],
      ],
      'none',
    ],
    [
      'neither of two that both can have',
      [
        ['a', 'PutBucketPolicy', 400],
        ['b', 'PutBucketAcl', 500],
      ],
      'ambiguous',
    ],
    [
      'the later of two by one person',
      [
        ['a', 'PutBucketPolicy', 400],
        ['a', 'PutBucketAcl', 500],
      ],
      'a PutBucketAcl',
    ],
    [
      'the one that lets through what was there',
      [
        ['a', 'PutBucketPolicy', 400],
        ['b', 'DeleteBucketPublicAccessBlock', 500],
      ],
      'b DeleteBucketPublicAccessBlock',
    ],
    [
      'what came after the block was gone',
      [
        ['a', 'DeleteBucketPublicAccessBlock', 400],
        ['b', 'PutBucketPolicy', 500],
      ],
      'b PutBucketPolicy',
    ],
    [
      'not a block that blocks',
      [
        ['a', 'PutBucketPolicy', 400],
        [
          'b',
          'PutBucketPublicAccessBlock',
          500,
          {
            PublicAccessBlockConfiguration: {
              BlockPublicAcls: true,
              IgnorePublicAcls: true,
              BlockPublicPolicy: true,
              RestrictPublicBuckets: true,
            },
          },
        ],
      ],
      'a PutBucketPolicy',
    ],
    [
      'not the birth of a private bucket',
      [
        ['a', 'CreateBucket', 300],
        ['b', 'PutBucketPolicy', 500],
      ],
      'b PutBucketPolicy',
    ],
    ['the birth of a public one', [['a', 'CreateBucket', 300, { 'x-amz-acl': 'public-read' }]], 'a CreateBucket'],
    [
      'not an ACL that makes private',
      [
        ['a', 'PutBucketPolicy', 400],
        ['b', 'PutBucketAcl', 500, { 'x-amz-acl': 'private' }],
      ],
      'a PutBucketPolicy',
    ],
    ['none by an unknown kind of caller', [[null, 'PutBucketPolicy', 500]], 'ambiguous'],
  ])('of a public bucket: %s', (_what, made, chosen) => {
    expect(choose(made)).toBe(chosen);
  });

  test('where Access Analyzer names the source, only changes of it count', () => {
    const made: readonly Made[] = [
      ['a', 'PutBucketPolicy', 400],
      ['b', 'PutBucketAcl', 500],
    ];
    expect(choose(made, { sources: [source('POLICY')] })).toBe('a PutBucketPolicy');
    expect(choose(made, { sources: [source('BUCKET_ACL')] })).toBe('b PutBucketAcl');
    expect(choose(made, { sources: [source('S3_ACCESS_POINT')] })).toBe('none');
  });

  test('a public access block has no part in access of another account', () => {
    expect(
      choose(
        [
          ['a', 'PutBucketPolicy', 400],
          ['b', 'DeleteBucketPublicAccessBlock', 500],
        ],
        { isPublic: false },
      ),
    ).toBe('a PutBucketPolicy');
  });

  test.each<readonly [type: string, made: readonly Made[], chosen: string]>([
    [
      'AWS::IAM::Role',
      [
        ['a', 'CreateRole', 300],
        ['b', 'UpdateAssumeRolePolicy', 500],
      ],
      'b UpdateAssumeRolePolicy',
    ],
    [
      'AWS::IAM::Role',
      [
        ['a', 'CreateRole', 300],
        ['b', 'AttachRolePolicy', 500],
      ],
      'a CreateRole',
    ],
    [
      'AWS::Lambda::Function',
      [
        ['a', 'AddPermission20150331v2', 300],
        ['b', 'AddPermission20150331v2', 500],
      ],
      'ambiguous',
    ],
    [
      'AWS::Lambda::Function',
      [
        ['a', 'AddPermission20150331v2', 300],
        ['b', 'UpdateFunctionCode20150331v2', 500],
      ],
      'a AddPermission20150331v2',
    ],
    [
      'AWS::SQS::Queue',
      [
        ['a', 'SetQueueAttributes', 300, { attributes: { Policy: '{}' } }],
        ['b', 'SetQueueAttributes', 500, { attributes: { VisibilityTimeout: '30' } }],
      ],
      'a SetQueueAttributes',
    ],
    [
      'AWS::SNS::Topic',
      [
        ['a', 'SetTopicAttributes', 300, { attributeName: 'Policy' }],
        ['b', 'SetTopicAttributes', 500, { attributeName: 'DisplayName' }],
      ],
      'a SetTopicAttributes',
    ],
    [
      'AWS::EC2::Snapshot',
      [
        ['a', 'ModifySnapshotAttribute', 300, { createVolumePermission: { add: {} } }],
        ['b', 'ModifySnapshotAttribute', 500, { createVolumePermission: { remove: {} } }],
      ],
      'a ModifySnapshotAttribute',
    ],
    ['AWS::RDS::DBSnapshot', [['a', 'ModifyDBSnapshotAttribute', 300, { valuesToAdd: ['all'] }]], 'a ModifyDBSnapshotAttribute'],
    [
      'AWS::KMS::Key',
      [
        ['a', 'PutKeyPolicy', 300],
        ['rds.amazonaws.com', 'CreateGrant', 500],
      ],
      'a PutKeyPolicy',
    ],
    [
      'AWS::KMS::Key',
      [
        ['a', 'PutKeyPolicy', 300],
        ['b', 'CreateGrant', 500],
      ],
      'ambiguous',
    ],
  ])('of %s: %j', (type, made, chosen) => {
    expect(choose(made, { type })).toBe(chosen);
  });

  test('where older changes were not read, only a policy that is the one way in counts', () => {
    expect(choose([['a', 'PutBucketPolicy', 500]], { readBackTo: 500 })).toBe('ambiguous');
    expect(choose([['a', 'PutBucketPolicy', 500]], { readBackTo: 500, isPublic: false, sources: [source('POLICY')] })).toBe(
      'a PutBucketPolicy',
    );
    expect(choose([['a', 'UpdateAssumeRolePolicy', 500]], { type: 'AWS::IAM::Role', readBackTo: 500 })).toBe('a UpdateAssumeRolePolicy');
  });

  test('what was changed long before a later change was reported long before, and does not count', () => {
    const [known, day] = [changesOf({ kind: 'external', error: null, resourceType: 'AWS::S3::Bucket' }), 86_400_000];
    if (known === null) throw new Error('No changes');
    const changes = [
      changeOf('AWS::S3::Bucket', ['a', 'PutBucketPolicy', day]),
      changeOf('AWS::S3::Bucket', ['b', 'PutBucketAcl', 2 * day - 60_000]),
    ];
    const chosen = (readBackTo: number) =>
      chooseChange({ sources: [], isPublic: true }, known, { changes, readBackTo }, { after: 0, until: 2 * day });
    expect(chosen(0)).toMatchObject({ is: 'found', fact: { principal: 'b' } });
    expect(chosen(2 * day - REPORTED_MS)).toMatchObject({ is: 'found', fact: { principal: 'b' } });
    expect(chosen(2 * day - 60_000)).toEqual({ is: 'ambiguous' });
  });

  test('nobody is named who made no change of the resource within the time', () => {
    const action = fc.constantFrom(
      'PutBucketPolicy',
      'DeleteBucketPolicy',
      'PutBucketAcl',
      'CreateBucket',
      'PutBucketTagging',
      'DeleteBucketPublicAccessBlock',
    );
    const made = fc.tuple(fc.constantFrom('a', 'b', 'c'), action, fc.integer({ min: 0, max: 1_200 }));
    fc.assert(
      fc.property(fc.uniqueArray(made, { selector: ([, , at]) => at, maxLength: 8 }), (all) => {
        const within = all.filter(([, , at]) => at > 100 && at <= 1_000);
        const chosen = choose(all);
        expect(['none', 'ambiguous', ...within.map(([who, what]) => `${who} ${what}`)]).toContain(chosen);
        const last = within.toSorted((one, other) => one[2] - other[2]).at(-1);
        const policyIsLast = last?.[1] === 'PutBucketPolicy';
        expect(policyIsLast && ![`${last[0]} PutBucketPolicy`, 'ambiguous'].includes(chosen)).toBe(false);
      }),
    );
  });
});

test('a change that failed, and one of another service, count for nothing', () => {
  const known = changesOf({ kind: 'external', error: null, resourceType: 'AWS::S3::Bucket' });
  if (known === null) throw new Error('No changes');
  const change = changeOf('AWS::S3::Bucket', ['a', 'PutBucketPolicy', 500]);
  for (const other of [
    { ...change, failed: true },
    { ...change, source: 's3express.amazonaws.com' },
  ])
    expect(chooseChange({ sources: [], isPublic: true }, known, { changes: [other], readBackTo: 0 }, { after: 0, until: 1_000 })).toEqual({
      is: 'none',
    });
});

test('every type that Access Analyzer reports external access to has its changes', () => {
  expect(TYPES_WITH_CHANGES).toHaveLength(16);
  for (const resourceType of TYPES_WITH_CHANGES) {
    const known = changesOf({ kind: 'external', error: null, resourceType });
    expect(known?.names('arn:aws:x:eu-central-1:444455556666:kind/name').every((name) => name !== '')).toBe(true);
    expect(Object.values(known?.actions ?? {}).some(({ effect }) => effect !== 'removes')).toBe(true);
  }
  expect(changesOf({ kind: 'unused', error: null, resourceType: 'AWS::IAM::Role' })).toBeNull();
  expect(changesOf({ kind: 'external', error: 'ACCESS_DENIED', resourceType: 'AWS::S3::Bucket' })).toBeNull();
  expect(changesOf({ kind: 'external', error: null, resourceType: 'AWS::New::Thing' })).toBeNull();
  expect(aspectsOf({ sources: [source('S3_ACCESS_POINT')], isPublic: true }).size).toBe(0);
});

test.each([
  ['arn:aws:iam::444455556666:role/Deploy', 'eu-central-1', 'us-east-1'],
  ['arn:aws-cn:iam::444455556666:role/Deploy', 'cn-northwest-1', 'cn-north-1'],
  ['arn:aws-us-gov:iam::444455556666:role/Deploy', 'us-gov-east-1', 'us-gov-west-1'],
  ['arn:aws:s3:::billing-export', 'eu-west-3', 'eu-west-3'],
  ['arn:aws:sqs:ap-south-1:444455556666:orders', 'eu-west-3', 'ap-south-1'],
  ['arn:aws:s3:::billing-export', 'unknown', null],
])('the changes of %s, seen from %s, are in %s', (resource, region, expected) => {
  expect(regionOfChanges({ resource, region })).toBe(expected);
});
