import { expect, test } from 'vitest';
import { externalEvent, internalEvent, unusedEvent, type EventOverrides } from '../support/findings/finding-events.ts';
import { apiCallEvent, previewEvent } from '../support/findings/message-shapes.ts';
import { readOne as read } from '../support/service/read-one.ts';

const body = (overrides: EventOverrides = {}): string => JSON.stringify(externalEvent(overrides));

test.each([
  ['external', externalEvent()],
  ['unused', unusedEvent()],
  ['internal', internalEvent()],
])('an %s finding', (kind, event) => {
  expect(read(JSON.stringify(event))).toMatchObject({ kind: 'finding', finding: { kind } });
});

test('spaces and line breaks between the words of JSON do not count', () => {
  expect(read(` \n${JSON.stringify(externalEvent(), null, 4)}\r\n`)).toMatchObject({ kind: 'finding' });
});

test.each([
  ['an access preview', previewEvent(), 'access-preview'],
  ['a call to the API', apiCallEvent(), 'api-call'],
])('%s is not wanted, whatever it says', (_, event, because) => {
  expect(read(JSON.stringify(event))).toEqual({ kind: 'ignored', because });
  expect(read(JSON.stringify({ ...event, detail: {} }))).toEqual({ kind: 'ignored', because });
});

test.each<readonly [because: string, path: string, what: string, body: string]>([
  ['not-json', '', 'nothing', ''],
  ['not-json', '', 'a word', 'hello'],
  ['not-json', '', 'a body that was cut', body().slice(0, -1)],
  ['not-json', '', 'JSON with a byte order mark', `\ufeff${body()}`],
  ['not-json', '', 'two events', body() + body()],
  ['not-an-event', '', 'null', 'null'],
  ['not-an-event', '', 'a number', '5'],
  ['not-an-event', '', 'a list of events', `[${body()}]`],
  ['not-an-event', '', 'an empty object', '{}'],
  ['not-an-event', '', 'a detail that is a list', body().replace(/"detail":\{.*\}\}$/, '"detail":[]}')],
  ['not-an-event', '', 'a source that is no text', body({ source: 5 })],
  ['foreign-source', 'source', 'another service', body({ source: 'aws.guardduty' })],
  ['foreign-source', 'source', 'a part of every object', body({ source: '__proto__' })],
  ['test-source', 'source', 'the test source', body({ source: 'aws.access-analyzer-test' })],
  ['test-source', 'resources', 'a beta', body({ analyzerArn: 'arn:aws:access-analyzer-beta:us-west-2:111122223333:analyzer/x' })],
  ['test-source', 'resources', 'a beta elsewhere', body({ analyzerArn: 'arn:aws-cn:access-analyzer-beta:cn-north-1:1:analyzer/x' })],
  ['unknown-detail-type', 'detail-type', 'an event of a finding from another service', body({ source: 'aws.securityhub' })],
  ['unknown-detail-type', 'detail-type', 'a new detail-type', body({ 'detail-type': 'Quantum Access Finding' })],
  ['unknown-detail-type', 'detail-type', 'no detail-type', body({ 'detail-type': undefined })],
  ['unknown-detail-type', 'detail-type', 'a part of every object', body({ 'detail-type': 'constructor' })],
  ['unknown-detail-type', 'detail-type', '__proto__', body({ 'detail-type': '__proto__' })],
  ['not-a-finding', 'detail.status', 'no status', body({ detail: { status: undefined } })],
  ['not-a-finding', 'detail.id', 'no id', body({ detail: { id: undefined } })],
  ['not-a-finding', 'detail.updatedAt', 'the future', body({ detail: { updatedAt: '2026-11-01T00:10:01Z' } })],
])('%s at "%s": %s', (because, path, _, message) => {
  expect(read(message)).toMatchObject({ kind: 'unreadable', because, path, body: message });
});

test.each([
  'arn:aws-cn:access-analyzer:cn-north-1:111122223333:analyzer/x',
  'arn:aws-us-gov:access-analyzer:us-gov-west-1:111122223333:analyzer/x',
  'arn:aws-iso-b:access-analyzer:us-isob-east-1:111122223333:analyzer/x',
])('every partition is accepted: %s', (analyzerArn) => {
  expect(read(body({ analyzerArn }))).toMatchObject({ kind: 'finding', finding: { analyzerArn } });
});

test('only allowed accounts, by the owner of the resource and not by the analyzer', () => {
  expect(read(body(), ['444455556666'])).toMatchObject({ kind: 'finding' });
  expect(read(body(), ['111122223333'])).toMatchObject({ kind: 'unreadable', because: 'account-not-allowed', path: 'detail.accountId' });
  expect(read(body(), [])).toMatchObject({ because: 'account-not-allowed' });
});

test('an event of 1 MB is read', () => {
  const big = body({ detail: { action: Array.from({ length: 24_000 }, (_, index) => `service-number-${index}:DoSomethingVeryLong`) } });
  expect(big.length).toBeGreaterThan(900_000);
  expect(read(big)).toMatchObject({ kind: 'finding' });
});

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

test('64 levels are read, 65 are not, and a million end nothing', () => {
  const at = (levels: number): string => body().replace('"detail":{', `"detail":{"more":${nested(levels - 2)},`);
  expect(read(at(64))).toMatchObject({ kind: 'finding' });
  expect(read(at(65))).toMatchObject({ kind: 'unreadable', because: 'too-deep' });
  expect(read(at(1_000_000))).toMatchObject({ because: 'too-deep' });
  expect(read('{"a":'.repeat(1_000_000))).toMatchObject({ because: 'too-deep' });
});

test('brackets inside texts do not count, whatever is escaped', () => {
  for (const text of [nested(500), '{'.repeat(500), `\\"${nested(500)}`, `"${nested(500)}\\`, '\\\\"[[[['.repeat(50)]) {
    expect(read(body({ detail: { more: text } }))).toMatchObject({ kind: 'finding' });
  }
});

test('siblings are not levels', () => {
  expect(read(body({ detail: { more: Array.from({ length: 1_000 }, () => [{}]) } }))).toMatchObject({ kind: 'finding' });
});

test('__proto__ is a field like any other, at every level', () => {
  const message = body().replace('{', '{"__proto__":{"source":"x"},').replace('"detail":{', '"detail":{"__proto__":{"status":"RESOLVED"},');
  expect(read(message)).toMatchObject({ kind: 'finding', finding: { status: 'ACTIVE' } });
  expect(read('{"__proto__":{"source":"aws.access-analyzer","detail-type":"Access Analyzer Finding","detail":{}}}')).toMatchObject({
    because: 'not-an-event',
  });
  expect(({} as Record<string, unknown>)['status']).toBeUndefined();
});

test('no reason ever holds content of the message', () => {
  for (const message of [
    'SECRET',
    body({ source: 'SECRET' }),
    body({ 'detail-type': 'SECRET' }),
    body({ detail: { status: 'SECRET', updatedAt: 'SECRET' } }),
    body({ time: 'SECRET' }),
  ]) {
    const result = read(message);
    expect(result.kind).toBe('unreadable');
    expect(JSON.stringify({ ...result, body: '' })).not.toContain('SECRET');
  }
});
