import type { AdminApp } from '../admin-app.ts';
import { PAUSES } from '../../pipeline/records/admin-collections.ts';
import { DETAILS } from '../../pipeline/records/details-collections.ts';
import { GROUPS } from '../../pipeline/records/group-collections.ts';
import { SWEEP_OF_FINDINGS, SWEEPS, type SweepResult } from '../../pipeline/records/service-collections.ts';
import { UNREADABLE } from '../../pipeline/records/unreadable-collections.ts';
import { droppedMessages } from '../../pipeline/records/dropped-messages.ts';
import type { RateReason } from '../../pipeline/ports/rate-lease.ts';
import { oldestDueMs } from '../../pipeline/records/oldest-due.ts';
import type { AccessState } from '../../pipeline/ports/tracker-access.ts';
import { readReplaceable } from '../../pipeline/records/read-replaceable.ts';
import { lasts } from '../../pipeline/groups/pauses.ts';
import type { Store, Stored } from '../../pipeline/ports/store.ts';
import type { FindingsSwept } from '../../pipeline/records/findings-sweep-record.ts';
import type { AnalyzerRecord } from '../../pipeline/records/analyzer-record.ts';
import { analyzersInTrouble } from '../../pipeline/records/analyzers-in-trouble.ts';
import { readCoverage } from '../../pipeline/coverage/read-coverage.ts';
import { SWEEP_OF_ISSUES } from '../../pipeline/recovery/sweep.ts';
import { reportOpenings } from '../../pipeline/openings/report-openings.ts';
import { toCoverage } from './coverage-status.ts';
import { STATES } from './mapping.ts';
import { countIssues, countStates } from '../../pipeline/records/count-states.ts';
import { countWouldOpen } from '../../pipeline/records/count-would-open.ts';
import { reportAccounts } from '../../pipeline/rulebook/report-accounts.ts';
import type { RuleBook, Rules } from '../../pipeline/rulebook/rule-book.ts';
import { Status } from './status.ts';

/** Facts that only the running process knows. */
export interface StatusFacts {
  /** Epoch ms. */
  readonly startedAt: number;
  readonly mode: 'live' | 'observe';
  /** Groups that wait for a pass. */
  readonly queueDepth: number;
  /** The SQS queues; null where one does not answer. */
  readonly queues: readonly { readonly url: string; readonly attributes: { readonly waiting: number; readonly inFlight: number } | null }[];
  readonly governor: {
    readonly inFlight: number;
    readonly waiting: number;
    readonly callsPerSecond: {
      readonly share: number;
      readonly of: number;
      readonly ceiling: number | null;
      readonly because: RateReason;
    };
    readonly retryAfterWindows: readonly {
      readonly scope: 'endpoint' | 'issue' | 'all';
      readonly of: string | null;
      readonly leftMs: number;
    }[];
  };
  readonly access: Pick<AccessState, 'access' | 'since' | 'message'>;
  readonly store: { readonly kind: 'redis' | 'embedded'; readonly durability: string; readonly trusted: boolean };
}

export interface StatusDeps {
  readonly store: Store;
  readonly rules: RuleBook;
  readonly version: string;
  readonly status: () => Promise<StatusFacts>;
}

/** More scopes than admins pause. */
const MAX_PAUSES = 100;

/** The status of the service in one answer. */
export function addStatusRoutes(app: AdminApp, deps: StatusDeps): void {
  const schema = { tags: ['status'], summary: 'The status of the service', operationId: 'getStatus', response: { 200: Status } };
  app.get('/api/v1/status', { schema, config: { access: 'viewer' } }, () => readStatus(deps));
}

type StatusFrom = Omit<StatusDeps, 'rules'> & {
  readonly rules: { current(): Promise<Pick<Rules, 'projects' | 'limitsOf' | 'compiled' | 'accounts'>> };
};

/** @throws StoreUnavailable */
export async function readStatus({ store, rules, version, status }: StatusFrom): Promise<Status> {
  const [
    facts,
    mappings,
    issues,
    wouldOpen,
    limits,
    details,
    [failures = 0],
    [deadLetters = 0],
    pauses,
    lagMs,
    deadLettersDropped,
    sweep,
    findingsSweep,
    analyzers,
    accounts,
    coverage,
    now,
  ] = await Promise.all([
    status(),
    countStates(store, STATES),
    countIssues(store),
    rules.current().then((book) => countWouldOpen(store, book.projects())),
    rules.current().then((book) => reportOpenings(store, book)),
    countDetails(store),
    store.counts(GROUPS, ['failed']),
    store.counts(UNREADABLE, ['']),
    store.page(PAUSES, { terms: [], limit: MAX_PAUSES }),
    oldestDueMs(store),
    droppedMessages(store),
    readReplaceable(store, SWEEPS, SWEEP_OF_ISSUES),
    readReplaceable(store, SWEEPS, SWEEP_OF_FINDINGS),
    analyzersInTrouble(store),
    rules.current().then((book) => reportAccounts(store, book.compiled.ruleSet, book.accounts())),
    readCoverage(store),
    store.now(),
  ]);
  const { startedAt, mode, queueDepth, access } = facts;
  const last = sweep.doc?.last ?? null;
  return {
    version,
    startedAt: new Date(startedAt).toISOString(),
    mode,
    mappings: { ...mappings },
    issues: { ...issues },
    wouldOpen: { ...wouldOpen },
    limits: [...limits],
    failures,
    deadLetters,
    deadLettersDropped,
    // A pause that can't be read holds its scope all the same; its id is the scope.
    pauses: [...pauses.items.filter(({ doc }) => lasts(doc, now)), ...(pauses.unreadable ?? [])].map(({ id }) => id),
    queueDepth,
    lagMs,
    lastSweep: last === null ? null : shownSweep(last),
    lastFindingsSweep: toFindingsSweep(findingsSweep.doc?.lastSwept),
    analyzers: analyzers.map(toAnalyzer),
    coverage: toCoverage(coverage),
    queues: facts.queues.map(({ url, attributes }) => ({
      url,
      waiting: attributes?.waiting ?? null,
      inFlight: attributes?.inFlight ?? null,
    })),
    details,
    accounts: {
      known: accounts.known,
      listedAt: accounts.listedAt === null ? null : new Date(accounts.listedAt).toISOString(),
      problem: accounts.problem === null ? null : `${accounts.problem.code}: ${accounts.problem.message}`,
      uncovered: { count: accounts.uncovered.count, first: [...accounts.uncovered.first] },
    },
    jira: { token: access.access, since: access.since === null ? null : new Date(access.since).toISOString(), message: access.message },
    governor: { ...facts.governor, retryAfterWindows: [...facts.governor.retryAfterWindows] },
    store: facts.store,
  };
}

function shownSweep({ at, vanished, ...counts }: SweepResult): Status['lastSweep'] {
  const shown = { ...counts, at: new Date(at).toISOString() };
  return vanished === undefined ? shown : { ...shown, vanished: [...vanished] };
}

function toFindingsSweep(swept: FindingsSwept | undefined): Status['lastFindingsSweep'] {
  if (swept === undefined) return null;
  const { endedAt, listed, added, changed, missing, ended, gone, complete, of, calls } = swept;
  return { at: new Date(endedAt).toISOString(), listed, added, changed, missing, ended, gone, complete, of, calls: { ...calls } };
}

function toAnalyzer({ id, doc: { status, problem, alarm } }: Stored<AnalyzerRecord>): Status['analyzers'][number] {
  return {
    analyzerArn: id,
    status,
    problem: problem === null ? null : { code: problem.code, message: problem.message },
    alarm: alarm === null ? null : { missing: alarm.missing, of: alarm.of },
  };
}

async function countDetails(store: Store): Promise<Status['details']> {
  const [wanted = 0, missing = 0] = await store.counts(DETAILS, ['state:wanted', 'state:missing']);
  return { wanted, missing };
}
