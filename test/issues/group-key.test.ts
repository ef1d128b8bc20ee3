import { describe, expect, test } from 'vitest';
import { findingKey, UNKNOWN_ANALYZER, type Finding } from '../../src/findings/finding.ts';
import { groupKey, isPassedOn, possibleGroups, possibleNames, sharesByAccess } from '../../src/issues/group-key.ts';
import { externalEvent, internalEvent, unusedEvent, type EventOverrides } from '../support/findings/finding-events.ts';
import { findingOf } from '../support/findings/parsed.ts';

const ROLE = {
  resource: 'arn:aws:iam::444455556666:role/Deploy',
  resourceType: 'AWS::IAM::Role',
  isPublic: false,
  principal: { AWS: '999988887777' },
  action: ['sts:AssumeRole', 'sts:TagSession'],
  condition: { 'sts:ExternalId': 'x' },
};

function role(detail: Readonly<Record<string, unknown>> = {}, envelope: EventOverrides = {}): Finding {
  return findingOf(externalEvent({ ...envelope, detail: { ...ROLE, ...detail } }));
}

const ELSEWHERE = { region: 'eu-central-1', resources: ['arn:aws:access-analyzer:eu-central-1:222233334444:analyzer/organization'] };

test('the same access is one group in every Region, under every analyzer, at any time and by either name of an account', () => {
  const group = groupKey(role(), 'access');
  expect(
    groupKey(
      role({ id: 'other', region: 'eu-central-1', updatedAt: '2026-03-01T10:04:00Z', analyzedAt: '2026-03-01T10:04:00Z' }, ELSEWHERE),
      'access',
    ),
  ).toBe(group);
  expect(groupKey(role({ principal: { AWS: 'arn:aws:iam::999988887777:root' } }), 'access')).toBe(group);
  expect(groupKey(role({ action: ['sts:TagSession', 'sts:AssumeRole'] }), 'access')).toBe(group);
  expect(groupKey(role({ status: 'RESOLVED', isDeleted: true }), 'access')).toBe(group);
  for (const type of ['APPLICABLE', 'NOT_APPLICABLE', 'FAILED_TO_EVALUATE_RCP'])
    expect(groupKey(role({ resourceControlPolicyRestrictionType: type, sources: [{ type: 'POLICY' }] }), 'access')).toBe(group);
  const { principal, action, condition, isPublic, ...rest } = ROLE;
  const answer = {
    principal: undefined,
    action: undefined,
    condition: undefined,
    isPublic: undefined,
    ...rest,
    findingType: 'ExternalAccess',
  };
  const findingDetails = [{ externalAccessDetails: { principal, action, condition, isPublic } }];
  expect(groupKey(findingOf(externalEvent({ detail: { ...answer, error: null, findingDetails } })), 'access')).toBe(group);
});

test('several principals are the same set whatever their order and names', () => {
  const one = role({ principal: { AWS: ['999988887777', 'arn:aws:iam::111111111111:root'] } });
  const other = role({ principal: { AWS: ['111111111111', 'arn:aws:iam::999988887777:root'] } });
  expect(groupKey(one, 'access')).toBe(groupKey(other, 'access'));
});

test.each<readonly [string, Readonly<Record<string, unknown>>]>([
  ['another action', { action: ['sts:AssumeRole'] }],
  ['another principal', { principal: { AWS: '888877776666' } }],
  ['another kind of principal', { principal: { Federated: '999988887777' } }],
  ['a user of the account instead of the whole of it', { principal: { AWS: 'arn:aws:iam::999988887777:user/root' } }],
  ['a kind that ends in what another value begins with', { principal: { 'AWS:999988887777': '' } }],
  ['another condition', { condition: { 'sts:ExternalId': 'y' } }],
  ['no condition', { condition: {} }],
  ['another resource', { resource: 'arn:aws:iam::444455556666:role/Other' }],
  ['the same role in another partition', { resource: 'arn:aws-cn:iam::444455556666:role/Deploy' }],
  ['an error', { error: 'ACCESS_DENIED' }],
  ['another finding type', { findingType: 'Other' }],
])('%s is other access', (_, detail) => {
  expect(groupKey(role(detail), 'access')).not.toBe(groupKey(role(), 'access'));
});

test('a role that could not be analysed is one group in every Region, and another one for another error', () => {
  const nothing = { principal: undefined, action: undefined, condition: undefined, isPublic: undefined };
  const broken = (error: string, envelope: EventOverrides = {}): string => groupKey(role({ ...nothing, error }, envelope), 'access');
  expect(broken('ACCESS_DENIED', ELSEWHERE)).toBe(broken('ACCESS_DENIED'));
  expect(broken('INTERNAL_ERROR')).not.toBe(broken('ACCESS_DENIED'));
  expect(broken('ACCESS_DENIED')).not.toBe(groupKey(role(nothing), 'access'));
});

test('external and internal access are never one group', () => {
  const detail = { resource: 'arn:aws:s3:::b', findingType: 'Same', principal: { AWS: '*' }, action: ['s3:GetObject'] };
  for (const by of ['access', 'resource'] as const) {
    expect(groupKey(findingOf(externalEvent({ detail })), by)).not.toBe(groupKey(findingOf(internalEvent({ detail })), by));
  }
});

test('unused access is never merged', () => {
  const one = findingOf(unusedEvent());
  const other = findingOf(unusedEvent({ detail: { findingId: 'another' } }));
  for (const by of ['access', 'resource', 'finding'] as const) {
    expect(groupKey(one, by)).not.toBe(groupKey(other, by));
    expect(groupKey(one, by)).toBe(groupKey(one, 'finding'));
  }
});

test('by finding, each is its own group, and the same id under another analyzer is another finding', () => {
  expect(groupKey(role(), 'finding')).toBe(groupKey(role({ status: 'RESOLVED', action: [] }), 'finding'));
  expect(groupKey(role({ id: 'other' }), 'finding')).not.toBe(groupKey(role(), 'finding'));
  expect(groupKey(role({}, ELSEWHERE), 'finding')).not.toBe(groupKey(role(), 'finding'));
});

test('by resource, principals and actions do not count', () => {
  expect(groupKey(role({ id: 'other', principal: { AWS: '*' }, action: [] }, ELSEWHERE), 'resource')).toBe(groupKey(role(), 'resource'));
  expect(groupKey(role({ resource: 'arn:aws:iam::444455556666:role/Other' }), 'resource')).not.toBe(groupKey(role(), 'resource'));
});

test('only findings that are grouped by access share their issue by it', () => {
  const groups = (['finding', 'resource', 'access'] as const).map((by) => groupKey(role(), by));
  expect(groups.map(sharesByAccess)).toEqual([false, false, true]);
});

test('the keys of the three groupings never collide and never change: issues carry them', () => {
  expect([groupKey(role(), 'finding'), groupKey(role(), 'access'), groupKey(role(), 'resource')]).toEqual([
    'f-5j5igp2tvldx4i6nolptc5nxvq',
    'a-ackcndnva4n4w6cj7nzc6cxubj',
    'r-7r73r6dm5ephlxj2fhf62fnfxf',
  ]);
});

describe('the names in the property of an issue', () => {
  const [key, other] = [role().key, role({ id: 'other' }).key];
  const [bare, otherBare] = [findingKey(UNKNOWN_ANALYZER, role().findingId), findingKey(UNKNOWN_ANALYZER, 'other')];
  const own = groupKey(role(), 'finding');

  test.each<readonly [string, string, readonly string[], boolean, readonly string[], readonly string[]]>([
    ['its own', own, [key], false, [], [key]],
    ['its own without the analyzer', own, [bare], false, [key], [bare]],
    ['both forms', own, [key, bare], false, [], [key, bare]],
    ['another finding', own, [other], false, [key], []],
    ['another finding beside its own', own, [key, other], false, [], [key]],
    ['another finding without its analyzer', own, [otherBare], false, [key], []],
    ['another finding without its analyzer beside its own', own, [key, otherBare], false, [], [key]],
    ['a finding without its analyzer, where nothing tells its id', own, [otherBare], false, [], [otherBare]],
    ['a short form, which tells nothing', own, ['#abc'], false, [], []],
    ['another finding to which it was passed on', own, [other], true, [key], [other]],
    ['findings of one resource', groupKey(role(), 'resource'), [key, other, '#abc'], false, [], [key, other, '#abc']],
  ])('%s', (_, group, names, passedOn, members, possible) => {
    expect(possibleNames(group, names, passedOn, members)).toEqual(possible);
  });
});

test.each<readonly [string, boolean, string, readonly string[]]>([
  ['another finding', true, groupKey(role(), 'finding'), [role({ id: 'other' }).key]],
  ['its own', false, groupKey(role(), 'finding'), [role().key]],
  ['its own and another finding', true, groupKey(role(), 'finding'), [role().key, role({ id: 'other' }).key]],
  ['one without its analyzer', false, groupKey(role(), 'finding'), ['unknown|other']],
  ['a short form', false, groupKey(role(), 'finding'), ['#abc']],
  ['another finding of its resource', false, groupKey(role(), 'resource'), [role({ id: 'other' }).key]],
])('a group with %s: passed on %s', (_, passedOn, group, members) => {
  expect(isPassedOn(group, members)).toBe(passedOn);
});

test('a finding may have been in the groups of every grouping, and in its own without its analyzer or, where it lacks that, with each known one', () => {
  const known = role();
  const bare = { ...known, analyzerArn: UNKNOWN_ANALYZER, key: findingKey(UNKNOWN_ANALYZER, known.findingId) };
  const [own, ofBare] = [groupKey(known, 'finding'), groupKey(bare, 'finding')];
  const shared = [groupKey(known, 'access'), groupKey(known, 'resource')];
  expect(possibleGroups(known, ['arn:another'])).toEqual([ofBare, own, ...shared]);
  expect(possibleGroups(bare, [known.analyzerArn])).toEqual([own, ofBare, ...shared]);
  expect(possibleGroups(bare, [])).toEqual([ofBare, ...shared]);
  expect(possibleGroups(role({ id: 'other' }), [])).not.toContain(own);
});
