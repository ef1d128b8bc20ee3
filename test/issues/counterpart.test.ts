import { expect, test } from 'vitest';
import type { Finding } from '../../src/findings/finding.ts';
import { shrinkFinding } from '../../src/findings/shrink-finding.ts';
import { isCounterpart } from '../../src/issues/counterpart.ts';
import { externalEvent, internalEvent, unusedEvent } from '../support/findings/finding-events.ts';
import { findingOf } from '../support/findings/parsed.ts';

const NEW = 'arn:aws:access-analyzer:us-west-2:222233334444:analyzer/New';
const external = (detail: Readonly<Record<string, unknown>> = {}, analyzerArn?: string): Finding =>
  findingOf(externalEvent({ detail, ...(analyzerArn === undefined ? {} : { analyzerArn }) }));
const unused = (detail: Readonly<Record<string, unknown>> = {}, analyzerArn?: string): Finding =>
  findingOf(unusedEvent({ detail, ...(analyzerArn === undefined ? {} : { analyzerArn }) }));
const key = (accessKeyId: string): Readonly<Record<string, unknown>> => ({
  findingType: 'UnusedIAMUserAccessKey',
  resourceType: 'AWS::IAM::User',
  resource: 'arn:aws:iam::444455556666:user/ann',
  findingDetails: [{ unusedIamUserAccessKeyDetails: { accessKeyId } }],
});
const { findingDetails: _, ...noKey } = key('');
const passwordOnly = { ...noKey, findingDetails: [{ unusedIamUserPasswordDetails: { lastAccessed: '2025-01-01T00:00:00Z' } }] };

test.each<readonly [string, Finding, Finding, boolean]>([
  ['the same access under another id', external(), external({ id: 'other', updatedAt: '2026-03-02T10:00:00Z' }, NEW), true],
  ['the same analyzer', external(), external({ id: 'other' }), false],
  ['another Region', external(), external({}, NEW.replace('us-west-2', 'eu-west-1')), false],
  ['another partition', external(), external({}, NEW.replace('arn:aws:', 'arn:aws-cn:')), false],
  ['another principal', external(), external({ principal: { AWS: '999988887777' } }, NEW), false],
  ['another resource', external(), external({ resource: 'arn:aws:s3:::other' }, NEW), false],
  ['another kind', external(), findingOf(internalEvent({ analyzerArn: NEW })), false],
  ['only the analysis broke', external(), external({ error: 'ACCESS_DENIED' }, NEW), false],
  ['its content was removed', external(), shrinkFinding(external({}, NEW)), false],
  ['the content of both was removed', shrinkFinding(external()), shrinkFinding(external({}, NEW)), false],
  ['unused permissions of one role', unused(), unused({ findingId: 'other', numberOfUnusedActions: 7 }, NEW), true],
  ['unused access of another type', unused(), unused({ findingType: 'UnusedIAMRole' }, NEW), false],
  ['one access key', unused(key('AKIA1')), unused(key('AKIA1'), NEW), true],
  ['two access keys of one user', unused(key('AKIA1')), unused(key('AKIA2'), NEW), false],
  ['access keys that are not told apart', unused(noKey), unused(noKey, NEW), false],
  ['access keys of which only something else is told', unused(passwordOnly), unused(passwordOnly, NEW), false],
])('%s', (_name, a, b, is) => {
  expect(isCounterpart(a, b)).toBe(is);
  expect(isCounterpart(b, a)).toBe(is);
});

test('a finding without its analyzer has none', () => {
  const bare = { ...external(), analyzerArn: 'unknown' };
  expect(isCounterpart(bare, external({}, NEW))).toBe(false);
  expect(isCounterpart(external(), bare)).toBe(false);
  expect(isCounterpart(bare, bare)).toBe(false);
});
