import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readMessage, type ReadMessage } from '../../src/intake/read-message.ts';
import { externalEvent, internalEvent, unusedEvent, type EventOverrides } from '../support/finding-events.ts';
import { seededRandom } from '../../src/sandbox/seeded-random.ts';

const NOW = Date.parse('2026-11-01T00:00:00Z');

const read = (body: string, allowed: readonly string[] | null = null): ReadMessage =>
  readMessage(body, NOW, allowed === null ? null : new Set(allowed));
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
  ['Access Preview State Change', 'access-preview'],
  ['AWS API Call via CloudTrail', 'api-call'],
])('%s is not wanted', (detailType, because) => {
  expect(read(JSON.stringify({ source: 'aws.access-analyzer', 'detail-type': detailType, detail: {} }))).toEqual({
    kind: 'ignored',
    because,
  });
});

test.each<readonly [because: string, path: string, what: string, body: string]>([
  ['not-json', '', 'nothing', ''],
  ['not-json', '', 'a word', 'hello'],
  ['not-json', '', 'a body that was cut', body().slice(0, -1)],
  ['not-json', '', 'JSON with a byte order mark', `\ufeff${body()}`],
  ['not-json', '', 'two events', body() + body()],
  ['not-an-event', '', 'null', 'null'],
  ['not-an-event', '', 'a number', '5'],
  ['not-an-event', '', 'a text with an event in it', JSON.stringify(body())],
  ['not-an-event', '', 'a list of events', `[${body()}]`],
  ['not-an-event', '', 'an empty object', '{}'],
  ['not-an-event', '', 'a notification of SNS', JSON.stringify({ Type: 'Notification', Message: body() })],
  ['not-an-event', '', 'the detail alone', JSON.stringify(externalEvent()['detail'])],
  ['not-an-event', '', 'a detail that is a list', body().replace(/"detail":\{.*\}\}$/, '"detail":[]}')],
  ['not-an-event', '', 'a source that is no text', body({ source: 5 })],
  ['foreign-source', 'source', 'another service', body({ source: 'aws.securityhub' })],
  ['foreign-source', 'source', 'the test source', body({ source: 'aws.access-analyzer-test' })],
  ['unknown-detail-type', 'detail-type', 'a new detail-type', body({ 'detail-type': 'Quantum Access Finding' })],
  ['unknown-detail-type', 'detail-type', 'no detail-type', body({ 'detail-type': undefined })],
  ['unknown-detail-type', 'detail-type', 'a part of every object', body({ 'detail-type': 'constructor' })],
  ['unknown-detail-type', 'detail-type', '__proto__', body({ 'detail-type': '__proto__' })],
  ['not-a-finding', 'detail.status', 'no status', body({ detail: { status: undefined } })],
  ['not-a-finding', 'detail.id', 'no id', body({ detail: { id: undefined } })],
  ['not-a-finding', 'detail.updatedAt', 'the future', body({ detail: { updatedAt: '2026-11-01T00:10:01Z' } })],
])('%s at "%s": %s', (because, path, _, message) => {
  expect(read(message)).toMatchObject({ kind: 'unreadable', because, path });
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

test('no reason ever holds what the message said', () => {
  for (const message of [
    'SECRET',
    body({ source: 'SECRET' }),
    body({ 'detail-type': 'SECRET' }),
    body({ detail: { status: 'SECRET', updatedAt: 'SECRET' } }),
    body({ time: 'SECRET' }),
  ]) {
    const said = read(message);
    expect(said.kind).toBe('unreadable');
    expect(JSON.stringify(said)).not.toContain('SECRET');
  }
});

const MUTATIONS: readonly ((text: string, random: () => number) => string)[] = [
  (text, random) => text.slice(0, random() * text.length),
  (text, random) => text.slice(random() * text.length),
  (text, random) => replaceAt(text, random, String.fromCharCode(random() * 0xffff)),
  (text, random) =>
    replaceAt(text, random, pick(random, ['{', '}', '[', ']', '"', ',', ':', '\\', '\u0000', '1e999', 'null', '-', '\ud800'])),
  (text, random) =>
    text.replaceAll(
      pick(random, ['ACTIVE', 'aws', ':', '2026', 'detail', 'id', '"', 'arn', 'true', '[]', '{}']),
      pick(random, ['', '"', 'null', '[[', '🪣', '__proto__', '9'.repeat(400)]),
    ),
  (text, random) =>
    replaceValue(text, random, pick(random, [null, true, 0, -1, 1e308, '', 'x'.repeat(5_000), [], {}, [[]], { a: { b: [1] } }])),
  (text, random) => text + text.slice(random() * text.length),
];

function pick<T>(random: () => number, from: readonly [T, ...T[]]): T {
  return from[Math.floor(random() * from.length)] ?? from[0];
}

function replaceAt(text: string, random: () => number, by: string): string {
  const at = Math.floor(random() * text.length);
  return text.slice(0, at) + by + text.slice(at + 1);
}

/** Puts a value in place of any of those in the event. */
function replaceValue(text: string, random: () => number, value: unknown): string {
  let places = 0;
  try {
    JSON.parse(text, (_, found) => ((places += 1), found));
    const chosen = Math.floor(random() * places);
    places = 0;
    return JSON.stringify(JSON.parse(text, (_, found) => (places++ === chosen ? value : found))) ?? '';
  } catch {
    return text;
  }
}

test('2,000 spoilt events: each is read or refused, and nothing is thrown', () => {
  const random = seededRandom(20_261_101);
  const kinds = new Map<string, number>();
  for (let round = 0; round < 2_000; round += 1) {
    let message = JSON.stringify(pick(random, [externalEvent(), unusedEvent(), internalEvent()]));
    for (let times = 1 + Math.floor(random() * 3); times > 0; times -= 1) {
      message = (MUTATIONS[Math.floor(random() * MUTATIONS.length)] ?? ((text) => text))(message, random);
    }
    const said = read(message);
    const kind = said.kind === 'unreadable' ? said.because : said.kind;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    expect(said.kind === 'unreadable' ? said.path.length + said.message.length : 0).toBeLessThan(500);
  }
  // The mutations are worth something only while they reach every way through the reader.
  for (const kind of ['finding', 'not-json', 'not-an-event', 'not-a-finding', 'foreign-source', 'unknown-detail-type'])
    expect(kinds.get(kind) ?? 0).toBeGreaterThan(10);
});

const SAMPLES = new URL('../../../shared/events/', import.meta.url);
const present = existsSync(SAMPLES);
if (!present) console.warn('Skipped: the folder of official AWS samples (../shared/events) is absent');

describe.skipIf(!present)('official AWS samples', () => {
  const OTHERS = 'not-an-event';
  const expected: Readonly<Record<string, string>> = {
    'aws-docs__eb-external-s3-cross-account-active.json': 'finding',
    'aws-docs__eb-external-s3-error-access-denied.json': 'finding',
    'aws-docs__eb-internal-s3-intra-account-active.json': 'finding',
    'aws-docs__eb-internal-s3-error-access-denied.json': 'foreign-source',
    'aws-docs__eb-unused-permission-role-active.json': 'finding',
    'aws-docs__eb-unused-role-error-internal.json': 'finding',
    'aws-docs__eb-access-preview-creating.json': 'access-preview',
    'aws-docs__eb-access-preview-completed.json': 'access-preview',
    'aws-docs__eb-access-preview-failed.json': 'access-preview',
    'aws-docs-2019__eb-external-envelope-minimal.json': 'not-a-finding',
  };

  test('each is what it is, and what is no event is refused', () => {
    const names = readdirSync(SAMPLES).filter((name) => name.endsWith('.json'));
    expect(names.length).toBeGreaterThan(20);
    for (const name of names) {
      const said = read(readFileSync(new URL(name, SAMPLES), 'utf8'));
      expect([name, said.kind === 'finding' ? said.kind : said.because]).toEqual([name, expected[name] ?? OTHERS]);
    }
  });
});
