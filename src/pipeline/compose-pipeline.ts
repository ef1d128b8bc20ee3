import { createExportEvidence, type ExportEvidence } from './evidence/export-evidence.ts';
import { createAcceptBatch, type AcceptBatch } from './accept/accept-batch.ts';
import { createAcceptFinding, type AcceptFinding } from './accept/accept-finding.ts';
import { createKeepUnreadable, type KeepUnreadable } from './accept/keep-unreadable.ts';
import { createAdminActions, type AdminActions } from './admin-actions/admin-actions.ts';
import { createEndPauses } from './admin-actions/end-pauses.ts';
import { createEvaluateFinding, type EvaluateFinding } from './admin-actions/evaluate-finding.ts';
import { createRedrive } from './admin-actions/redrive.ts';
import { createDetailsEnricher } from './details/details-enricher.ts';
import { createDetailsFetcher } from './details/details-fetcher.ts';
import type { WantingDetails } from './details/want-details.ts';
import { createFollowDue } from './enrichment/follow-due.ts';
import { createStateOf } from './enrichment/finding-states.ts';
import { createLearnFacts } from './enrichment/learn-facts.ts';
import { createOperations, type Operations } from './operations/operations.ts';
import { createListAccounts, type ListAccounts } from './accounts/list-accounts.ts';
import { createReconcileAccounts } from './accounts/reconcile-accounts.ts';
import type { Enricher } from './ports/enricher.ts';
import type { RunningPart } from './ports/part.ts';
import type { Diagnose } from './ports/doctor-check.ts';
import type { StoreTrust } from './ports/store-trust.ts';
import { claimBounds } from './reconcile/reconcile-context.ts';
import { isFindingBacklog } from './operations/is-finding-backlog.ts';
import { createReleaseOpenings } from './reconcile/release-openings.ts';
import { recordingFaults } from './reconcile/record-fault.ts';
import { createReconcileGroup, type ReconcileGroup } from './reconcile/reconcile-group.ts';
import { checkedStore } from './recovery/checked-store.ts';
import { createStoreTrust } from './recovery/create-store-trust.ts';
import { createSweep, type Sweep } from './recovery/sweep.ts';
import { createFindingsSweep, type FindingsSweep } from './listing/sweep-findings.ts';
import { createSweepOperation } from './listing/sweep-operation.ts';
import { SWEEP_OF_FINDINGS } from './records/service-collections.ts';
import { createCheckDraft } from './rule-changes/check-draft.ts';
import { createRescans, type Rescans } from './rescan/create-rescans.ts';
import { createRetention, type Retention } from './retention/create-retention.ts';
import { createReports, type Reports } from './reports/create-reports.ts';
import { createReconcileChanged } from './rule-changes/reconcile-changed.ts';
import { createSaveRules, type SaveRules } from './rule-changes/save-rules.ts';
import { createAccountBook, NO_ACCOUNT_BOOK } from './rulebook/account-book.ts';
import { createRuleBook, type RuleBook } from './rulebook/rule-book.ts';
import { exportMissing } from './rulebook/rules-export.ts';
import { createDiagnoseAccounts } from './runtime/diagnose-accounts.ts';
import { createTicker, type Ticker } from './runtime/ticker.ts';
import { createAccessWatch, type AccessWatch } from './runtime/watch-access.ts';
import { countWouldOpen } from './records/count-would-open.ts';
import { createFollowRules } from './rule-changes/follow-rules-file.ts';
import { resumeGroups } from './admin-actions/resume-groups.ts';
import { createAdaptiveRateLimiter } from './details/adaptive-rate-limiter.ts';
import type { PipelineDeps } from './pipeline-deps.ts';

/** The pipeline, composed but not started. */
export interface Pipeline {
  /** Checks the store, loads the rules, resumes groups that an earlier run held back, and begins to work. @throws StoreUnavailable */
  start(): Promise<void>;
  /** Takes no new work; resolves when operations and background work have ended. Passes that run go on until the queue is closed. */
  stop(): Promise<void>;
  readonly accept: AcceptFinding;
  readonly acceptBatch: AcceptBatch;
  readonly keepUnreadable: KeepUnreadable;
  readonly reconcile: ReconcileGroup;
  readonly rules: RuleBook;
  readonly saveRules: SaveRules;
  readonly evaluate: EvaluateFinding;
  readonly trust: StoreTrust;
  readonly sweep: Sweep;
  /** Null: sweeps compare Jira only. */
  readonly findingsSweep: FindingsSweep | null;
  /** Null: AWS is not asked to scan resources again. */
  readonly rescans: Rescans | null;
  readonly retention: Retention;
  readonly operations: Operations;
  readonly adminActions: AdminActions;
  readonly ticker: Ticker;
  readonly accessWatch: AccessWatch;
  /** The details and those of the parts, in the order in which passes ask them. */
  readonly enrichers: readonly Enricher[];
  readonly parts: readonly RunningPart[];
  readonly listAccounts: ListAccounts;
  readonly diagnoseAccounts: Diagnose;
  readonly exportEvidence: ExportEvidence;
  readonly reports: Reports;
  /** Why the rules file is not in force; null: it is, or no file is followed. */
  rulesFileProblem(): string | null;
}

/** Groups that a start resumes: held ones, whose pause may be gone, and in live mode those that were only observed. */
const RESUMED = { observe: ['held'], live: ['observe-only', 'held'] } as const;

/** Composes the pipeline, for the service and for the tests. */
export function composePipeline(deps: PipelineDeps): Pipeline {
  const { clock, mode, cooldowns, detailsWaitMs, sleepBetweenPages } = deps;
  const store = checkedStore(deps.store, () => trust.ensure());
  const accountBook = deps.accountsSource === null ? NO_ACCOUNT_BOOK : createAccountBook(store);
  const rules = createRuleBook(store, deps.seed, clock, accountBook);
  const projects = async (): Promise<readonly string[]> => (await rules.current()).projects();
  const ownTrust = createStoreTrust({ ...deps, sleep: sleepBetweenPages, projects });
  const trust = deps.wrapTrust?.(ownTrust) ?? ownTrust;
  const shared = { ...deps, store, rules, trust };
  const parts = composeParts(shared);
  const accepting = { ...shared, enrichers: parts.map(({ enricher }) => enricher) };
  const accept = createAcceptFinding(accepting);
  const details = composeDetails({ ...shared, accept });
  const enrichers = [details.enricher, ...accepting.enrichers];
  const rescans = composeRescans(shared);
  const sweptEveryMs = deps.analyzers === null ? 0 : deps.sweepIntervalMs;
  const canRescan = rescans !== null;
  const planning = { mode, cooldowns, enrichers, detailsWaitMs, sweptEveryMs, canRescan };
  const sweep = createSweep({ ...shared, sleep: sleepBetweenPages, intervalMs: deps.sweepIntervalMs });
  const findingsSweep = composeFindingsSweep({ ...shared, accept });
  const adminActions = createAdminActions(shared);
  const operations = createOperations({
    ...shared,
    kinds: {
      ...adminActions.kinds,
      redrive: createRedrive({ ...shared, accept }),
      sweep: createSweepOperation(sweep, findingsSweep),
      'rules-reconcile': createReconcileChanged(shared),
      'accounts-reconcile': createReconcileAccounts(shared),
    },
  });
  const saveRules = createSaveRules({ ...shared, operations, check: createCheckDraft({ ...shared, operations }) });
  const accessWatch = createAccessWatch(shared);
  const retention = createRetention(shared);
  const endPauses = createEndPauses({ ...shared, pauses: adminActions.pauses, operations });
  const releaseOpenings = createReleaseOpenings({ ...shared, ...planning, isGathering: () => isFindingBacklog(store, SWEEP_OF_FINDINGS) });
  const listAccounts = createListAccounts({ ...shared, accountBook, operations });
  const ticker = createTicker({
    ...shared,
    sweep,
    findingsSweep,
    rescans,
    operations,
    accessWatch,
    retention,
    endPauses,
    releaseOpenings,
    listAccounts,
    resume: resumeObserved,
  });
  const { rulesSource, rulesExport, queue, emit } = deps;
  const follower =
    rulesSource === null ? null : createFollowRules({ ...shared, saveRules, source: rulesSource, everyMs: deps.rulesFileEveryMs });
  const reconcileGroup = createReconcileGroup({ ...shared, ...planning, ...claimBounds(deps.timeoutMs, deps.sendingSlackMs) });
  const reconcile: ReconcileGroup = async (group) => {
    await accessWatch.hear();
    await reconcileGroup(group);
  };

  /** A replica that still observes may take a group after the start of one that does not. */
  async function resumeObserved(): Promise<void> {
    if (mode === 'live') await resumeGroups({ store, queue: deps.queue }, 'observe-only');
  }

  /** What was observed stays observed until a live start, so this is where it is known how much will be opened. */
  async function reportObserved(): Promise<void> {
    const counts = mode === 'live' ? Object.entries(await countWouldOpen(store, await projects(), 'mode')) : [];
    if (counts.length > 0) emit({ what: 'opening-observed', opens: counts.map(([key, count]) => `${count} in ${key}`).join(', ') });
  }

  return {
    async start() {
      await trust.ensure();
      await rules.current();
      await follower?.start(deps.seed);
      if (rulesExport !== null) await exportMissing(store, rulesExport, emit);
      await reportObserved();
      for (const term of RESUMED[mode]) await resumeGroups({ store, queue }, term);
      await accessWatch.start();
      queue.work(recordingFaults(shared, reconcile));
      ticker.start();
      for (const enricher of enrichers) enricher.start();
    },
    async stop() {
      // Before the client is closed: calls that it aborts must not look like silence of AWS.
      findingsSweep?.stop();
      await Promise.all([follower?.stop(), ticker.stop(), ...enrichers.map((one) => one.stop()), queue.pause()]);
      await operations.stop();
    },
    accept,
    acceptBatch: createAcceptBatch({ ...accepting, accept }),
    keepUnreadable: createKeepUnreadable(shared),
    reconcile,
    rules,
    saveRules,
    evaluate: createEvaluateFinding({ ...shared, ...planning, refusalOf: details.refusalOf }),
    trust,
    sweep,
    findingsSweep,
    rescans,
    retention,
    operations,
    adminActions,
    ticker,
    accessWatch,
    enrichers,
    parts,
    listAccounts,
    diagnoseAccounts: createDiagnoseAccounts(shared),
    exportEvidence: createExportEvidence(shared),
    reports: createReports(shared),
    rulesFileProblem: () => follower?.problem() ?? null,
  };
}

function composeFindingsSweep(deps: PipelineDeps & Pick<Pipeline, 'accept' | 'trust'>): FindingsSweep | null {
  const { analyzers, sweepIntervalMs, listingsPerSecond } = deps;
  return analyzers === null
    ? null
    : createFindingsSweep({ ...deps, ...analyzers, intervalMs: sweepIntervalMs, perSecond: listingsPerSecond });
}

/** Not where nothing is written to Jira. */
function composeRescans(deps: PipelineDeps & Pick<Pipeline, 'rules'>): Rescans | null {
  const { store, scans, mode, detailsPerSecond: perSecond } = deps;
  return scans === null || mode === 'observe'
    ? null
    : createRescans({ ...deps, source: scans, limiter: createAdaptiveRateLimiter({ store, perSecond }) });
}

function composeParts(deps: PipelineDeps & Pick<Pipeline, 'rules'>): readonly RunningPart[] {
  const { store, clock, emit, rules } = deps;
  return deps.startParts({
    store,
    clock,
    emit,
    learn: createLearnFacts(deps),
    rules: async () => {
      const book = await rules.current();
      return { ruleSet: book.compiled.ruleSet, accounts: book.accounts() };
    },
    stateOf: createStateOf(store),
    limiter: (of, perSecond) => createAdaptiveRateLimiter({ store, perSecond, of }),
    followDue: createFollowDue(deps),
  });
}

function composeDetails(
  deps: PipelineDeps & Pick<Pipeline, 'accept' | 'rules' | 'trust'>,
): Pick<WantingDetails, 'refusalOf'> & { readonly enricher: Enricher } {
  const { details, detailsPerSecond } = deps;
  if ('refusalOf' in details) {
    const { refusalOf } = details;
    return { refusalOf, enricher: createDetailsEnricher({ ...deps, refusalOf, fetcher: null }) };
  }
  const fetcher = createDetailsFetcher({ ...deps, source: details, perSecond: detailsPerSecond });
  const { refusalOf } = fetcher;
  return { refusalOf, enricher: createDetailsEnricher({ ...deps, refusalOf, fetcher }) };
}
