import { once } from 'node:events';
import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { AdminDeps } from '../../../src/admin/server.ts';
import { StoreUnavailable } from '../../../src/pipeline/ports/store.ts';
import { bearer, startAdmin, TOKENS, type AdminFixture } from '../../support/admin/admin-server.ts';
import { until } from '../../support/until.ts';

interface Reader {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Everything that came so far. */
  text(): string;
  /** True when the other side has ended it. */
  ended(): boolean;
  /** Leaves unread from here on what comes. */
  pause(): void;
  close(): void;
}

/** The server on a port of its own, and readers of its stream. */
async function listening(overrides: Partial<AdminDeps> = {}): Promise<{ admin: AdminFixture; open(): Promise<Reader> }> {
  const admin = await startAdmin([], overrides);
  const closed = { is: false };
  const address = await admin.app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    if (!closed.is) await admin.close();
  });
  const fixture = {
    ...admin,
    close: async () => {
      closed.is = true;
      await admin.close();
    },
  };
  return {
    admin: fixture,
    async open() {
      // A connection of its own: a pool would open another one in its place when it is cut.
      const asked = get(`${address}/api/v1/stream`, { headers: bearer(TOKENS.viewer), agent: false });
      onTestFinished(() => void asked.destroy());
      const [response]: IncomingMessage[] = await once(asked, 'response');
      if (response === undefined) throw new Error('There is no answer');
      let [text, ended] = ['', false];
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      for (const how of ['end', 'error'] as const) response.once(how, () => (ended = true));
      return {
        status: response.statusCode ?? 0,
        headers: response.headers,
        text: () => text,
        ended: () => ended,
        pause: () => void response.pause(),
        close: () => void asked.destroy(),
      };
    },
  };
}

const facts = (queueDepth: number): Awaited<ReturnType<AdminDeps['status']>> => ({
  startedAt: 0,
  mode: 'live',
  queueDepth,
  queues: [],
  access: { access: 'accepted', since: null, message: '' },
  governor: { inFlight: 0, waiting: 0, callsPerSecond: { share: 0, of: 10, ceiling: null, because: 'start' }, retryAfterWindows: [] },
  store: { kind: 'embedded', durability: 'as it is', trusted: true },
});

const depthsIn = (text: string): string[] => [...text.matchAll(/"queueDepth":(\d+)/g)].map(([, depth = '']) => depth);
const depths = (reader: Reader): string[] => depthsIn(reader.text());

describe('the stream', () => {
  test('begins with the status, and sends it again when it changes, for longer than an answer may take', { timeout: 30_000 }, async () => {
    const now = { depth: 1 };
    const { open } = await listening({ status: async () => facts(now.depth) });
    const reader = await open();
    expect(reader.status).toBe(200);
    expect(reader.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(reader.headers['cache-control']).toBe('no-store');
    expect(reader.headers['x-content-type-options']).toBe('nosniff');
    await until(() => depths(reader).length === 1, 'it sends the status');
    expect(reader.text()).toMatch(/^retry: \d+\n\nevent: status\ndata: \{.*\}\n\n$/);
    for (const depth of [2, 3, 4]) {
      now.depth = depth;
      await until(() => depths(reader).at(-1) === String(depth), `it says ${depth}`);
    }
    expect(reader.ended()).toBe(false);
  });

  test('reads the status once for all readers, and not at all without readers', async () => {
    let looks = 0;
    const { open } = await listening({
      status: async () => {
        looks += 1;
        return facts(looks);
      },
    });
    const readers = [await open(), await open(), await open()];
    const opened = looks;
    await until(() => readers.every((reader) => Number(depths(reader).at(-1)) >= opened + 2), 'all have received two more');
    expect(looks).toBeLessThanOrEqual(opened + 3);
    expect(readers.map((reader) => depths(reader).slice(-2))).toEqual(readers.map(() => [String(looks - 1), String(looks)]));
    for (const reader of readers) reader.close();
    // The next read finds no reader, and is the last one.
    const before = looks;
    const late = await open();
    await until(() => depths(late).length === 1, 'the late reader has the status');
    expect(looks).toBeLessThanOrEqual(before + 2);
  });

  test('says so while the store is away, and goes on when it is back', async () => {
    const now = { away: false };
    const { open } = await listening({
      status: async () => {
        if (now.away) throw new StoreUnavailable('gone');
        return facts(1);
      },
    });
    const reader = await open();
    now.away = true;
    await until(() => reader.text().includes('event: problem\ndata: {"code":"store-unavailable"}\n\n'), 'it says so');
    now.away = false;
    await until(() => depths(reader).length === 2, 'it sends the status again');
  });

  test('is refused with a problem while there is no status', async () => {
    const { open } = await listening({
      status: async () => {
        throw new StoreUnavailable('gone');
      },
    });
    const reader = await open();
    expect(reader.status).toBe(503);
    await until(() => reader.ended(), 'it has ended');
    expect(JSON.parse(reader.text())).toMatchObject({ code: 'store-unavailable' });
  });

  test('has at most fifty readers', async () => {
    const { open } = await listening({ status: async () => facts(1) });
    const readers = await Promise.all(Array.from({ length: 50 }, () => open()));
    expect(readers.every(({ status }) => status === 200)).toBe(true);
    const refused = await open();
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '60']);
    readers[0]?.close();
    await until(async () => (await open()).status === 200, 'there is room again');
  });

  test('is sent at most once a second, however often the status changes', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    let depth = 0;
    const { open } = await listening({ status: async () => facts((depth += 1)) });
    const reader = await open();
    await vi.advanceTimersByTimeAsync(999);
    for (let second = 2; second <= 5; second += 1) {
      await vi.advanceTimersByTimeAsync(1_000);
      await until(() => depths(reader).at(-1) === String(second), 'the next one has come');
    }
    expect(depths(reader)).toEqual(['1', '2', '3', '4', '5']);
  });

  test('has comments also while the status takes long to read', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    let reads = 0;
    const { open } = await listening({
      status: () => {
        reads += 1;
        return reads === 1 ? Promise.resolve(facts(1)) : new Promise(() => {});
      },
    });
    const reader = await open();
    await vi.advanceTimersByTimeAsync(31_000);
    await until(() => reader.text().split(': still here\n\n').length === 3, 'two comments have come');
    expect(reads).toBe(2);
  });

  test(
    'cuts off a reader that does not read, so that its unread data stays small, and goes on for the others',
    { timeout: 30_000 },
    async () => {
      vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
      onTestFinished(() => void vi.useRealTimers());
      let depth = 0;
      const version = 'x'.repeat(3_000_000);
      const { admin, open } = await listening({ version, status: async () => facts((depth += 1)) });
      const connections = promisify(admin.app.server.getConnections.bind(admin.app.server));
      const slow = await open();
      slow.pause();
      const quick = await open();
      expect(await connections()).toBe(2);
      // The sockets take some megabytes before the service notices.
      for (let seconds = 0; (await connections()) === 2 && seconds < 12; seconds += 1) {
        const before = depths(quick).at(-1);
        await vi.advanceTimersByTimeAsync(1_000);
        await until(() => depths(quick).at(-1) !== before, 'the other reader has the next one');
      }
      expect([await connections(), quick.ended()]).toEqual([1, false]);
    },
  );

  test('ends when the server closes', async () => {
    const { admin, open } = await listening({ status: async () => facts(1) });
    const reader = await open();
    await admin.close();
    await until(() => reader.ended(), 'it has ended');
    expect(depths(reader)).toEqual(['1']);
  });

  test('sends a heartbeat while nothing changes, and ends after a quarter of an hour', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const admin = await startAdmin([], { status: async () => facts(1) });
    const answer = await admin.app.inject({ url: '/api/v1/stream', headers: bearer(TOKENS.viewer), payloadAsStream: true });
    let [text, ended] = ['', false];
    answer
      .stream()
      .on('data', (chunk: Buffer) => (text += chunk.toString()))
      .on('end', () => (ended = true));
    const beats = (): number => text.split(': still here\n\n').length - 1;
    await vi.advanceTimersByTimeAsync(14_000);
    expect(beats()).toBe(0);
    await vi.advanceTimersByTimeAsync(16_000);
    expect([depthsIn(text).length, beats(), ended]).toEqual([1, 2, false]);
    await vi.advanceTimersByTimeAsync(14 * 60_000);
    expect([ended, beats() > 50]).toEqual([false, true]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ended).toBe(true);
    // A stream that is not read to its end gets nothing more.
    const unread = await admin.app.inject({ url: '/api/v1/stream', headers: bearer(TOKENS.viewer), payloadAsStream: true });
    await vi.advanceTimersByTimeAsync(16 * 60_000);
    unread.stream().destroy();
    vi.useRealTimers();
    await admin.close();
  });
});
