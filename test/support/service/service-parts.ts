import { setTimeout as sleep } from 'node:timers/promises';
import { directFetch } from '../servers/direct-network.ts';
import { createJiraTracker, type JiraTrackerOptions } from '../../../src/jira/jira-tracker.ts';
import type { AcceptBatch } from '../../../src/pipeline/accept/accept-batch.ts';
import { type AcceptFinding } from '../../../src/pipeline/accept/accept-finding.ts';
import type { KeepUnreadable } from '../../../src/pipeline/accept/keep-unreadable.ts';
import type { Clock } from '../../../src/pipeline/ports/clock.ts';
import { FINDINGS } from '../../../src/pipeline/records/finding-collections.ts';
import { GROUPS } from '../../../src/pipeline/records/group-collections.ts';
import type { FindingRecord } from '../../../src/pipeline/records/finding-record.ts';
import type { AccountsSource } from '../../../src/pipeline/ports/accounts-source.ts';
import type { AnalyzerSource } from '../../../src/pipeline/ports/analyzer-source.ts';
import type { DetailsSource, Refusal } from '../../../src/pipeline/ports/details-source.ts';
import { type ServiceEvent, failureEvent } from '../../../src/pipeline/ports/service-event.ts';
import type { IssueTracker } from '../../../src/pipeline/ports/issue-tracker.ts';
import { readMessage } from '../../../src/intake/read-message.ts';
import type { DeadLetterQueue } from '../../../src/pipeline/ports/dead-letter-queue.ts';
import type { LinkIssue } from '../../../src/pipeline/admin-actions/link-issue.ts';
import { type Operations } from '../../../src/pipeline/operations/operations.ts';
import type { Pauses } from '../../../src/pipeline/groups/pauses.ts';
import type { Preflight } from '../../../src/pipeline/ports/preflight.ts';
import { type EvaluateFinding } from '../../../src/pipeline/admin-actions/evaluate-finding.ts';
import { type SaveRules } from '../../../src/pipeline/rule-changes/save-rules.ts';
import { type RuleBook } from '../../../src/pipeline/rulebook/rule-book.ts';
import { createYielder } from '../../../src/pipeline/rulebook/yielder.ts';
import type { ReconcileQueue } from '../../../src/pipeline/ports/reconcile-queue.ts';
import type { ReconcileNow } from '../../../src/pipeline/admin-actions/reconcile-now.ts';
import type { Store } from '../../../src/pipeline/ports/store.ts';
import type { ListAccounts } from '../../../src/pipeline/accounts/list-accounts.ts';
import type { Diagnose } from '../../../src/pipeline/ports/doctor-check.ts';
import type { Retention } from '../../../src/pipeline/retention/create-retention.ts';
import type { FindingsSweep } from '../../../src/pipeline/listing/sweep-findings.ts';
import type { Rescans } from '../../../src/pipeline/rescan/create-rescans.ts';
import { type Sweep } from '../../../src/pipeline/recovery/sweep.ts';
import type { TrackerAccess } from '../../../src/pipeline/ports/tracker-access.ts';
import type { AccessWatch } from '../../../src/pipeline/runtime/watch-access.ts';
import type { ExportEvidence } from '../../../src/pipeline/evidence/export-evidence.ts';
import type { DismissDeadLetter } from '../../../src/pipeline/admin-actions/dismiss-dead-letter.ts';
import type { UnlinkIssue } from '../../../src/pipeline/admin-actions/unlink-issue.ts';
import { createInProcessQueue } from '../../../src/queue/in-process-queue.ts';
import type { CompiledRules } from '../../../src/rules/parse-rules.ts';
import type { JiraSimulator } from '../../../src/sandbox/jira-simulator.ts';
import type { GroupRecord } from '../../../src/issues/group-record.ts';
import type { StoreTrust } from '../../../src/pipeline/ports/store-trust.ts';
import { DETAILS_WAIT_MS, type Cooldowns } from '../../../src/issues/step-delay.ts';
import { readGauges } from '../../../src/pipeline/runtime/read-gauges.ts';
import { createEmit } from '../../../src/telemetry/emit.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import type { Metrics } from '../../../src/telemetry/metrics.ts';
import { composePipeline } from '../../../src/pipeline/compose-pipeline.ts';
import { type PipelineDeps } from '../../../src/pipeline/pipeline-deps.ts';
import { rulesOf } from '../findings/parsed.ts';

/** The process's clocks, which a test may set forward, so that waits end at once. */
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

/** The pipeline on a real store and a simulated Jira, without SQS and HTTP. */
export interface ServiceParts {
  /** Begins to work as the service does, where the options say `working: false`. */
  start(): Promise<void>;
  readonly accept: AcceptFinding;
  readonly acceptBatch: AcceptBatch;
  readonly keepUnreadable: KeepUnreadable;
  readonly reconcile: (group: string) => Promise<void>;
  readonly queue: ReconcileQueue;
  readonly trust: StoreTrust;
  readonly sweep: Sweep;
  readonly rescans: Rescans | null;
  readonly findingsSweep: FindingsSweep | null;
  readonly accessWatch: AccessWatch;
  readonly access: TrackerAccess;
  readonly retention: Retention;
  readonly listAccounts: ListAccounts;
  readonly diagnoseAccounts: Diagnose;
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
  readonly dismissDeadLetter: DismissDeadLetter;
  readonly exportEvidence: ExportEvidence;
  record(findingKey: string): Promise<FindingRecord | null>;
  group(id: string): Promise<GroupRecord | null>;
  stop(): Promise<void>;
}

export interface ServicePartsOptions {
  readonly store: Store;
  readonly jira: JiraSimulator;
  /** The token of the service in Jira; that of the simulator by default. */
  readonly apiToken?: string;
  readonly clock?: TestClock;
  readonly rules?: CompiledRules;
  readonly installation?: string;
  readonly mode?: 'live' | 'observe';
  readonly owner?: string;
  readonly soleOwner?: boolean;
  readonly timeoutMs?: number;
  readonly requestsPerSecond?: number;
  /** Called at the end of every call to Jira, with what became of it. */
  readonly onCall?: JiraTrackerOptions['onCall'];
  readonly uncertainWindowMs?: number;
  readonly indexLagMs?: number;
  /** True: it signs in by OAuth. */
  readonly oauth?: boolean;
  /** None by default. */
  readonly cooldowns?: Cooldowns;
  readonly detailsWaitMs?: number;
  /** The source of details that events lack; null, the default: there are no AWS credentials. */
  readonly details?: DetailsSource | null;
  /** Null, the default: nothing is asked. */
  readonly accountsSource?: AccountsSource | null;
  /** None by default. */
  readonly startParts?: PipelineDeps['startParts'];
  /** Where AWS is asked to scan resources again; null, the default: nowhere. */
  readonly scans?: Pick<AnalyzerSource, 'startScan'> | null;
  /** Calls per second to each Region. */
  readonly detailsPerSecond?: number;
  /** None by default: sweeps compare Jira only. */
  readonly analyzers?: PipelineDeps['analyzers'];
  readonly allowedAccounts?: ReadonlySet<string> | null;
  /** Listing calls per second to each Region. */
  readonly listingsPerSecond?: number;
  /** 0 by default: a sweep runs only when it is asked for. */
  readonly sweepIntervalMs?: number;
  /** False: no group is reconciled by itself, the test calls `reconcile`. */
  readonly working?: boolean;
  /** None by default. */
  readonly deadLetterQueues?: readonly DeadLetterQueue[];
  readonly preflight?: Preflight;
  /** Gets what a service tells its metrics page; null, the default: there is none. */
  readonly metrics?: Metrics | null;
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

const USUAL = {
  rules: SIMPLE_RULES,
  installation: 'default',
  mode: 'live',
  owner: 'test',
  soleOwner: true,
  oauth: false,
  timeoutMs: 5_000,
  requestsPerSecond: 1_000,
  onCall: () => undefined,
  uncertainWindowMs: 900_000,
  indexLagMs: 30_000,
  cooldowns: { transitionMs: 0, updateMs: 0 },
  detailsWaitMs: DETAILS_WAIT_MS,
  details: null,
  accountsSource: null,
  startParts: () => [],
  scans: null,
  detailsPerSecond: 1_000,
  analyzers: null,
  allowedAccounts: null,
  listingsPerSecond: 10_000,
  sweepIntervalMs: 0,
  working: true,
  deadLetterQueues: [],
  metrics: null,
  wrapTracker: (tracker: IssueTracker) => tracker,
  wrapTrust: (trust: StoreTrust) => trust,
} as const;

export async function startServiceParts(overrides: ServicePartsOptions): Promise<ServiceParts> {
  const options = { ...USUAL, clock: testClock(), ...overrides };
  const { store, jira, clock } = options;
  const serviceEvents: ServiceEvent[] = [];
  const { metrics } = options;
  const telemetry = metrics === null ? () => undefined : createEmit(createLogger({ level: 'silent' }), metrics, clock.monotonic);
  const emit = (event: ServiceEvent): void => {
    serviceEvents.push(event);
    telemetry(event);
  };
  const queue = createInProcessQueue({
    concurrency: 16,
    clock,
    onError: (error) => emit(failureEvent('reconcile', error)),
  });
  const { email, clientId, clientSecret } = jira.credentials;
  const apiToken = options.apiToken ?? jira.credentials.apiToken;
  const real = createJiraTracker({
    baseUrl: jira.url,
    credentials: options.oauth ? { kind: 'oauth', clientId, clientSecret, tokenUrl: jira.tokenUrl } : { kind: 'basic', email, apiToken },
    fetch: directFetch,
    requestsPerSecond: options.requestsPerSecond,
    maxInFlight: 8,
    timeoutMs: options.timeoutMs,
    lease: null,
    clock,
    random: () => 0.5,
    ...(metrics?.ofJira ?? { onCall: options.onCall, onDenied: () => undefined, onWaited: () => undefined }),
  });
  const tracker = options.wrapTracker(real);
  const pipeline = composePipeline({
    ...options,
    queue,
    tracker,
    preflight: options.preflight ?? real.preflight,
    access: real.access,
    emit,
    seed: options.rules,
    rulesExport: null,
    rulesSource: null,
    rulesFileEveryMs: 1_000,
    readAgain: (body) => readMessage(body, clock.now(), null),
    yielder: createYielder(clock),
    details: options.details ?? { refusalOf: (_analyzerArn, now) => ({ refusal: NO_CREDENTIALS, until: now + 60_000 }) },
    sendingSlackMs: 60_000,
    retentionMs: 400 * 86_400_000,
    sleep: (ms) => sleep(ms),
    sleepBetweenPages: () => Promise.resolve(),
  });
  const { trust, rules, ticker, accessWatch, enrichers, adminActions } = pipeline;
  metrics?.collectFrom(() => readGauges({ store, queue, trust, governor: real.governorState }));
  await trust.ensure();
  await rules.current();
  await trust.advance();
  await accessWatch.start();
  if (options.working) {
    queue.work(pipeline.reconcile);
    ticker.start();
    for (const enricher of enrichers) enricher.start();
  }
  return {
    ...pipeline,
    queue,
    tracker,
    access: real.access,
    serviceEvents,
    link: adminActions.linkIssue,
    unlink: adminActions.unlinkIssue,
    reconcileNow: adminActions.reconcileNow,
    pauses: adminActions.pauses,
    dismissDeadLetter: adminActions.dismissDeadLetter,
    record: async (key) => (await store.read(FINDINGS, [key]))[0]?.doc ?? null,
    group: async (id) => (await store.read(GROUPS, [id]))[0]?.doc ?? null,
    async stop() {
      pipeline.findingsSweep?.stop();
      await Promise.all([ticker.stop(), ...enrichers.map((one) => one.stop())]);
      await pipeline.operations.stop();
      await queue.close(5_000);
    },
  };
}
