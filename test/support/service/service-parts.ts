import { setTimeout as sleep } from 'node:timers/promises';
import type { Finding } from '../../../src/findings/finding.ts';
import { parseFinding } from '../../../src/findings/parse-finding.ts';
import type { JsonObject } from '../../../src/findings/json.ts';
import { createJiraTracker } from '../../../src/jira/jira-tracker.ts';
import { createAcceptFinding, type AcceptFinding } from '../../../src/pipeline/accept/accept-finding.ts';
import type { Clock } from '../../../src/pipeline/ports/clock.ts';
import { FINDINGS, GROUPS } from '../../../src/pipeline/records/collections.ts';
import type { FindingRecord } from '../../../src/pipeline/records/finding-record.ts';
import { createDetailsFetcher } from '../../../src/pipeline/details/details-fetcher.ts';
import type { DetailsSource, Refusal } from '../../../src/pipeline/ports/details-source.ts';
import type { ServiceEvent } from '../../../src/pipeline/ports/service-event.ts';
import type { IssueTracker } from '../../../src/pipeline/ports/issue-tracker.ts';
import { readMessage } from '../../../src/intake/read-message.ts';
import type { DeadLetterQueue } from '../../../src/pipeline/ports/dead-letter-queue.ts';
import { createSweepOperation } from '../../../src/pipeline/recovery/sweep-operation.ts';
import { createRedrive } from '../../../src/pipeline/admin-actions/redrive.ts';
import { createAdminActions } from '../../../src/pipeline/admin-actions/admin-actions.ts';
import type { LinkIssue } from '../../../src/pipeline/admin-actions/link-issue.ts';
import { createOperations, type Operations } from '../../../src/pipeline/operations/operations.ts';
import type { Pauses } from '../../../src/pipeline/groups/pauses.ts';
import { createCheckDraft } from '../../../src/pipeline/rule-changes/check-draft.ts';
import type { Preflight } from '../../../src/pipeline/ports/preflight.ts';
import { createEvaluateFinding, type EvaluateFinding } from '../../../src/pipeline/admin-actions/evaluate-finding.ts';
import { createSaveRules, type SaveRules } from '../../../src/pipeline/rule-changes/save-rules.ts';
import { createRuleBook, type RuleBook } from '../../../src/pipeline/rulebook/rule-book.ts';
import { createReconcileChanged } from '../../../src/pipeline/rule-changes/reconcile-changed.ts';
import { createYielder } from '../../../src/pipeline/rulebook/yielder.ts';
import type { ReconcileQueue } from '../../../src/pipeline/ports/reconcile-queue.ts';
import { claimBounds, type ReconcileContext } from '../../../src/pipeline/reconcile/reconcile-context.ts';
import { createReconcileGroup } from '../../../src/pipeline/reconcile/reconcile-group.ts';
import type { ReconcileNow } from '../../../src/pipeline/admin-actions/reconcile-now.ts';
import type { Store } from '../../../src/pipeline/ports/store.ts';
import { createSweep, type Sweep } from '../../../src/pipeline/recovery/sweep.ts';
import { createTicker } from '../../../src/pipeline/runtime/ticker.ts';
import type { UnlinkIssue } from '../../../src/pipeline/admin-actions/unlink-issue.ts';
import { DETAILS_WAIT_MS } from '../../../src/issues/await-details.ts';
import { createInProcessQueue } from '../../../src/queue/in-process-queue.ts';
import { parseRules, type CompiledRules } from '../../../src/rules/parse-rules.ts';
import type { JiraSimulator } from '../../../src/sandbox/jira-simulator.ts';
import type { Cooldowns } from '../../../src/issues/cooldown.ts';
import type { GroupRecord } from '../../../src/issues/group-record.ts';
import { createStoreTrust } from '../../../src/pipeline/recovery/create-store-trust.ts';
import type { StoreTrust } from '../../../src/pipeline/ports/store-trust.ts';

/** The process's clocks, which a test may set forward: waits are then over without anybody having waited. */
export interface TestClock extends Clock {
  forward(ms: number): void;
}

export function testClock(): TestClock {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    monotonic: () => performance.now() + ahead,
    forward: (ms) => {
      ahead += ms;
    },
  };
}

/** ReconcileContext joined together on a real store and a simulated Jira, without SQS and HTTP. */
export interface ServiceParts {
  readonly accept: AcceptFinding;
  readonly reconcile: (group: string) => Promise<void>;
  readonly queue: ReconcileQueue;
  readonly trust: StoreTrust;
  readonly sweep: Sweep;
  readonly rules: RuleBook;
  readonly operations: Operations;
  readonly saveRules: SaveRules;
  readonly evaluate: EvaluateFinding;
  readonly serviceEvents: ServiceEvent[];
  readonly tracker: IssueTracker;
  readonly link: LinkIssue;
  readonly unlink: UnlinkIssue;
  readonly reconcileNow: ReconcileNow;
  readonly pauses: Pauses;
  record(findingKey: string): Promise<FindingRecord | null>;
  group(id: string): Promise<GroupRecord | null>;
  stop(): Promise<void>;
}

export interface ServicePartsOptions {
  readonly store: Store;
  readonly jira: JiraSimulator;
  readonly clock?: TestClock;
  readonly rules?: CompiledRules;
  readonly installation?: string;
  readonly mode?: 'live' | 'observe';
  readonly owner?: string;
  readonly soleOwner?: boolean;
  readonly timeoutMs?: number;
  readonly requestsPerSecond?: number;
  readonly uncertainWindowMs?: number;
  readonly indexLagMs?: number;
  /** None unless told. */
  readonly cooldowns?: Cooldowns;
  readonly detailsWaitMs?: number;
  /** What AWS says beyond events; null, the default: there are no credentials to ask it with. */
  readonly details?: DetailsSource | null;
  /** Calls to each Region a second. */
  readonly detailsPerSecond?: number;
  /** False: nothing settles by itself, the test calls `reconcile`. */
  readonly working?: boolean;
  /** None unless told. */
  readonly deadLetterQueues?: readonly DeadLetterQueue[];
  readonly preflight?: Preflight;
  readonly wrapTracker?: (tracker: IssueTracker) => IssueTracker;
  readonly wrapTrust?: (trust: StoreTrust) => StoreTrust;
}

const NO_CREDENTIALS: Refusal = {
  code: 'not-configured',
  message: 'the service has no AWS credentials to ask with; it needs a role or keys',
  afterMs: null,
  concerns: 'all',
};

const SIMPLE_RULES = rulesOf([
  { id: 'everything', match: { source: ['aws.access-analyzer'] }, action: 'issue', issue: { project: 'SEC', issueType: 'Task' } },
]);

export function rulesOf(rules: readonly unknown[]): CompiledRules {
  const parsed = parseRules({ version: 1, rules });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.rules;
}

export function findingOf(event: JsonObject): Finding {
  const parsed = parseFinding(event, Date.now());
  if (!parsed.ok) throw new Error(`${parsed.path}: ${parsed.message}`);
  return parsed.finding;
}

const USUAL = {
  rules: SIMPLE_RULES,
  installation: 'default',
  mode: 'live',
  owner: 'test',
  soleOwner: true,
  timeoutMs: 5_000,
  requestsPerSecond: 1_000,
  uncertainWindowMs: 900_000,
  indexLagMs: 30_000,
  cooldowns: { transitionMs: 0, updateMs: 0 },
  detailsWaitMs: DETAILS_WAIT_MS,
  details: null,
  detailsPerSecond: 1_000,
  working: true,
  deadLetterQueues: [],
  wrapTracker: (tracker: IssueTracker) => tracker,
  wrapTrust: (trust: StoreTrust) => trust,
} as const;

export async function startServiceParts(said: ServicePartsOptions): Promise<ServiceParts> {
  const options = { ...USUAL, clock: testClock(), ...said };
  const { store, jira, clock, installation, mode } = options;
  const serviceEvents: ServiceEvent[] = [];
  const emit = (event: ServiceEvent): void => void serviceEvents.push(event);
  const queue = createInProcessQueue({
    concurrency: 16,
    clock,
    onError: (error) =>
      emit({ what: 'internal-error', doing: 'reconcile', error: error instanceof Error ? error : new Error(String(error)) }),
  });
  const { email, apiToken } = jira.credentials;
  const real = createJiraTracker({
    baseUrl: jira.url,
    credentials: { kind: 'basic', email, apiToken },
    requestsPerSecond: options.requestsPerSecond,
    maxInFlight: 8,
    timeoutMs: options.timeoutMs,
    lease: null,
    clock,
    random: () => 0.5,
    onCall: () => undefined,
    onDenied: () => undefined,
  });
  const tracker = options.wrapTracker(real);
  const shared = { store, queue, tracker, clock, emit, sleep: () => Promise.resolve(), installation, indexLagMs: options.indexLagMs };
  const rules = createRuleBook(store, options.rules, clock);
  const projects = async (): Promise<readonly string[]> => (await rules.current()).projects();
  const trust = options.wrapTrust(createStoreTrust({ ...shared, projects, soleOwner: options.soleOwner }));
  const accept = createAcceptFinding({ ...shared, rules, trust });
  const fetcher =
    options.details === null
      ? null
      : createDetailsFetcher({ ...shared, rules, trust, accept, source: options.details, perSecond: options.detailsPerSecond });
  const refusalOf: ReconcileContext['refusalOf'] =
    fetcher?.refusalOf ?? ((_analyzerArn, now) => ({ refusal: NO_CREDENTIALS, until: now + 60_000 }));
  const reconcile = createReconcileGroup({
    ...shared,
    rules,
    trust,
    mode,
    owner: options.owner,
    soleOwner: options.soleOwner,
    ...claimBounds(options.timeoutMs, 60_000),
    uncertainWindowMs: options.uncertainWindowMs,
    cooldowns: options.cooldowns,
    refusalOf,
    detailsWaitMs: options.detailsWaitMs,
    sleep: (ms) => sleep(ms),
  });
  const sweep = createSweep({ ...shared, rules, mode, intervalMs: 0, trust });
  const yielder = createYielder(clock);
  const adminActions = createAdminActions({ ...shared, rules, trust });
  const operations = createOperations({
    ...shared,
    trust,
    owner: options.owner,
    soleOwner: options.soleOwner,
    kinds: {
      'rules-reconcile': createReconcileChanged({ ...shared, rules, trust, yielder }),
      ...adminActions.kinds,
      sweep: createSweepOperation(sweep),
      redrive: createRedrive({
        store,
        accept,
        readAgain: (body) => readMessage(body, clock.now(), null),
        deadLetterQueues: options.deadLetterQueues,
      }),
    },
  });
  const preflight = options.preflight ?? real.preflight;
  const check = createCheckDraft({ store, operations, preflight, yielder, clock });
  const saveRules = createSaveRules({ ...shared, rules, operations, trust, check, rulesExport: null });
  const ticker = createTicker({ ...shared, trust, sweep, operations });
  await trust.ensure();
  await rules.current();
  await trust.advance();
  if (options.working) {
    queue.work(reconcile);
    ticker.start();
    fetcher?.start();
  }
  return {
    accept,
    reconcile,
    queue,
    trust,
    sweep,
    rules,
    operations,
    saveRules,
    evaluate: createEvaluateFinding({
      ...shared,
      mode,
      cooldowns: options.cooldowns,
      detailsWaitMs: options.detailsWaitMs,
      refusalOf,
      preflight,
    }),
    serviceEvents,
    tracker,
    link: adminActions.linkIssue,
    unlink: adminActions.unlinkIssue,
    reconcileNow: adminActions.reconcileNow,
    pauses: adminActions.pauses,
    record: async (key) => (await store.read(FINDINGS, [key]))[0]?.doc ?? null,
    group: async (id) => (await store.read(GROUPS, [id]))[0]?.doc ?? null,
    async stop() {
      await Promise.all([ticker.stop(), fetcher?.stop()]);
      await operations.stop();
      await queue.close(5_000);
    },
  };
}
