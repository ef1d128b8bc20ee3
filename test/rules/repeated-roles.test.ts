import { expect, test } from 'vitest';
import { parseRules } from '../../src/rules/parse-rules.ts';
import { repeatedRoles } from '../../src/rules/repeated-roles.ts';

const EXTERNAL = 'Access Analyzer Finding';
const role = { resourceType: ['AWS::IAM::Role'] };

interface Rule {
  readonly match: object;
  readonly groupBy?: string;
  readonly action?: string;
}

/** The indexes of the rules that are warned of. */
function warned(...rules: readonly Rule[]): readonly number[] {
  const parsed = parseRules({
    version: 1,
    rules: rules.map(({ match, groupBy, action = 'issue' }, index) => ({
      id: `rule-${index}`,
      match,
      action,
      ...(groupBy === undefined ? {} : { groupBy }),
      ...(action === 'issue' ? { issue: { project: 'SEC', issueType: 'Task' } } : {}),
    })),
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return repeatedRoles(parsed.rules).map(({ path }) => Number(/^rules\[(\d+)\]$/.exec(path)?.[1]));
}

test.each<[string, object]>([
  ['everything', { source: ['aws.access-analyzer'] }],
  ['external access to roles', { 'detail-type': [EXTERNAL], detail: role }],
  ['types by prefix', { detail: { resourceType: [{ prefix: 'AWS::IAM' }] } }],
  ['all but buckets', { detail: { resourceType: [{ 'anything-but': 'AWS::S3::Bucket' }] } }],
  ['roles among others', { $or: [{ detail: { resourceType: ['AWS::S3::Bucket'] } }, { detail: role }] }],
  ['an alternative inside the detail', { detail: { $or: [{ isPublic: [true] }, { resourceType: ['AWS::KMS::Key'] }] } }],
  ['roles by their ARN', { detail: { resource: [{ wildcard: 'arn:aws:iam::*:role/*Admin*' }] } }],
  ['ARNs of roles by prefix', { detail: { resource: [{ prefix: 'arn:aws:iam::444455556666:' }] } }],
  ['any ARN', { detail: { resource: [{ prefix: 'arn:aws:' }] } }],
  ['one role', { detail: { resource: ['arn:aws:iam::444455556666:role/Deploy'] } }],
  ['one account', { detail: { accountId: ['444455556666'], isPublic: [true] } }],
  ['two Regions', { region: ['eu-west-1', 'us-east-1'] }],
  ['Regions by prefix', { region: [{ prefix: 'eu-' }] }],
  ['external access by its type', { detail: { findingType: ['ExternalAccess', { exists: false }] } }],
])('warns of a rule for %s', (_, match) => {
  expect(warned({ match })).toEqual([0]);
  expect(warned({ match, groupBy: 'finding' })).toEqual([0]);
  expect(warned({ match, groupBy: 'access' }, { match, groupBy: 'resource' }, { match, action: 'ignore' })).toEqual([]);
});

test.each<[string, object]>([
  ['another type', { detail: { resourceType: ['AWS::S3::Bucket'] } }],
  ['all but roles', { detail: { resourceType: [{ 'anything-but': ['AWS::IAM::Role'] }] } }],
  ['unused access', { 'detail-type': ['Unused Access Finding for IAM entities'] }],
  ['unused access by its type', { detail: { ...role, findingType: [{ prefix: 'Unused' }] } }],
  ['other ARNs', { detail: { resource: [{ prefix: 'arn:aws:s3' }] } }],
  ['one bucket', { detail: { resource: ['arn:aws:s3:::logs'] } }],
  ['one Region', { region: ['us-east-1'], detail: role }],
  ['one analyzer', { resources: ['arn:aws:access-analyzer:us-east-1:111122223333:analyzer/a'] }],
  ['no alternative with roles', { detail: { $or: [{ resourceType: ['AWS::S3::Bucket'] }, { findingType: ['UnusedIAMRole'] }] } }],
])('does not warn of a rule for %s', (_, match) => {
  expect(warned({ match })).toEqual([]);
});

test('a rule above that decides about all roles leaves none for those below', () => {
  const all = { match: { source: ['aws.access-analyzer'] } };
  const roles = { match: { 'detail-type': [EXTERNAL], detail: role } };
  expect(warned({ ...roles, groupBy: 'access' }, all)).toEqual([]);
  expect(warned({ ...roles, action: 'ignore' }, all)).toEqual([]);
  expect(warned({ match: { detail: { ...role, isPublic: [true] } }, groupBy: 'access' }, all)).toEqual([1]);
  expect(warned(all, all)).toEqual([0]);
});
