import { type ReadAgain } from './admin-actions/redrive.ts';
import type { AccountsSource } from './ports/accounts-source.ts';
import type { Clock } from './ports/clock.ts';
import type { DeadLetterQueue } from './ports/dead-letter-queue.ts';
import type { DetailsSource } from './ports/details-source.ts';
import type { IssueTracker } from './ports/issue-tracker.ts';
import type { PipelinePorts, RunningPart } from './ports/part.ts';
import type { Preflight } from './ports/preflight.ts';
import type { ReconcileQueue } from './ports/reconcile-queue.ts';
import type { Emit } from './ports/service-event.ts';
import type { StoreTrust } from './ports/store-trust.ts';
import type { TrackerAccess } from './ports/tracker-access.ts';
import type { Store } from './ports/store.ts';
import { type ReconcileContext } from './reconcile/reconcile-context.ts';
import { INDEX_LAG_MS } from './recovery/create-store-trust.ts';
import type { AnalyzerSettings } from './listing/choose-analyzers.ts';
import type { AnalyzerSource } from './ports/analyzer-source.ts';
import { type RulesExport } from './rulebook/rules-export.ts';
import type { Yielder } from './rulebook/yielder.ts';
import type { CompiledRules } from '../rules/parse-rules.ts';
import type { RulesSource } from './ports/rules-source.ts';
import { type Cooldowns, DEFAULT_COOLDOWNS, DETAILS_WAIT_MS } from '../issues/step-delay.ts';
import type { WantingDetails } from './details/want-details.ts';
import { DETAILS_PER_SECOND, LISTINGS_PER_SECOND } from './details/adaptive-rate-limiter.ts';

/** Waits that a test may shorten, ms. */
export interface PipelineBounds {
  /** @see INDEX_LAG_MS */
  readonly indexLagMs: number;
  /** How much longer than a request's time-out other replicas leave a claim alone. */
  readonly sendingSlackMs: number;
  readonly cooldowns: Cooldowns;
  /** @see DETAILS_WAIT_MS */
  readonly detailsWaitMs: number;
  /** Calls to Access Analyzer per second and Region. @see DETAILS_PER_SECOND */
  readonly detailsPerSecond: number;
  /** Listing calls to Access Analyzer per second and Region. @see LISTINGS_PER_SECOND */
  readonly listingsPerSecond: number;
  /** From one reading of the rules file to the next; a change counts when two readings have seen it. */
  readonly rulesFileEveryMs: number;
}

export const DEFAULT_BOUNDS: PipelineBounds = {
  indexLagMs: INDEX_LAG_MS,
  sendingSlackMs: 60_000,
  cooldowns: DEFAULT_COOLDOWNS,
  detailsWaitMs: DETAILS_WAIT_MS,
  detailsPerSecond: DETAILS_PER_SECOND,
  listingsPerSecond: LISTINGS_PER_SECOND,
  rulesFileEveryMs: 3_000,
};

/** The ports and settings that the pipeline is composed of. */
export interface PipelineDeps
  extends PipelineBounds, Pick<ReconcileContext, 'installation' | 'mode' | 'owner' | 'soleOwner' | 'uncertainWindowMs'> {
  readonly store: Store;
  readonly queue: ReconcileQueue;
  readonly tracker: IssueTracker;
  readonly preflight: Preflight;
  readonly access: TrackerAccess;
  readonly clock: Clock;
  readonly emit: Emit;
  /** The rules that seed an empty store. */
  readonly seed: CompiledRules;
  /** Where the rules are exported; null: nowhere. */
  readonly rulesExport: RulesExport | null;
  /** The rules file that the service follows; null: the API changes the rules. */
  readonly rulesSource: RulesSource | null;
  readonly deadLetterQueues: readonly DeadLetterQueue[];
  readonly readAgain: ReadAgain;
  readonly yielder: Yielder;
  /** Where details of findings come from, or else the refusal that the source would give to every question. */
  readonly details: DetailsSource | Pick<WantingDetails, 'refusalOf'>;
  /** Composes the parts that are on. */
  readonly startParts: (ports: PipelinePorts) => readonly RunningPart[];
  /** Where names, units and states of accounts come from; null: from the rules file alone. */
  readonly accountsSource: AccountsSource | null;
  /** Where AWS is asked to scan resources again; null: nowhere. */
  readonly scans: Pick<AnalyzerSource, 'startScan'> | null;
  /** From the first byte of a request to Jira to the last of its answer, ms. */
  readonly timeoutMs: number;
  /** From one sweep to the next, ms; 0: none. */
  readonly sweepIntervalMs: number;
  /** Where sweeps list findings, and of which analyzers; null: they compare Jira only. */
  readonly analyzers: (AnalyzerSettings & { readonly source: AnalyzerSource }) | null;
  /** Accounts whose findings are accepted; null: all. */
  readonly allowedAccounts: ReadonlySet<string> | null;
  /** How long the history of a finding that has ended is kept, ms. */
  readonly retentionMs: number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Between two tries to read a page from Jira. */
  readonly sleepBetweenPages: (ms: number) => Promise<void>;
  /** Wraps the trust in the store, such as in a test that withholds it. */
  readonly wrapTrust?: (trust: StoreTrust) => StoreTrust;
}
