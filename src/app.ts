import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildAdminServer } from './admin/server.ts';
import { createRulesFileSource } from './config/rules-file-source.ts';
import { createRulesExport } from './config/rules-export.ts';
import { readRulesText, renderRulesText } from './config/rules-text.ts';
import type { Settings } from './config/settings.ts';
import { createAccessAnalyzer } from './intake/access-analyzer.ts';
import { createIntake } from './intake/intake.ts';
import { readMessage } from './intake/read-message.ts';
import { createSqsDeadLetters } from './intake/sqs-dead-letters.ts';
import { createDiagnoseSqs } from './intake/diagnose-sqs.ts';
import { createSqsClient, createSqsQueue, MIN_VISIBILITY_SECONDS, type SqsQueue } from './intake/sqs-queue.ts';
import { createJiraTracker } from './jira/jira-tracker.ts';
import { createAcceptFinding } from './pipeline/accept/accept-finding.ts';
import { DEFAULT_COOLDOWNS, type Cooldowns } from './issues/cooldown.ts';
import { DETAILS_WAIT_MS } from './issues/await-details.ts';
import { MAPPING_STATES } from './issues/mapping-state.ts';
import { createAdminActions } from './pipeline/admin-actions/admin-actions.ts';
import { createCheckDraft } from './pipeline/rule-changes/check-draft.ts';
import type { Clock } from './pipeline/ports/clock.ts';
import { FINDINGS } from './pipeline/records/collections.ts';
import { DETAILS_PER_SECOND } from './pipeline/details/adaptive-rate-limiter.ts';
import { createDetailsFetcher } from './pipeline/details/details-fetcher.ts';
import { createEvaluateFinding } from './pipeline/admin-actions/evaluate-finding.ts';
import { createDoctor } from './pipeline/runtime/doctor.ts';
import { createDiagnoseAnalyzer } from './pipeline/runtime/diagnose-analyzer.ts';
import { createDiagnoseStore } from './pipeline/runtime/diagnose-store.ts';
import type { ServiceEvent, Emit } from './pipeline/ports/service-event.ts';
import type { IssueTracker } from './pipeline/ports/issue-tracker.ts';
import { createFollowRules } from './pipeline/rule-changes/follow-rules-file.ts';
import { createHealth } from './pipeline/runtime/health.ts';
import { createKeepUnreadable } from './pipeline/accept/keep-unreadable.ts';
import { createOperations } from './pipeline/operations/operations.ts';
import { resumeGroups } from './pipeline/admin-actions/resume-groups.ts';
import { createSweepOperation } from './pipeline/recovery/sweep-operation.ts';
import { createRedrive, type ReadAgain } from './pipeline/admin-actions/redrive.ts';
import { createRuleBook } from './pipeline/rulebook/rule-book.ts';
import { exportMissing } from './pipeline/rulebook/rules-export.ts';
import { createSaveRules } from './pipeline/rule-changes/save-rules.ts';
import { createReconcileChanged } from './pipeline/rule-changes/reconcile-changed.ts';
import type { ReconcileQueue } from './pipeline/ports/reconcile-queue.ts';
import { createReconcileGroup } from './pipeline/reconcile/reconcile-group.ts';
import { claimBounds } from './pipeline/reconcile/reconcile-context.ts';
import { StoreUnavailable, type Store } from './pipeline/ports/store.ts';
import { createSweep } from './pipeline/recovery/sweep.ts';
import { createYielder } from './pipeline/rulebook/yielder.ts';
import { createTicker } from './pipeline/runtime/ticker.ts';
import { openBullmqQueue } from './queue/bullmq-queue.ts';
import { createInProcessQueue } from './queue/in-process-queue.ts';
import type { CompiledRules } from './rules/parse-rules.ts';
import { openEmbeddedStore, type EmbeddedStore } from './store/embedded-store.ts';
import { openRedisStore, type RedisStore } from './store/redis-store.ts';
import { createLogger } from './telemetry/logger.ts';
import { createMetrics } from './telemetry/metrics.ts';
import { createEmit } from './telemetry/emit.ts';
import { createRateLease } from './pipeline/runtime/create-rate-lease.ts';
import { createStoreTrust, INDEX_LAG_MS } from './pipeline/recovery/create-store-trust.ts';

/** The service, ready to run in a process or in a test. */
export interface App {
  /** Begins to receive, settle and answer. Resolves when the admin API listens. */
  start(): Promise<void>;
  /** Stops receiving, finishes what runs, lets go of everything. Takes at most about `STOP_MS`. */
  stop(): Promise<void>;
  /** Where the admin API listens, such as `http://127.0.0.1:8080`; empty before `start`. */
  readonly address: string;
}

/** What a test or the demo may put in place of, or around, the real thing. */
export interface AppOverrides {
  readonly store?: (store: Store) => Store;
  readonly tracker?: (tracker: IssueTracker) => IssueTracker;
  readonly queue?: (queue: ReconcileQueue) => ReconcileQueue;
  /** Hears everything besides logs and metrics. */
  readonly emit?: Emit;
  /** Called when work can make no more progress in this process. */
  readonly onWedged?: () => void;
  /** @see INDEX_LAG_MS */
  readonly indexLagMs?: number;
  /** How much longer than a request's time-out others leave a `sending` record alone, ms. */
  readonly sendingSlackMs?: number;
  readonly cooldowns?: Cooldowns;
  /** @see DETAILS_WAIT_MS */
  readonly detailsWaitMs?: number;
  /** From one look at the rules file to the next, ms. */
  readonly rulesFileEveryMs?: number;
  /** @see DETAILS_PER_SECOND */
  readonly detailsPerSecond?: number;
}

const DURABILITY = {
  embedded: 'every write is on the disk before it is answered',
  redis: 'as Redis is set: with appendfsync everysec the last second may be lost; our issues are read back from Jira then',
} as const;

/** The longest that stopping may take, ms. */
export const STOP_MS = 25_000;

/** Left of `STOP_MS` for what runs, ms; the rest is for closing connections. */
const GRACE_MS = 20_000;

/** From one look at the rules file to the next; a change counts when two looks have seen it. */
const RULES_FILE_EVERY_MS = 3_000;

const SENDING_SLACK_MS = 60_000;
const WEDGED_AFTER_MS = 60_000;
const LOOPS_PER_QUEUE = 4;
/** More than calls in flight, so that a permit is always wanted by somebody. */
const WORKERS_PER_CALL = 2;

const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

/** What a test may shorten. */
const USUAL_BOUNDS = {
  indexLagMs: INDEX_LAG_MS,
  sendingSlackMs: SENDING_SLACK_MS,
  cooldowns: DEFAULT_COOLDOWNS,
  detailsWaitMs: DETAILS_WAIT_MS,
  detailsPerSecond: DETAILS_PER_SECOND,
  rulesFileEveryMs: RULES_FILE_EVERY_MS,
};

/** Groups that a start may let go on: what is held may have no pause any more, and what was only observed is done in earnest. */
const RESUMED = ['held'] as const;
const RESUMED_LIVE = ['observe-only', ...RESUMED] as const;

/**
 * Joins the parts. The only place that knows every adapter, which is why it is as long as it is.
 * @throws DataDirInUse, StoreUnavailable when the store can't be opened
 */
export async function createApp(settings: Settings, rules: CompiledRules, version: string, overrides: AppOverrides = {}): Promise<App> {
  const bounds = { ...USUAL_BOUNDS, ...overrides };
  const logger = createLogger({ level: settings.logLevel });
  const metrics = createMetrics();
  const telemetry = createEmit(logger, metrics);
  const emit: Emit = (event: ServiceEvent) => {
    telemetry(event);
    overrides.emit?.(event);
  };

  const opened = await openStore(settings, (message) => logger.warn(message));
  const store = overrides.store?.(opened) ?? opened;
  const onQueueError = (error: unknown): void => {
    if (error instanceof StoreUnavailable) emit({ what: 'store-unavailable', doing: 'reconcile', message: error.message });
    else emit({ what: 'internal-error', doing: 'reconcile', error: error instanceof Error ? error : new Error(String(error)) });
  };
  const openedQueue = await openQueue(settings, onQueueError, () => overrides.onWedged?.());
  const queue = overrides.queue?.(openedQueue) ?? openedQueue;
  const { jira } = settings;
  const owner = randomUUID();
  const soleOwner = settings.store.kind === 'embedded';
  const jiraTracker = createJiraTracker({
    ...jira,
    lease: soleOwner ? null : createRateLease({ store, perSecond: jira.requestsPerSecond, replica: owner }),
    clock: systemClock,
    random: Math.random,
    onCall: metrics.jiraCall,
    onDenied: (scope) => metrics.count('f2j_jira_denials_total', { scope }),
  });
  const tracker = overrides.tracker?.(jiraTracker) ?? jiraTracker;

  const shared = {
    store,
    queue,
    tracker,
    clock: systemClock,
    emit,
    sleep: (ms: number): Promise<void> => sleep(ms),
    installation: settings.installation,
    indexLagMs: bounds.indexLagMs,
  };
  const yielder = createYielder(systemClock);
  const ruleBook = createRuleBook(store, rules, systemClock);
  const trust = createStoreTrust({
    ...shared,
    projects: async () => (await ruleBook.current()).projects(),
    soleOwner,
  });
  const accept = createAcceptFinding({ ...shared, rules: ruleBook, trust });
  const details = createAccessAnalyzer({ sleep: (ms) => sleep(ms) });
  const fetcher = createDetailsFetcher({
    ...shared,
    rules: ruleBook,
    trust,
    accept,
    source: details,
    perSecond: bounds.detailsPerSecond,
  });
  // What decides, besides rules and records, what a look does; evaluating goes by the same.
  const planning = {
    mode: settings.mode,
    cooldowns: bounds.cooldowns,
    refusalOf: fetcher.refusalOf,
    detailsWaitMs: bounds.detailsWaitMs,
  };
  const reconcile = createReconcileGroup({
    ...shared,
    rules: ruleBook,
    trust,
    ...planning,
    owner,
    soleOwner,
    ...claimBounds(jira.timeoutMs, bounds.sendingSlackMs),
    uncertainWindowMs: jira.uncertainWindowMs,
  });
  const sweep = createSweep({ ...shared, rules: ruleBook, mode: settings.mode, intervalMs: settings.sweepIntervalMs, trust });
  const sqsClient = createSqsClient();
  const sqsQueues = settings.sqs.queueUrls.map((url) => createSqsQueue(sqsClient, url));
  const allowedAccounts = accountsOf(settings);
  const deadLetterQueues = settings.sqs.queueUrls.map((url) => createSqsDeadLetters(sqsClient, url, settings.sqs.deadLetterQueueUrl));
  const adminActions = createAdminActions({ ...shared, rules: ruleBook, trust });
  const readAgain: ReadAgain = (body) => readMessage(body, systemClock.now(), allowedAccounts);
  const operations = createOperations({
    ...shared,
    trust,
    owner,
    soleOwner,
    kinds: {
      ...adminActions.kinds,
      redrive: createRedrive({ store, accept, readAgain, deadLetterQueues }),
      sweep: createSweepOperation(sweep),
      'rules-reconcile': createReconcileChanged({ ...shared, rules: ruleBook, trust, yielder }),
    },
  });
  const rulesExport = settings.store.kind === 'embedded' ? createRulesExport(settings.store.dataDir, yielder.yieldIfDue) : null;
  const saveRules = createSaveRules({
    ...shared,
    rules: ruleBook,
    operations,
    trust,
    check: createCheckDraft({ store, operations, preflight: jiraTracker.preflight, yielder, clock: systemClock }),
    rulesExport,
  });
  const ticker = createTicker({ ...shared, trust, sweep, operations });
  const intake = createIntake({
    queues: sqsQueues,
    loopsPerQueue: LOOPS_PER_QUEUE,
    accept,
    keepUnreadable: createKeepUnreadable({ store, trust }),
    storeReady: async () => void (await store.now()),
    allowedAccounts,
    clock: systemClock,
    emit,
    random: Math.random,
  });
  const everyMs = bounds.rulesFileEveryMs;
  const follower = followRules(settings, { rules: ruleBook, saveRules, yielder, emit, everyMs });
  const rulesFileProblem = () => follower?.problem() ?? null;
  const health = createHealth({
    ...shared,
    ticker,
    rules: ruleBook,
    rulesFileProblem,
    trust,
    checkJira: jiraTracker.check,
    sqs: sqsQueues,
  });
  const doctor = createDoctor({
    rules: ruleBook,
    parts: {
      jira: jiraTracker.diagnose,
      sqs: createDiagnoseSqs(sqsClient, deadLetterQueues),
      'access-analyzer': createDiagnoseAnalyzer({ store, source: details }),
      store: createDiagnoseStore({ store, trust, settings: opened.settings }),
    },
  });
  const startedAt = systemClock.now();
  const admin = await buildAdminServer({
    store,
    operations,
    rules: ruleBook,
    saveRules,
    rulesMode: settings.rulesMode,
    rulesText: { read: readRulesText, render: (ruleSet) => renderRulesText(ruleSet, yielder.yieldIfDue) },
    yielder,
    readEvent: (body) => readMessage(body, systemClock.now(), allowedAccounts),
    evaluate: createEvaluateFinding({ ...shared, ...planning, preflight: jiraTracker.preflight }),
    tokens: settings.adminTokens,
    oidc: settings.oidc,
    issueUrl: tracker.url,
    ...adminActions,
    deadLetterQueues,
    doctor,
    version,
    logger,
    liveness: health.liveness,
    readiness: health.readiness,
    status: async () => ({
      startedAt,
      mode: settings.mode,
      queueDepth: await queue.depth(),
      queues: await health.queues(),
      governor: jiraTracker.governorState(),
      store: { kind: settings.store.kind, durability: DURABILITY[settings.store.kind], trusted: await trust.isTrusted() },
    }),
    metrics: metrics.render,
  });
  metrics.collectFrom(async () => {
    const counts = await store.counts(
      FINDINGS,
      MAPPING_STATES.map((state) => `state:${state}`),
    );
    const mappings = Object.fromEntries(MAPPING_STATES.map((state, index) => [state, counts[index] ?? 0]));
    return { mappings, queueDepth: await queue.depth(), storeTrusted: await trust.isTrusted() };
  });
  let address = '';

  return {
    get address() {
      return address;
    },
    async start() {
      await trust.ensure();
      await ruleBook.current();
      await follower?.start(rules);
      if (rulesExport !== null) await exportMissing(store, rulesExport, emit);
      for (const term of settings.mode === 'live' ? RESUMED_LIVE : RESUMED) await resumeGroups({ store, queue }, term);
      queue.work(reconcile);
      ticker.start();
      fetcher.start();
      intake.start();
      address = await admin.listen({ host: settings.http.host, port: settings.http.port });
      for (const sqsQueue of sqsQueues) void warnAboutQueue(sqsQueue, (data, text) => logger.warn(data, text));
      logger.info({ address, store: settings.store.kind, mode: settings.mode, installation: settings.installation }, 'Started');
    },
    async stop() {
      await Promise.all([intake.stop(), follower?.stop(), ticker.stop(), fetcher.stop(), queue.pause()]);
      await operations.stop();
      await queue.close(GRACE_MS);
      await admin.close();
      sqsClient.destroy();
      await store.close();
      logger.info('Stopped');
    },
  };
}

/** Null: the API changes the rules, and the file only fills an empty store. */
function followRules(
  { rulesMode, rulesFile }: Settings,
  deps: Omit<Parameters<typeof createFollowRules>[0], 'source'>,
): ReturnType<typeof createFollowRules> | null {
  return rulesMode === 'api' ? null : createFollowRules({ ...deps, source: createRulesFileSource(rulesFile) });
}

/** Null: all. */
function accountsOf({ allowedAccounts }: Settings): ReadonlySet<string> | null {
  return allowedAccounts === null ? null : new Set(allowedAccounts);
}

/** @returns a store that can tell which of its settings may lose records */
async function openStore(settings: Settings, warn: (message: string) => void): Promise<RedisStore | EmbeddedStore> {
  if (settings.store.kind === 'redis') {
    const store = await openRedisStore({ url: settings.store.url, installation: settings.installation });
    for (const problem of await store.settings()) warn(problem);
    return store;
  }
  const store = openEmbeddedStore(settings.store.dataDir, systemClock);
  if (store.setAside !== null) warn(`The store could not be read and was set aside as ${store.setAside}; an empty one begins`);
  return store;
}

async function openQueue(settings: Settings, onError: (error: unknown) => void, onWedged: () => void): Promise<ReconcileQueue> {
  const concurrency = settings.jira.maxInFlight * WORKERS_PER_CALL;
  if (settings.store.kind === 'embedded') return createInProcessQueue({ concurrency, clock: systemClock, onError });
  const { url } = settings.store;
  return openBullmqQueue({
    url,
    installation: settings.installation,
    concurrency,
    clock: systemClock,
    onError,
    onWedged,
    wedgedAfterMs: WEDGED_AFTER_MS,
  });
}

async function warnAboutQueue({ url, attributes }: SqsQueue, warn: (data: object, text: string) => void): Promise<void> {
  try {
    const { redrives, visibilitySeconds } = await attributes();
    if (!redrives) warn({ queue: url }, 'The queue has no redrive policy: messages that cannot be read are deleted after they were stored');
    if (visibilitySeconds < MIN_VISIBILITY_SECONDS)
      warn({ queue: url, visibilitySeconds }, 'The visibility time-out of the queue is short: messages will come twice');
  } catch {
    // The intake loops tell that the queue can't be reached.
  }
}
