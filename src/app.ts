import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildAdminServer } from './admin/server.ts';
import { createRulesFileSource } from './config/rules-file-source.ts';
import { createRulesExport } from './config/rules-export.ts';
import { parseText } from './config/parse-text.ts';
import { renderRulesText } from './config/rules-text.ts';
import type { Settings } from './config/settings.ts';
import { createAccessAnalyzer } from './intake/access-analyzer.ts';
import { createIntake } from './intake/intake.ts';
import { readMessage } from './intake/read-message.ts';
import { createSqsDeadLetters } from './intake/sqs-dead-letters.ts';
import { createDiagnoseSqs } from './intake/diagnose-sqs.ts';
import { createSqsClient, createSqsQueue } from './intake/sqs-queue.ts';
import { createJiraTracker } from './jira/jira-tracker.ts';
import type { Clock } from './pipeline/ports/clock.ts';
import { createDoctor } from './pipeline/runtime/doctor.ts';
import { createDiagnoseAnalyzer } from './pipeline/runtime/diagnose-analyzer.ts';
import { createDiagnoseStore } from './pipeline/runtime/diagnose-store.ts';
import { type Emit, failureEvent } from './pipeline/ports/service-event.ts';
import type { IssueTracker } from './pipeline/ports/issue-tracker.ts';
import { createHealth } from './pipeline/runtime/health.ts';
import type { ReconcileQueue } from './pipeline/ports/reconcile-queue.ts';
import { type Store } from './pipeline/ports/store.ts';
import { createYielder } from './pipeline/rulebook/yielder.ts';
import type { CompiledRules } from './rules/parse-rules.ts';
import { createLogger } from './telemetry/logger.ts';
import { createMetrics } from './telemetry/metrics.ts';
import { createEmit } from './telemetry/emit.ts';
import { createRateLease } from './pipeline/runtime/create-rate-lease.ts';
import { composePipeline, type PipelineBounds, DEFAULT_BOUNDS } from './pipeline/compose-pipeline.ts';
import { countStates } from './pipeline/records/count-states.ts';
import { MAPPING_STATES } from './issues/mapping-state.ts';
import { openStore } from './store/open-store.ts';
import { openQueue } from './queue/open-queue.ts';
import { warnAboutQueue } from './intake/warn-about-queue.ts';

/** The service, ready to run in a process or in a test. */
export interface App {
  /** Begins to receive, reconcile and answer. Resolves when the admin API listens. */
  start(): Promise<void>;
  /** Stops receiving, finishes running work, closes everything. Takes at most about `STOP_MS`. */
  stop(): Promise<void>;
  /** Where the admin API listens, such as `http://127.0.0.1:8080`; empty before `start`. */
  readonly address: string;
}

/** Parts and bounds that a test or the demo may replace or wrap. */
export interface AppOverrides extends Partial<PipelineBounds> {
  readonly store?: (store: Store) => Store;
  readonly tracker?: (tracker: IssueTracker) => IssueTracker;
  readonly queue?: (queue: ReconcileQueue) => ReconcileQueue;
  /** Gets every service event, besides logs and metrics. */
  readonly emit?: Emit;
  /** Called when this process can't go on, with a line that says why: work makes no progress, or the store was raised to a newer schema. */
  readonly onFatal?: (line: string) => void;
}

/** The longest that stopping may take, ms. */
export const STOP_MS = 25_000;

/** The share of `STOP_MS` for passes that run, ms; the rest is for closing connections. */
const GRACE_MS = 20_000;

const LOOPS_PER_QUEUE = 4;
/** More workers than calls in flight, so that a free permit is always wanted. */
const WORKERS_PER_CALL = 2;

const clock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

/**
 * Composes the service: the one place that knows every adapter.
 * @throws DataDirInUse, SchemaMismatch, StoreUnavailable when the store can't be opened
 */
export async function createApp(settings: Settings, rules: CompiledRules, version: string, overrides: AppOverrides = {}): Promise<App> {
  const startedAt = clock.now();
  const logger = createLogger({ level: settings.logLevel });
  const metrics = createMetrics();
  const telemetry = createEmit(logger, metrics);
  const emit: Emit = (event) => {
    telemetry(event);
    overrides.emit?.(event);
  };

  const { jira, mode, installation } = settings;
  const opened = await openStore({
    choice: settings.store,
    installation,
    clock,
    warn: (message) => logger.warn(message),
    onOutdated: ({ message }) => overrides.onFatal?.(message),
  });
  const store = overrides.store?.(opened) ?? opened;
  const openedQueue = await openQueue({
    redisUrl: settings.store.kind === 'redis' ? settings.store.url : null,
    installation,
    concurrency: jira.maxInFlight * WORKERS_PER_CALL,
    clock,
    onError: (error) => emit(failureEvent('reconcile', error)),
    onWedged: () => overrides.onFatal?.('No group was started or finished for too long while work waits'),
  });
  const queue = overrides.queue?.(openedQueue) ?? openedQueue;
  const owner = randomUUID();
  const soleOwner = settings.store.kind === 'embedded';
  const jiraTracker = createJiraTracker({
    ...jira,
    lease: soleOwner ? null : createRateLease({ store, perSecond: jira.requestsPerSecond, replica: owner }),
    clock,
    random: Math.random,
    onCall: metrics.jiraCall,
    onDenied: (scope) => metrics.count('f2j_jira_denials_total', { scope }),
  });
  const tracker = overrides.tracker?.(jiraTracker) ?? jiraTracker;

  const sqsClient = createSqsClient();
  const sqsQueues = settings.sqs.queueUrls.map((url) => createSqsQueue(sqsClient, url));
  const deadLetterQueues = settings.sqs.queueUrls.map((url) => createSqsDeadLetters(sqsClient, url, settings.sqs.deadLetterQueueUrl));
  const allowedAccounts = settings.allowedAccounts === null ? null : new Set(settings.allowedAccounts);
  const readBody = (body: string): ReturnType<typeof readMessage> => readMessage(body, clock.now(), allowedAccounts);
  const accessAnalyzer = createAccessAnalyzer({ sleep });
  const yielder = createYielder(clock);
  const pipeline = composePipeline({
    ...DEFAULT_BOUNDS,
    ...overrides,
    store,
    queue,
    tracker,
    preflight: jiraTracker.preflight,
    clock,
    emit,
    installation,
    mode,
    owner,
    soleOwner,
    seed: rules,
    rulesExport: settings.store.kind === 'embedded' ? createRulesExport(settings.store.dataDir, yielder.yieldIfDue) : null,
    rulesSource: settings.rulesMode === 'file' ? createRulesFileSource(settings.rulesFile) : null,
    deadLetterQueues,
    readAgain: readBody,
    yielder,
    details: accessAnalyzer,
    timeoutMs: jira.timeoutMs,
    uncertainWindowMs: jira.uncertainWindowMs,
    sweepIntervalMs: settings.sweepIntervalMs,
    sleep,
    sleepBetweenPages: sleep,
  });
  const intake = createIntake({
    queues: sqsQueues,
    loopsPerQueue: LOOPS_PER_QUEUE,
    accept: pipeline.accept,
    keepUnreadable: pipeline.keepUnreadable,
    storeReady: async () => void (await store.now()),
    allowedAccounts,
    clock,
    emit,
    random: Math.random,
  });
  const health = createHealth({
    ...pipeline,
    queue,
    clock,
    checkJira: jiraTracker.check,
    sqs: sqsQueues,
  });
  const doctor = createDoctor({
    rules: pipeline.rules,
    parts: {
      jira: jiraTracker.diagnose,
      sqs: createDiagnoseSqs(sqsClient, deadLetterQueues),
      'access-analyzer': createDiagnoseAnalyzer({ store, source: accessAnalyzer }),
      store: createDiagnoseStore({ store, trust: pipeline.trust, settings: opened.settings }),
    },
  });
  const admin = await buildAdminServer({
    ...pipeline,
    ...pipeline.adminActions,
    store,
    rulesMode: settings.rulesMode,
    parseText,
    rulesText: { render: (ruleSet) => renderRulesText(ruleSet, yielder.yieldIfDue) },
    yielder,
    readEvent: readBody,
    tokens: settings.adminTokens,
    oidc: settings.oidc,
    issueUrl: tracker.url,
    deadLetterQueues,
    doctor,
    version,
    logger,
    liveness: health.liveness,
    readiness: health.readiness,
    status: async () => ({
      startedAt,
      mode,
      queueDepth: await queue.depth(),
      queues: await health.queues(),
      governor: jiraTracker.governorState(),
      store: { kind: settings.store.kind, durability: opened.durability, trusted: await pipeline.trust.isTrusted() },
    }),
    metrics: metrics.render,
  });
  metrics.collectFrom(async () => ({
    mappings: await countStates(store, MAPPING_STATES),
    queueDepth: await queue.depth(),
    storeTrusted: await pipeline.trust.isTrusted(),
  }));
  let address = '';

  return {
    get address() {
      return address;
    },
    async start() {
      await pipeline.start();
      intake.start();
      address = await admin.listen({ host: settings.http.host, port: settings.http.port });
      for (const sqsQueue of sqsQueues) void warnAboutQueue(sqsQueue, (data, text) => logger.warn(data, text));
      logger.info({ address, store: settings.store.kind, mode, installation }, 'Started');
    },
    async stop() {
      await Promise.all([intake.stop(), pipeline.stop()]);
      await queue.close(GRACE_MS);
      await admin.close();
      sqsClient.destroy();
      await store.close();
      logger.info('Stopped');
    },
  };
}
