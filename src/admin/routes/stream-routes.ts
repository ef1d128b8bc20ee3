import { finished, PassThrough } from 'node:stream';
import { Type } from 'typebox';
import { StoreUnavailable } from '../../pipeline/ports/store.ts';
import type { AdminApp } from '../admin-app.ts';
import { RequestRefused } from '../problem.ts';
import { readStatus, type StatusDeps } from './status-routes.ts';

/** How often the status is read for all readers, ms. */
const READ_EVERY_MS = 1_000;

/** Ms without an event after which a comment is sent, so that proxies keep the connection. */
const BEAT_AFTER_MS = 15_000;

/** A stream ends after this many ms and its reader opens it again, so that a token that is no longer valid stops working. */
const MAX_STREAM_MS = 15 * 60_000;

/** When a reader should reconnect, ms. */
const COME_BACK_MS = 2_000;

/** The most readers at the same time. */
const MAX_READERS = 50;

/** The most unread data of a slow reader, bytes. */
const MAX_UNREAD = 256 * 1024;

const Events = Type.String({
  description:
    'Events `status` with the answer of `/api/v1/status`, at once and after every change; events `problem` with a code, while there is no status. The stream ends after 15 minutes: open it again',
});

/** The status as server-sent events. One read of it serves all readers. */
export function addStreamRoutes(app: AdminApp, deps: StatusDeps): void {
  const readers = new Set<PassThrough>();
  let timer: NodeJS.Timeout | null = null;
  let last = '';
  let silentMs = 0;
  let reading = false;

  /** @throws StoreUnavailable */
  async function now(): Promise<string> {
    return event('status', await readStatus(deps));
  }

  /** Also while a read takes long: then there is a comment, and no second read. */
  async function tick(): Promise<void> {
    silentMs += READ_EVERY_MS;
    if (silentMs >= BEAT_AFTER_MS) notifyAll(': still here\n\n');
    if (reading) return;
    reading = true;
    heard(await now().catch((error: unknown) => event('problem', { code: codeOf(error) })));
    reading = false;
  }

  /** Sends a changed status to all readers. */
  function heard(seen: string): void {
    if (seen !== last) notifyAll(seen);
    last = seen;
  }

  function notifyAll(text: string): void {
    silentMs = 0;
    for (const reader of readers) {
      if (reader.writableLength > MAX_UNREAD) reader.destroy();
      else reader.write(text);
    }
  }

  function open(first: string): PassThrough {
    const reader = new PassThrough();
    const ending = setTimeout(() => end(reader), MAX_STREAM_MS);
    readers.add(reader);
    timer ??= setInterval(() => void tick(), READ_EVERY_MS);
    reader.once('close', () => {
      clearTimeout(ending);
      end(reader);
    });
    reader.write(`retry: ${COME_BACK_MS}\n\n${first}`);
    return reader;
  }

  /** Nothing may be written to it from here on, even while earlier data is unread. */
  function end(reader: PassThrough): void {
    readers.delete(reader);
    reader.end();
    if (readers.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  }

  app.addHook('preClose', async () => {
    for (const reader of readers) end(reader);
  });

  const schema = {
    tags: ['status'],
    summary: 'The status of the service, as it changes',
    operationId: 'streamStatus',
    response: { 200: { description: 'Server-sent events', content: { 'text/event-stream': { schema: Events } } } },
  };
  app.get(
    '/api/v1/stream',
    { schema, exposeHeadRoute: false, config: { access: 'viewer', problems: ['too-many-streams'] } },
    async (_request, reply) => {
      const first = await now();
      if (readers.size >= MAX_READERS) {
        throw new RequestRefused('too-many-streams', `${MAX_READERS} readers are connected already`, { retryAfterS: 60 });
      }
      heard(first);
      const reader = open(first);
      reply.type('text/event-stream; charset=utf-8').header('x-accel-buffering', 'no');
      // Takes the answer away from the framework, whose time limit would end the stream.
      reply.hijack();
      for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) reply.raw.setHeader(name, value);
      finished(reply.raw, () => reader.destroy());
      // A slow reader that is cut off must not be left waiting on an open connection.
      reader.once('close', () => void (reader.readableEnded || reply.raw.destroy()));
      reader.pipe(reply.raw);
    },
  );
}

function event(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

function codeOf(error: unknown): string {
  return error instanceof StoreUnavailable ? error.code : 'internal';
}
