import { NO_ACCOUNT_BOOK } from '../../../src/pipeline/rulebook/account-book.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AdminApp } from '../../../src/admin/admin-app.ts';
import { buildAdminServer, type AdminDeps } from '../../../src/admin/server.ts';
import type { AdminToken } from '../../../src/admin/token-check.ts';
import { createOperations, type Operations } from '../../../src/pipeline/operations/operations.ts';
import { createDismissDeadLetter } from '../../../src/pipeline/admin-actions/dismiss-dead-letter.ts';
import { createExportEvidence } from '../../../src/pipeline/evidence/export-evidence.ts';
import { createReports } from '../../../src/pipeline/reports/create-reports.ts';
import { createPauses } from '../../../src/pipeline/groups/pauses.ts';
import type { FindingRecord } from '../../../src/pipeline/records/finding-record.ts';
import type { Store } from '../../../src/pipeline/ports/store.ts';
import { openEmbeddedStore } from '../../../src/store/embedded-store.ts';
import { parseText } from '../../../src/config/parse-text.ts';
import { renderRulesText } from '../../../src/config/rules-text.ts';
import { createCheckDraft } from '../../../src/pipeline/rule-changes/check-draft.ts';
import type { Preflight } from '../../../src/pipeline/ports/preflight.ts';
import { readMessage } from '../../../src/intake/read-message.ts';
import { createRuleBook, type RuleBook } from '../../../src/pipeline/rulebook/rule-book.ts';
import { createSaveRules } from '../../../src/pipeline/rule-changes/save-rules.ts';
import { createReconcileChanged } from '../../../src/pipeline/rule-changes/reconcile-changed.ts';
import type { ReconcileQueue } from '../../../src/pipeline/ports/reconcile-queue.ts';
import { createYielder } from '../../../src/pipeline/rulebook/yielder.ts';
import { createInProcessQueue } from '../../../src/queue/in-process-queue.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { keepFindings } from '../findings/finding-records.ts';
import { rulesOf } from '../findings/parsed.ts';

/** One token per role. */
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

/** Two rules, so that there is an order. */
const RULES = rulesOf(
  [
    {
      id: 'public',
      match: { detail: { isPublic: [true] } },
      action: 'issue',
      issue: { project: 'PLAT', issueType: 'Bug' },
    },
    { id: 'everything-else', match: { source: ['aws.access-analyzer'] }, action: 'issue', issue: { project: 'SEC', issueType: 'Task' } },
  ],
  {},
);

/** An admin server on a real store, without a port. */
export interface AdminFixture {
  readonly app: AdminApp;
  readonly store: Store;
  readonly operations: Operations;
  readonly queue: ReconcileQueue;
  readonly rules: RuleBook;
  /** Every log line, from debug on. */
  readonly log: readonly string[];
  close(): Promise<void>;
}

/** @param overrides other parts; without `tokens`, there is one for each role */
export async function startAdmin(
  records: readonly FindingRecord[],
  overrides: Partial<AdminDeps & { preflight: Preflight }> = {},
): Promise<AdminFixture> {
  const folder = mkdtempSync(join(tmpdir(), 'f2j-admin-'));
  const own = openEmbeddedStore(folder, { now: () => Date.now(), monotonic: () => performance.now() });
  await keepFindings(own, records);
  const store: Store = overrides.store ?? own;
  const log: string[] = [];
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  const yielder = createYielder(clock);
  const queue = createInProcessQueue({ concurrency: 1, clock, onError: () => undefined });
  const rules = overrides.rules ?? createRuleBook(store, RULES, clock, NO_ACCOUNT_BOOK);
  const ownOperations = createOperations({
    store,
    clock,
    emit: () => undefined,
    owner: 'test',
    soleOwner: true,
    kinds: { 'rules-reconcile': createReconcileChanged({ store, queue, rules, yielder }) },
  });
  const operations = overrides.operations ?? ownOperations;
  const check = createCheckDraft({
    store,
    operations,
    preflight: overrides.preflight ?? { check: async () => [], ends: async () => [] },
    yielder,
    clock,
  });
  const saveRules = createSaveRules({ store, rules, operations, check, rulesExport: null, emit: () => undefined });
  const part = { ok: true, message: 'answers' };
  const app = await buildAdminServer({
    store,
    operations,
    parts: [],
    rules,
    saveRules,
    rulesMode: 'api',
    parseText,
    rulesText: { render: (ruleSet) => renderRulesText(ruleSet, yielder.yieldIfDue) },
    yielder,
    readEvent: (body) => readMessage(body, Date.now(), null),
    evaluate: () => Promise.reject(new Error('There is no Jira here')),
    tokens: ALL_TOKENS,
    oidc: null,
    issueUrl: (key) => `https://site.example/browse/${key}`,
    reconcileNow: async () => null,
    linkIssue: async () => ({ ok: false, because: 'no-such-group' }),
    unlinkIssue: async () => ({ ok: false, because: 'no-such-group' }),
    deadLetterQueues: [],
    doctor: async () => [{ check: 'store-reachable', ok: true, message: 'It answers', advice: null }],
    dismissDeadLetter: createDismissDeadLetter({ store }),
    exportEvidence: createExportEvidence({ store, yielder }),
    reports: createReports({ store, yielder, clock }),
    pauses: createPauses({ store }),
    version: '1.2.3',
    logger: createLogger({ level: 'debug', destination: { write: (line: string) => void log.push(line) } }),
    liveness: () => ({ ok: true, because: 'work makes progress' }),
    readiness: async () => ({ ok: true, parts: { store: part, queue: part, rules: part, jira: part } }),
    metrics: async () => '# nothing\n',
    files: [],
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
        callsPerSecond: { share: 5, of: 10, ceiling: null, because: 'start' },
        retryAfterWindows: [{ scope: 'endpoint', of: 'POST /issue', leftMs: 1_500 }],
      },
      access: { access: 'accepted', since: null, message: 'Jira accepts the token' },
      store: { kind: 'embedded', durability: 'every write is on the disk', trusted: true },
    }),
    ...overrides,
  });
  return {
    app,
    store,
    operations,
    queue,
    rules,
    log,
    async close() {
      await app.close();
      await ownOperations.stop();
      await own.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The header that shows a token. */
export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}
