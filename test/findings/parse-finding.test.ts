import { expect, test } from 'vitest';
import type { Finding } from '../../src/findings/finding.ts';
import type { JsonObject } from '../../src/findings/json.ts';
import { parseFinding } from '../../src/findings/parse-finding.ts';
import { externalEvent, internalEvent, unusedEvent, type EventOverrides } from '../support/findings/finding-events.ts';

const NOW = Date.parse('2026-03-01T10:06:00Z');

function read(event: JsonObject, nowMs = NOW): Finding {
  const parsed = parseFinding(event, nowMs);
  if (!parsed.ok) throw new Error(`${parsed.path}: ${parsed.message}`);
  return parsed.finding;
}

function external(detail: Readonly<Record<string, unknown>> = {}, envelope: EventOverrides = {}): Finding {
  return read(externalEvent({ ...envelope, detail }));
}

test('an external finding is read whole', () => {
  const event = externalEvent();
  expect(read(event)).toEqual({
    key: 'arn:aws:access-analyzer:us-west-2:111122223333:analyzer/Company|22222222-dcba-4444-dcba-000000000001',
    findingId: '22222222-dcba-4444-dcba-000000000001',
    analyzerArn: 'arn:aws:access-analyzer:us-west-2:111122223333:analyzer/Company',
    kind: 'external',
    findingType: 'ExternalAccess',
    status: 'ACTIVE',
    deleted: false,
    error: null,
    resource: 'arn:aws:s3:::billing-export',
    resourceType: 'AWS::S3::Bucket',
    accountId: '444455556666',
    region: 'us-west-2',
    isPublic: true,
    principals: [{ kind: 'AWS', value: '*' }],
    actions: ['s3:GetObject'],
    conditions: [],
    sources: [],
    rcpRestriction: null,
    scpRestriction: null,
    accessType: null,
    principalType: null,
    principalOwnerAccount: null,
    unusedServices: null,
    unusedActions: null,
    unusedDetails: null,
    recommendedSteps: null,
    createdAt: '2026-03-01T10:00:00.000000000Z',
    updatedAt: '2026-03-01T10:00:00.000000000Z',
    observedAt: '2026-03-01T10:05:00.000000000Z',
    event: {
      source: 'aws.access-analyzer',
      'detail-type': 'Access Analyzer Finding',
      account: '111122223333',
      region: 'us-west-2',
      time: '2026-03-01T10:05:00Z',
      resources: ['arn:aws:access-analyzer:us-west-2:111122223333:analyzer/Company'],
      detail: event['detail'],
    },
    carried: {},
  });
});

test('an unused finding has its id in findingId, and counts', () => {
  const finding = read(unusedEvent({ detail: { numberOfUnusedServices: 3 } }));
  expect(finding).toMatchObject({ kind: 'unused', findingId: 'b8ae0460-5d29-4922-b92a-000000000001', findingType: 'UnusedPermission' });
  expect(finding).toMatchObject({ unusedServices: 3, unusedActions: 1, isPublic: null, principals: [], actions: [], conditions: [] });
  // It has no Region of its own: the analyzer's counts.
  expect(finding.region).toBe('us-west-2');
});

test('an internal finding keeps nine fraction digits and takes the Region of the analyzer, not of the envelope', () => {
  const finding = read(internalEvent());
  expect(finding).toMatchObject({ kind: 'internal', findingType: 'InternalAccess', isPublic: null, region: 'us-west-2' });
  expect(finding.updatedAt).toBe('2026-03-01T10:00:00.914099224Z');
});

test('the id of the envelope is never the id of the finding', () => {
  const both = { id: 'the-id', findingId: 'the-finding-id' };
  expect(external(both).findingId).toBe('the-id');
  expect(read(unusedEvent({ detail: both })).findingId).toBe('the-finding-id');
  expect(external({ id: undefined, findingId: 'other' }).findingId).toBe('other');
  expect(read(unusedEvent({ detail: { findingId: null, id: 'other' } })).findingId).toBe('other');
  expect(parseFinding(externalEvent({ detail: { id: undefined } }), NOW)).toEqual({
    ok: false,
    path: 'detail.id',
    message: 'expected the finding id',
  });
  expect(parseFinding(unusedEvent({ detail: { findingId: undefined } }), NOW)).toMatchObject({ ok: false, path: 'detail.findingId' });
});

test.each<readonly [string, unknown, readonly (readonly [string, string])[]]>([
  ['a map', { AWS: '999988887777' }, [['AWS', '999988887777']]],
  [
    'a map with several kinds, sorted',
    { Federated: 'accounts.google.com', AWS: '*' },
    [
      ['AWS', '*'],
      ['Federated', 'accounts.google.com'],
    ],
  ],
  [
    'a map of lists',
    { AWS: ['222222222222', '111111111111'] },
    [
      ['AWS', '111111111111'],
      ['AWS', '222222222222'],
    ],
  ],
  [
    'a list of texts',
    ['222222222222', '*'],
    [
      ['AWS', '*'],
      ['AWS', '222222222222'],
    ],
  ],
  [
    'a list of maps',
    [{ CanonicalUser: 'c' }, { AWS: 'a' }],
    [
      ['AWS', 'a'],
      ['CanonicalUser', 'c'],
    ],
  ],
  ['a text', '*', [['AWS', '*']]],
  ['nothing', undefined, []],
  ['null', null, []],
  ['an empty map', {}, []],
])('principals as %s', (_, principal, expected) => {
  expect(external({ principal }).principals.map(({ kind, value }) => [kind, value])).toEqual(expected);
});

test('actions and conditions come sorted, and a condition that is no text is shown as JSON', () => {
  expect(external({ action: ['s3:PutObject', 's3:GetObject'] }).actions).toEqual(['s3:GetObject', 's3:PutObject']);
  expect(external({ action: 's3:GetObject' }).actions).toEqual(['s3:GetObject']);
  expect(external({ action: null, condition: null })).toMatchObject({ actions: [], conditions: [] });
  expect(external({ condition: { 'aws:b': ['x', 1], 'aws:a': 'y' } }).conditions).toEqual([
    { key: 'aws:a', value: 'y' },
    { key: 'aws:b', value: '["x",1]' },
  ]);
});

test('an absent field is null, and never no', () => {
  expect(external({ isPublic: undefined }).isPublic).toBeNull();
  expect(external({ isPublic: null }).isPublic).toBeNull();
  expect(external({ isPublic: false }).isPublic).toBe(false);
  expect(external({ isDeleted: undefined }).deleted).toBe(false);
  expect(external({ isDeleted: null }).deleted).toBe(false);
  expect(external({ isDeleted: true }).deleted).toBe(true);
  expect(external({ createdAt: undefined }).createdAt).toBeNull();
  expect(external({ createdAt: 'not a time' }).createdAt).toBeNull();
});

test('an error finding has neither principals nor actions', () => {
  const missing = { principal: undefined, action: undefined, condition: undefined, isPublic: undefined };
  expect(external({ ...missing, error: 'ACCESS_DENIED' })).toMatchObject({
    error: 'ACCESS_DENIED',
    isPublic: null,
    principals: [],
    actions: [],
  });
  expect(external({ ...missing, error: 'PRINCIPAL_LIMIT_EXCEEDED' }).error).toBe('PRINCIPAL_LIMIT_EXCEEDED');
  expect(read(internalEvent({ detail: { error: 'INTERNAL_ERROR' } })).principals).toHaveLength(1);
  expect(external({ error: null }).error).toBeNull();
  expect(external({ error: '' }).error).toBeNull();
});

test('the owner is the account of the detail, else of the resource, else of the envelope', () => {
  const key = 'arn:aws:kms:us-west-2:777788889999:key/k';
  expect(external({ resource: key }).accountId).toBe('444455556666');
  expect(external({ resource: key, accountId: undefined }).accountId).toBe('777788889999');
  expect(external({ accountId: null }).accountId).toBe('111122223333');
  expect(external({ region: undefined }, { region: 'eu-west-1' }).region).toBe('us-west-2');
});

test('without updatedAt the time of the envelope counts', () => {
  expect(external({ updatedAt: undefined }).updatedAt).toBe('2026-03-01T10:05:00.000000000Z');
});

test('an updatedAt or a time of up to ten minutes ahead of us is accepted, more is refused', () => {
  expect(parseFinding(externalEvent({ detail: { updatedAt: '2026-03-01T10:16:00.000Z' } }), NOW).ok).toBe(true);
  const refused = { ok: false, path: 'detail.updatedAt', message: 'is more than ten minutes in the future' };
  expect(parseFinding(externalEvent({ detail: { updatedAt: '2026-03-01T10:16:00.001Z' } }), NOW)).toEqual(refused);
  expect(parseFinding(externalEvent({ time: '2026-03-01T11:00:00Z', detail: { updatedAt: undefined } }), NOW)).toEqual(refused);
  expect(parseFinding(externalEvent({ time: '2026-03-01T10:16:00Z' }), NOW).ok).toBe(true);
  expect(parseFinding(externalEvent({ time: '2026-03-01T10:16:01Z' }), NOW)).toEqual({ ...refused, path: 'time' });
});

test('resources may name more than the analyzer, in every partition', () => {
  const analyzer = 'arn:aws-cn:access-analyzer:cn-north-1:111122223333:analyzer/x';
  expect(external({}, { resources: ['arn:aws:s3:::b', analyzer] }).analyzerArn).toBe(analyzer);
  expect(external({}, { resources: ['unknown', analyzer] }).analyzerArn).toBe(analyzer);
  expect(external({}, { resources: ['arn:aws:s3:::b', 'unknown'] }).analyzerArn).toBe('unknown');
});

test('new finding types and resource types are taken as they are', () => {
  expect(external({ findingType: 'QuantumAccess', resourceType: 'AWS::New::Thing' })).toMatchObject({
    findingType: 'QuantumAccess',
    resourceType: 'AWS::New::Thing',
  });
  expect(read(unusedEvent({ detail: { findingType: '' } })).findingType).toBe('UnusedAccess');
});

test.each<readonly [string, EventOverrides, string]>([
  ['no source', { source: undefined }, 'source'],
  ['no detail-type', { 'detail-type': undefined }, 'detail-type'],
  ['no account', { account: undefined }, 'account'],
  ['no Region', { region: undefined }, 'region'],
  ['no time', { time: undefined }, 'time'],
  ['a time that is none', { time: 'now' }, 'time'],
  ['no resources', { resources: undefined }, 'resources'],
  ['empty resources', { resources: [] }, 'resources'],
  ['no analyzer among the resources', { resources: ['arn:aws:s3:::b'] }, 'resources'],
  ['the analyzer of a beta', { resources: ['arn:aws:access-analyzer-beta:us-west-2:111122223333:analyzer/x'] }, 'resources'],
  ['no status', { detail: { status: undefined } }, 'detail.status'],
  ["a status that we don't know", { detail: { status: 'SNOOZED' } }, 'detail.status'],
  ['no resource', { detail: { resource: undefined } }, 'detail.resource'],
  ['an empty resource', { detail: { resource: '' } }, 'detail.resource'],
  ['a resource that is too long', { detail: { resource: 'r'.repeat(2049) } }, 'detail.resource'],
  ['no resource type', { detail: { resourceType: undefined } }, 'detail.resourceType'],
  ['isDeleted as text', { detail: { isDeleted: 'true' } }, 'detail.isDeleted'],
  ['isPublic as a number', { detail: { isPublic: 1 } }, 'detail.isPublic'],
  ['a principal that is a number', { detail: { principal: { AWS: 5 } } }, 'detail.principal.AWS'],
  ['an action that is a number', { detail: { action: ['s3:GetObject', 5] } }, 'detail.action.1'],
  ['conditions as text', { detail: { condition: 'none' } }, 'detail.condition'],
  ['an updatedAt that is none', { detail: { updatedAt: '2026-02-30T00:00:00Z' } }, 'detail.updatedAt'],
  ['a count as text', { detail: { numberOfUnusedActions: '3' } }, 'detail.numberOfUnusedActions'],
])('%s: the refusal names the path', (_, overrides, path) => {
  expect(parseFinding(externalEvent(overrides), NOW)).toMatchObject({ ok: false, path });
});

test('a refusal never holds the value, and no path as long as a hostile name', () => {
  const parsed = parseFinding(externalEvent({ detail: { status: 'SECRET', principal: { ['k'.repeat(10_000)]: 'SECRET' } } }), NOW);
  expect(parsed.ok).toBe(false);
  expect(JSON.stringify(parsed)).not.toContain('SECRET');
  const long = parseFinding(externalEvent({ detail: { principal: { ['k'.repeat(10_000)]: 5 } } }), NOW);
  expect(long.ok).toBe(false);
  expect(JSON.stringify(long).length).toBeLessThan(400);
});

test('fields named like parts of every object are fields like any other', () => {
  const hostile: JsonObject = JSON.parse(
    JSON.stringify(externalEvent())
      .replace('"principal":{', '"principal":{"__proto__":"p","constructor":"c",')
      .replace('"condition":{', '"condition":{"__proto__":{"isPublic":false},"toString":"t"')
      .replace('"detail":{', '"detail":{"__proto__":{"status":"RESOLVED","error":"x"},"hasOwnProperty":1,'),
  );
  const finding = read(hostile);
  expect(finding).toMatchObject({ status: 'ACTIVE', error: null, isPublic: true });
  expect(finding.principals.map(({ kind, value }) => [kind, value])).toEqual([
    ['AWS', '*'],
    ['__proto__', 'p'],
    ['constructor', 'c'],
  ]);
  expect(finding.conditions).toEqual([
    { key: '__proto__', value: '{"isPublic":false}' },
    { key: 'toString', value: 't' },
  ]);
  expect(Object.hasOwn(finding.event.detail, '__proto__')).toBe(true);
  expect(Object.hasOwn(Object.prototype, 'status')).toBe(false);
});
