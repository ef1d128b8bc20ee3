import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AdminApp } from '../../src/admin/admin-app.ts';
import { buildAdminServer, type AdminDeps } from '../../src/admin/server.ts';
import type { AdminToken } from '../../src/admin/token-check.ts';
import { createOperations, type Operations } from '../../src/pipeline/operations.ts';
import { createPauses } from '../../src/pipeline/pauses.ts';
import type { FindingRecord } from '../../src/pipeline/collections.ts';
import type { Store } from '../../src/pipeline/store.ts';
import { openEmbeddedStore } from '../../src/store/embedded-store.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { keepFindings } from './finding-records.ts';

/** One token a role. */
export const TOKENS = {
  viewer: 'viewer-token-0123456789',
  operator: 'operator-token-0123456789',
  admin: 'admin-token-0123456789',
} as const;

const ALL_TOKENS: readonly AdminToken[] = [
  { name: 'vera', role: 'viewer', token: TOKENS.viewer },
  { name: 'otto', role: 'operator', token: TOKENS.operator },
  { name: 'anna', role: 'admin', token: TOKENS.admin },
];

/** An admin server on a real store, without a port. */
export interface AdminFixture {
  readonly app: AdminApp;
  readonly store: Store;
  readonly operations: Operations;
  /** Every log line, from debug on. */
  readonly log: readonly string[];
  close(): Promise<void>;
}

/** @param overrides what differs; without `tokens`, there is one for each role */
export async function startAdmin(records: readonly FindingRecord[], overrides: Partial<AdminDeps> = {}): Promise<AdminFixture> {
  const folder = mkdtempSync(join(tmpdir(), 'f2j-admin-'));
  const store: Store = openEmbeddedStore(folder, { now: () => Date.now(), monotonic: () => performance.now() });
  await keepFindings(store, records);
  const log: string[] = [];
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  const operations = createOperations({
    store,
    clock,
    trust: { ensure: async () => undefined },
    tell: () => undefined,
    owner: 'test',
    soleOwner: true,
    kinds: {},
  });
  const part = { ok: true, message: 'answers' };
  const app = await buildAdminServer({
    store,
    operations,
    tokens: ALL_TOKENS,
    oidc: null,
    issueUrl: (key) => `https://site.example/browse/${key}`,
    settleNow: async () => null,
    linkIssue: async () => ({ ok: false, because: 'no-such-group' }),
    unlinkIssue: async () => ({ ok: false, because: 'no-such-group' }),
    deadLetterQueues: [],
    pauses: createPauses({ store, trust: { ensure: async () => undefined } }),
    version: '1.2.3',
    logger: createLogger({ level: 'debug', destination: { write: (line: string) => void log.push(line) } }),
    liveness: () => ({ ok: true, because: 'work makes progress' }),
    readiness: async () => ({ ok: true, parts: { store: part, queue: part, rules: part, jira: part } }),
    metrics: async () => '# nothing\n',
    status: async () => ({
      startedAt: 0,
      mode: 'live',
      queueDepth: 3,
      queues: [
        { url: 'http://queue/one', attributes: { waiting: 7, inFlight: 1 } },
        { url: 'http://queue/two', attributes: null },
      ],
      governor: {
        inFlight: 1,
        waiting: 2,
        callsPerSecond: { share: 5, of: 10 },
        paused: [{ scope: 'endpoint', of: 'POST /issue', leftMs: 1_500 }],
      },
      store: { kind: 'embedded', durability: 'every write is on the disk', trusted: true },
    }),
    ...overrides,
  });
  return {
    app,
    store,
    operations,
    log,
    async close() {
      await app.close();
      await operations.stop();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The header that shows a token. */
export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}
