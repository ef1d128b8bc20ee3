import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readBody } from '../../src/admin/read-body.ts';
import { bearer, startAdmin, TOKENS, type AdminFixture } from '../support/admin/admin-server.ts';
import { externalEvent } from '../support/findings/finding-events.ts';
import { range } from '../support/findings/findings-by-number.ts';
import { until } from '../support/until.ts';

const EVALUATE = '/api/v1/rules/evaluate';
const LONG = ' '.repeat(40_000);

async function open(overrides: Parameters<typeof startAdmin>[1] = {}): Promise<AdminFixture> {
  const admin = await startAdmin([], overrides);
  onTestFinished(() => admin.close());
  return admin;
}

type Role = keyof typeof TOKENS;

/** A request whose body is sent as it is. */
async function send(
  admin: AdminFixture,
  body: string | Readable,
  { role = 'operator', type = 'application/json' }: { role?: Role; type?: string } = {},
) {
  const answer = await admin.app.inject({
    url: EVALUATE,
    method: 'POST',
    headers: { ...bearer(TOKENS[role]), 'content-type': type },
    payload: body,
  });
  return { status: answer.statusCode, code: answer.json().code, retryAfter: answer.headers['retry-after'] };
}

/** Sends a body, or its beginning, over a connection of its own. */
async function sendOverSocket(port: number, body: string, length: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  const head = `POST ${EVALUATE} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${TOKENS.operator}\r\n`;
  socket.write(`${head}content-type: application/json\r\ncontent-length: ${length}\r\n\r\n${body}`);
  await once(socket, 'connect');
  return socket;
}

async function portOf({ app }: AdminFixture): Promise<number> {
  return Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
}

describe('who may send what', () => {
  test.each<[string, string, string]>([
    [
      'without the role of the route',
      `PUT /api/v1/rules HTTP/1.1\r\nauthorization: Bearer ${TOKENS.viewer}\r\ncontent-type: application/json`,
      '403',
    ],
    ['without a token', 'PUT /api/v1/rules HTTP/1.1\r\ncontent-type: application/json', '401'],
    ['a viewer with YAML', `POST ${EVALUATE} HTTP/1.1\r\nauthorization: Bearer ${TOKENS.viewer}\r\ncontent-type: application/yaml`, '403'],
    [
      'a viewer with more than 256 KB',
      `POST ${EVALUATE} HTTP/1.1\r\nauthorization: Bearer ${TOKENS.viewer}\r\ncontent-type: application/json`,
      '413',
    ],
  ])('%s is refused before the body is read', async (_, head, status) => {
    const admin = await open();
    const socket = connect(await portOf(admin), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    // Not one byte of the body is sent.
    socket.write(`${head}\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-length: 300000\r\n\r\n`);
    expect(await text(socket)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  test('a length that the header does not say is measured', async () => {
    const admin = await open();
    const chunks = range(30).map(() => Buffer.alloc(10_000, ' '));
    expect(await send(admin, Readable.from(chunks), { role: 'viewer' })).toMatchObject({ status: 413, code: 'body-too-large' });
    expect(await send(admin, Readable.from(chunks))).toMatchObject({ status: 400, code: 'invalid-request' });
  });

  test('a body that ends early is given up', async () => {
    let reading: Promise<string> | null = null;
    const server = createServer((request) => void (reading = readBody(request, 1_000)));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    const address = server.address();
    const socket = connect(typeof address === 'object' ? (address?.port ?? 0) : 0, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 500\r\n\r\n{');
    await until(() => reading !== null, 'the request has arrived');
    socket.destroy();
    await expect(reading).rejects.toMatchObject({ code: 'invalid-request' });
  });
});

describe('a body is refused before it costs much', () => {
  test.each<[string, string, number, string]>([
    ['an event nested a million times', `{"event": ${'['.repeat(1_000_000)}`, 422, 'body-too-complex'],
    ['a short one that is too deep', `{"event": ${'['.repeat(101)}${']'.repeat(101)}}`, 422, 'body-too-complex'],
    ['deep rules', `{"rules": ${'{"a":'.repeat(200)}1${'}'.repeat(200)}}`, 422, 'body-too-complex'],
    ['more values than any rules have', `{"event": [${'{},'.repeat(600_000)}{}]}`, 422, 'body-too-complex'],
    ['no JSON', '{"event": ', 400, 'invalid-request'],
    ['nothing', ' ', 400, 'invalid-request'],
    ['the name of a prototype', '{"event": {"__proto__": {}}}', 400, 'invalid-request'],
    ['the same with escapes', '{"event": {"__prot\\u006f__": {}}}', 400, 'invalid-request'],
    ['the prototype of a constructor', `{"event": {"constructor": {"prototype": {}}}}${LONG}`, 400, 'invalid-request'],
    ['an event that no queue could carry', JSON.stringify({ event: 'x'.repeat(1_100_000) }), 422, 'event-unreadable'],
  ])('%s', async (_, body, status, code) => {
    expect(await send(await open(), body)).toMatchObject({ status, code });
  });

  test.each<[string, string, string]>([
    ['nested', '['.repeat(3_000), 'rules-invalid'],
    ['nested less', `${'['.repeat(150)}${']'.repeat(150)}`, 'body-too-complex'],
    ['of a size that takes too much memory', `- ${'[{}, {}, {}]\n- '.repeat(300_000)}1`, 'body-too-complex'],
  ])('YAML %s', async (_, body, code) => {
    expect(await send(await open(), body, { type: 'application/yaml' })).toMatchObject({ status: 422, code });
  });
});

describe('long bodies', () => {
  test('are worked on two at a time; others are told to try again', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    let waiting = 0;
    const admin = await open({
      evaluate: async () => {
        waiting += 1;
        await gate;
        throw new Error('There is no Jira here');
      },
    });
    const body = JSON.stringify({ event: externalEvent() });
    const long = [send(admin, body + LONG), send(admin, body + LONG)];
    await until(() => waiting === 2, 'two long bodies are being worked on');
    expect(await send(admin, body + LONG)).toEqual({ status: 429, code: 'too-many-long-bodies', retryAfter: '1' });
    expect(await send(admin, `a: ${LONG}`, { type: 'application/yaml' })).toMatchObject({ status: 429 });
    // A short one is not held up.
    const short = send(admin, body);
    await until(() => waiting === 3, 'a short one is being worked on');
    release();
    expect((await Promise.all([...long, short])).map(({ status }) => status)).toEqual([500, 500, 500]);
    expect((await send(admin, body + LONG)).status).toBe(500);
  });

  test('that are refused, or whose client has gone, make room', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    let waiting = 0;
    const admin = await open({
      evaluate: async () => {
        waiting += 1;
        await gate;
        throw new Error('There is no Jira here');
      },
    });
    for (const _ of range(5)) expect((await send(admin, `{${LONG}`)).status).toBe(400);
    const body = JSON.stringify({ event: externalEvent() }) + LONG;
    const port = await portOf(admin);
    const clients = await Promise.all(range(2).map(() => sendOverSocket(port, body, body.length)));
    await until(() => waiting === 2, 'two long bodies are being worked on');
    const closed = clients.map((client) => once(client.destroy(), 'close'));
    await Promise.all(closed);
    // Their work goes on, and takes its memory until it ends.
    expect(await send(admin, body)).toMatchObject({ status: 429 });
    release();
    await until(async () => (await send(admin, body)).status === 500, 'there is room again');
  });

  test('of more than 256 KB count while they are read', async () => {
    const admin = await open();
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    let waiting = 0;
    async function* slow(): AsyncGenerator<Buffer> {
      for (const _ of range(60)) yield Buffer.alloc(10_000, ' ');
      waiting += 1;
      await gate;
    }
    const two = range(2).map(() => send(admin, Readable.from(slow())));
    await until(() => waiting === 2, 'two of them are being read');
    expect(await send(admin, Readable.from(slow()))).toMatchObject({ status: 429, code: 'too-many-long-bodies' });
    const announced = await sendOverSocket(await portOf(admin), '', 300_000);
    const [answer] = await once(announced, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1.1 429 /);
    release();
    expect((await Promise.all(two)).map(({ status }) => status)).toEqual([400, 400]);
    expect(await send(admin, Buffer.alloc(300_000, ' ').toString())).toMatchObject({ status: 400 });
  });
});
