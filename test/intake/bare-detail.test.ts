import { expect, test } from 'vitest';
import type { Finding } from '../../src/findings/finding.ts';
import { isJsonObject, type JsonObject } from '../../src/findings/json.ts';
import { mergeFinding } from '../../src/findings/merge-finding.ts';
import { externalEvent, internalEvent, unusedEvent, type EventOverrides } from '../support/findings/finding-events.ts';
import { apiCallEvent, notification, previewEvent } from '../support/findings/message-shapes.ts';
import { readOne } from '../support/service/read-one.ts';

function detailOf(event: JsonObject): JsonObject {
  const { detail } = event;
  if (!isJsonObject(detail)) throw new Error('the event has no detail');
  return detail;
}

function findingIn(input: unknown): Finding {
  const part = readOne(JSON.stringify(input));
  if (part.kind !== 'finding') throw new Error(JSON.stringify({ ...part, body: '' }));
  return part.finding;
}

const external = (detail: EventOverrides['detail'] = {}): JsonObject => detailOf(externalEvent({ detail }));
const unused = (detail: EventOverrides['detail'] = {}): JsonObject => detailOf(unusedEvent({ detail }));
const internal = (detail: EventOverrides['detail'] = {}): JsonObject => detailOf(internalEvent({ detail }));

/** Fields that only the envelope has. */
const OF_THE_ENVELOPE = ['key', 'analyzerArn', 'observedAt', 'event', 'region'] as const;

function contentOf(finding: Finding): object {
  return Object.fromEntries(Object.entries(finding).filter(([field]) => !OF_THE_ENVELOPE.some((one) => one === field)));
}

test.each([
  ['external', externalEvent()],
  ['unused', unusedEvent()],
  ['internal', internalEvent()],
])('an %s finding: its content, with an unknown analyzer', (kind, event) => {
  const [bare, whole] = [findingIn(detailOf(event)), findingIn(event)];
  expect(contentOf(bare)).toEqual(contentOf(whole));
  expect(bare).toMatchObject({ kind, analyzerArn: 'unknown', key: `unknown|${whole.findingId}` });
  expect(bare.event).toMatchObject({ source: 'aws.access-analyzer', 'detail-type': event['detail-type'], account: '444455556666' });
});

test('written as a JSON text, and in a notification', () => {
  const text = JSON.stringify(external());
  expect(findingIn(text)).toEqual(findingIn(external()));
  expect(readOne(notification(text))).toEqual({ kind: 'finding', finding: findingIn(external()) });
});

test.each<readonly [string, JsonObject, string]>([
  ['a finding id of its own name', { ...external(), id: null, findingId: 'x' }, 'unused'],
  ['counts', external({ numberOfUnusedActions: 0 }), 'unused'],
  ['the type of unused access, by the id that the API uses', { ...external(), findingType: 'UnusedIAMUserPassword' }, 'unused'],
  ['a new type of unused access', { ...external(), findingType: 'UnusedSomething' }, 'unused'],
  ['the type of internal access alone', external({ findingType: 'InternalAccess' }), 'internal'],
  ['how near the principal is', external({ accessType: 'INTRA_ORG' }), 'internal'],
  ['what kind of principal it is', external({ principalType: 'IAM_USER' }), 'internal'],
  ['nothing but external access', external(), 'external'],
  ['the type of external access beside a count', external({ findingType: 'ExternalAccess', numberOfUnusedActions: 1 }), 'external'],
  [
    'the type of external access beside a word of internal access',
    external({ findingType: 'ExternalAccess', accessType: 'x' }),
    'external',
  ],
  ['empty words of the other kinds', external({ accessType: '', numberOfUnusedActions: null }), 'external'],
])('the kind follows from %s', (_, detail, kind) => {
  expect(findingIn(detail).kind).toBe(kind);
});

test('account and Region are those of the resource, and unknown where the detail lacks them', () => {
  const key = 'arn:aws:kms:eu-west-1:777788889999:key/k';
  expect(findingIn(external()).event).toMatchObject({ account: '444455556666', region: 'us-west-2' });
  expect(findingIn(external({ resource: key, accountId: undefined, region: undefined }))).toMatchObject({
    accountId: '777788889999',
    region: 'eu-west-1',
  });
  expect(findingIn(external({ accountId: undefined, region: undefined }))).toMatchObject({ accountId: 'unknown', region: 'unknown' });
  expect(readOne(JSON.stringify(external({ accountId: undefined })), ['444455556666'])).toMatchObject({ because: 'account-not-allowed' });
});

test('its time is that of its last update, so that the same detail is the same observation whenever it comes', () => {
  const first = findingIn(external());
  expect(first.observedAt).toBe(first.updatedAt);
  expect(mergeFinding(first, findingIn(external())).because).toBe('same');
  expect(findingIn(external({ updatedAt: undefined })).updatedAt).toBe('2026-03-01T10:00:30.000000000Z');
  expect(findingIn(external({ updatedAt: undefined, analyzedAt: undefined })).updatedAt).toBe('2026-03-01T10:00:00.000000000Z');
});

test('later details count, as later events do', () => {
  const active = findingIn(external());
  const resolved = findingIn(external({ status: 'RESOLVED', updatedAt: '2026-03-02T10:00:00Z' }));
  expect(mergeFinding(active, resolved)).toMatchObject({ because: 'newer', finding: { status: 'RESOLVED' } });
  expect(mergeFinding(resolved, active)).toMatchObject({ because: 'older', finding: { status: 'RESOLVED' } });
  expect(mergeFinding(active, findingIn(external({ isDeleted: true })))).toMatchObject({ because: 'newer', finding: { deleted: true } });
});

test('an answer of GetFindingV2 is a detail, too', () => {
  const answer = {
    id: 'an-id',
    status: 'ACTIVE',
    resource: 'arn:aws:iam::444455556666:role/Deploy',
    resourceType: 'AWS::IAM::Role',
    resourceOwnerAccount: '444455556666',
    findingType: 'ExternalAccess',
    error: null,
    createdAt: '2026-03-01T10:00:00.905000+00:00',
    updatedAt: '2026-03-01T10:00:00.905000+00:00',
    findingDetails: [{ externalAccessDetails: { principal: { AWS: '*' }, action: ['sts:AssumeRole'], condition: {}, isPublic: true } }],
  };
  expect(findingIn(answer)).toMatchObject({
    kind: 'external',
    findingId: 'an-id',
    accountId: '444455556666',
    isPublic: true,
    principals: [{ kind: 'AWS', value: '*' }],
    actions: ['sts:AssumeRole'],
    event: { account: '444455556666' },
  });
  expect(findingIn({ ...answer, resource: 'arn:aws:s3:::b' }).event.account).toBe('444455556666');
});

test.each<readonly [because: string, path: string, what: string, input: JsonObject]>([
  ['not-a-finding', 'status', 'no status', external({ status: undefined })],
  ['not-a-finding', 'resource', 'no resource', external({ resource: undefined })],
  ['not-a-finding', 'id', 'no id', external({ id: undefined })],
  ['not-a-finding', 'findingId', 'no finding id', unused({ findingId: undefined })],
  ['not-a-finding', 'updatedAt', 'an update that is no time', external({ updatedAt: 'soon' })],
  ['not-a-finding', 'updatedAt', 'no time at all', external({ updatedAt: undefined, analyzedAt: 5, createdAt: 'soon' })],
  ['not-a-finding', 'updatedAt', 'the future', internal({ updatedAt: '2026-11-01T00:10:01Z' })],
  ['not-an-event', '', 'only two of the words of a finding', { status: 'ACTIVE', id: '1' }],
  ['not-an-event', '', 'an answer with the finding inside', { finding: external() }],
  ['not-an-event', '', 'a list of findings', { findings: [external()] }],
])('%s at "%s": %s', (because, path, _, input) => {
  expect(readOne(JSON.stringify(input))).toMatchObject({ kind: 'unreadable', because, path });
});

test.each<readonly [string, JsonObject, string]>([
  ['the state of an access preview', detailOf(previewEvent()), 'access-preview'],
  ['a finding of a preview, which is not there yet', external({ changeType: 'NEW' }), 'access-preview'],
  ['a call to the API', detailOf(apiCallEvent()), 'api-call'],
])('%s is no finding', (_, input, because) => {
  expect(readOne(JSON.stringify(input))).toEqual({ kind: 'ignored', because });
});
