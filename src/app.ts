import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen } from './admin/listen.ts';
import { buildAdminServer } from './admin/server.ts';
import { createRulesFileSource } from './config/rules-file-source.ts';
import { createRulesExport } from './config/rules-export.ts';
import { parseText } from './config/parse-text.ts';
import { renderRulesText } from './config/rules-text.ts';
import type { Settings } from './config/settings.ts';
import { composeDoctor } from './compose-doctor.ts';
import { loadPage, loadParts } from './load-parts.ts';
import { createAccessAnalyzer } from './intake/access-analyzer.ts';
import { createAwsAccess } from './intake/aws-access.ts';
import { createOrganizations } from './intake/organizations.ts';
import { createIntake } from './intake/intake.ts';
import { withLag } from './intake/with-lag.ts';
import { readMessage } from './intake/read-message.ts';
import { openSqs } from './intake/open-sqs.ts';
import { createDiagnoseSqs } from './intake/diagnose-sqs.ts';
import { createJiraTracker } from './jira/jira-tracker.ts';
import { createNetwork } from './network/create-network.ts';
import type { Clock } from './pipeline/ports/clock.ts';
import { type Emit, failureEvent } from './pipeline/ports/service-event.ts';
import type { IssueTracker } from './pipeline/ports/issue-tracker.ts';
import { createReportStart } from './pipeline/runtime/report-start.ts';
import { createHealth } from './pipeline/runtime/health.ts';
import type { ReconcileQueue } from './pipeline/ports/reconcile-queue.ts';
import { type Store } from './pipeline/ports/store.ts';
import { createYielder } from './pipeline/rulebook/yielder.ts';
import type { CompiledRules } from './rules/parse-rules.ts';
import { createLogger } from './telemetry/logger.ts';
import { createMetrics } from './telemetry/metrics.ts';
import { createEmit } from './telemetry/emit.ts';
import { openRateLease } from './pipeline/runtime/open-rate-lease.ts';
import { watchStore } from './pipeline/runtime/watch-store.ts';
import { composePipeline } from './pipeline/compose-pipeline.ts';
import { type PipelineBounds, DEFAULT_BOUNDS } from './pipeline/pipeline-deps.ts';
import { readGauges } from './pipeline/runtime/read-gauges.ts';
import { openStore } from './store/open-store.ts';
import { openQueue } from './queue/open-queue.ts';
import { endedWithin } from './queue/within.ts';

/** The service, ready to run in a process or in a test. */
export interface App {
  /** Begins to receive, reconcile and answer. Resolves when the admin API listens. @throws SettingRefused */
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

/** The share of `STOP_MS` for running work, ms; the rest is for closing the store and clients. */
const GRACE_MS = 20_000;
/** The share of `GRACE_MS` for messages in hand, operations and answers of the admin API, ms. Passes go on meanwhile. */
const LAST_REQUESTS_MS = 8_000;
const LOOPS_PER_QUEUE = 4;
/** More workers than calls in flight, so that a free permit is always wanted. */
const WORKERS_PER_CALL = 2;
/** The only list of parts, each with the variables and the parts of the rules file that turn it on: one that is off is not imported. */
const PARTS = { actor: ['ACTOR_ROLE_NAME'], owner: ['OWNER_ROLE_NAME', 'owner'] } as const;
const clock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

/**
 * Composes the service: the one place that knows every adapter.
 * @throws DataDirInUse, SchemaMismatch, RedisClusterRefused, SettingRefused when the store can't be opened
 */
export async function createApp(settings: Settings, rules: CompiledRules, version: string, overrides: AppOverrides = {}): Promise<App> {
  const [startedAt, metrics] = [clock.now(), createMetrics()];
  const logger = createLogger({ level: settings.logLevel });
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
    onUnreadable: ({ collection, id, because }) => emit({ what: 'document-unreadable', collection, id, because }),
  });
  const { store, ...watch } = watchStore(overrides.store?.(opened) ?? opened, { clock, emit });
  const openedQueue = await openQueue({
    redisUrl: settings.store.kind === 'redis' ? settings.store.url : null,
    installation,
    concurrency: jira.maxInFlight * WORKERS_PER_CALL,
    clock,
    onError: (error) => emit(failureEvent('reconcile', error)),
    onWedged: () => overrides.onFatal?.('No group was started or finished for too long while work waits'),
  });
  const queue = overrides.queue?.(openedQueue) ?? openedQueue;
  const [owner, soleOwner] = [randomUUID(), settings.store.kind === 'embedded'];
  const { fetch, agents } = createNetwork(settings.proxies);
  const jiraTracker = createJiraTracker({
    ...jira,
    fetch,
    lease: (learn) => openRateLease({ store, learn, replica: owner, isSole: soleOwner, clock }),
    clock,
    random: Math.random,
    ...metrics.ofJira,
  });
  const tracker = overrides.tracker?.(jiraTracker) ?? jiraTracker;
  const sqs = openSqs({ ...settings.sqs, agents: agents(), log: logger });
  const allowedAccounts = settings.allowedAccounts === null ? null : new Set(settings.allowedAccounts);
  const readBody = (body: string) => readMessage(body, clock.now(), allowedAccounts);
  const accessAnalyzer = createAccessAnalyzer({ agents, log: logger, sleep });
  const yielder = createYielder(clock);
  const [parts, aws] = [await loadParts(PARTS, settings.parts, rules.ruleSet), createAwsAccess({ agents, log: logger, now: clock.now })];
  const pipeline = composePipeline({
    ...DEFAULT_BOUNDS,
    ...overrides,
    store,
    queue,
    tracker,
    preflight: jiraTracker.preflight,
    access: jiraTracker.access,
    clock,
    emit,
    installation,
    mode,
    owner,
    soleOwner,
    seed: rules,
    rulesExport: settings.store.kind === 'embedded' ? createRulesExport(settings.store.dataDir, yielder.yieldIfDue) : null,
    rulesSource: settings.rulesMode === 'file' ? createRulesFileSource(settings.rulesFile) : null,
    deadLetterQueues: sqs.deadLetterQueues,
    readAgain: readBody,
    yielder,
    details: accessAnalyzer,
    startParts: (ports) => parts.map((part) => part.start({ ...ports, settings: settings.parts, aws })),
    scans: accessAnalyzer,
    analyzers: settings.analyzers === null ? null : { ...settings.analyzers, source: accessAnalyzer },
    allowedAccounts,
    accountsSource: createOrganizations({ agents, log: logger, sleep: (ms, signal) => sleep(ms, undefined, { signal }) }),
    timeoutMs: jira.timeoutMs,
    uncertainWindowMs: jira.uncertainWindowMs,
    sweepIntervalMs: settings.sweepIntervalMs,
    retentionMs: settings.retentionMs,
    sleep,
    sleepBetweenPages: sleep,
  });
  const intake = createIntake({
    ...pipeline,
    queues: sqs.queues.map((queue) => withLag(queue, clock.now, metrics.intakeLag)),
    loopsPerQueue: LOOPS_PER_QUEUE,
    storeReady: watch.ready,
    storeFailed: watch.failed,
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
    access: jiraTracker.access,
    storeProblem: watch.problem,
    heldMessages: intake.held,
    sqs: sqs.queues.map((one) => ({ ...one, receiveProblem: () => intake.receiveProblem(one.url)?.message ?? null })),
  });
  const doctor = composeDoctor({
    ...opened,
    ...pipeline,
    store,
    source: accessAnalyzer,
    jira: jiraTracker.diagnose,
    sqs: createDiagnoseSqs(sqs.client, sqs.deadLetterQueues, intake.receiveProblem),
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
    oidc: settings.oidc === null ? null : { ...settings.oidc, fetch },
    issueUrl: tracker.url,
    deadLetterQueues: sqs.deadLetterQueues,
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
      access: jiraTracker.access.state(),
      store: { kind: settings.store.kind, durability: opened.durability, trusted: await pipeline.trust.isTrusted() },
    }),
    metrics: metrics.render,
    files: await loadPage(),
  });
  metrics.collectFrom(() => readGauges({ store, queue, trust: pipeline.trust, governor: jiraTracker.governorState }));
  const reportStart = createReportStart({ ...pipeline, check: jiraTracker.checkStart, report: ({ level, line }) => logger[level](line) });
  let address = '';
  return {
    get address() {
      return address;
    },
    async start() {
      await sqs.check();
      // Before anything is received: a port that is taken ends the process.
      address = await listen(admin, settings.http);
      await pipeline.start();
      await watch.start(pipeline.trust);
      intake.start();
      reportStart.start();
      sqs.warn(logger);
      logger.info({ address, store: settings.store.kind, mode, installation }, 'Started');
    },
    async stop() {
      reportStart.stop();
      const graceEndsAt = clock.monotonic() + GRACE_MS;
      // Answers that run may still ask the queue, so it is closed after them.
      await endedWithin(Promise.all([intake.stop(), pipeline.stop(), watch.stop(), admin.close()]), LAST_REQUESTS_MS);
      await queue.close(graceEndsAt - clock.monotonic());
      sqs.close();
      await store.close();
      logger.info('Stopped');
    },
  };
}
