import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/findings/json.ts';
import { breadthOf } from '../../../src/pipeline/coverage/broad-archive-rule.ts';

const bucket = { eq: ['arn:aws:s3:::site'] };

const TABLE: readonly (readonly [string, JsonObject, ReturnType<typeof breadthOf>])[] = [
  ['public findings', { isPublic: { eq: ['true'] } }, 'public-findings'],
  ['public findings of one bucket', { isPublic: { eq: ['true'] }, resource: bucket }, 'public-findings'],
  ['both public and others', { isPublic: { eq: ['false', 'true'] }, resource: bucket }, 'public-findings'],
  ['findings that are not not public', { isPublic: { neq: ['false'] }, resource: bucket }, 'public-findings'],
  ['findings for which it is known whether they are public', { isPublic: { exists: true }, resource: bucket }, 'public-findings'],
  ['findings that are not public, of one bucket', { isPublic: { eq: ['false'] }, resource: bucket }, null],
  ['findings that are not public', { isPublic: { eq: ['false'] } }, 'any-resource'],
  ['findings of one bucket', { resource: bucket }, null],
  ['findings of resources with a part of a name', { resource: { contains: ['arn:aws:s3:::site-'] } }, null],
  ['findings of whatever is an ARN', { resource: { contains: ['arn:aws:'] } }, 'any-resource'],
  ['findings of one part of a name, or whatever else', { resource: { contains: ['site-', ''] } }, 'any-resource'],
  ['findings of all buckets but one', { resource: { neq: ['arn:aws:s3:::site'] } }, 'any-resource'],
  ['findings with a resource', { resource: { exists: true } }, 'any-resource'],
  ['findings of a type of resource', { resourceType: { eq: ['AWS::S3::Bucket'] } }, 'any-resource'],
  ['findings of one principal', { 'principal.AWS': { eq: ['999988887777'] } }, 'any-resource'],
  ['everything', {}, 'any-resource'],
];

test.each(TABLE)('a rule that archives %s', (_what, filter, breadth) => {
  expect(breadthOf({ filter })).toBe(breadth);
});
