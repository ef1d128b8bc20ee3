import type { AdminApp } from '../admin-app.ts';
import { Type, type Static } from 'typebox';
import { nextTryAt } from '../../issues/group-record.ts';
import { PAUSES } from '../../pipeline/records/admin-collections.ts';
import { DETAILS } from '../../pipeline/records/details-collections.ts';
import { GROUPS } from '../../pipeline/records/group-collections.ts';
import { SWEEP_OF_FINDINGS, SWEEPS, type SweepResult } from '../../pipeline/records/service-collections.ts';
import { UNREADABLE } from '../../pipeline/records/unreadable-collections.ts';
import { droppedMessages } from '../../pipeline/records/dropped-messages.ts';
import { readReadable } from '../../pipeline/records/read-readable.ts';
import { readReplaceable } from '../../pipeline/records/read-replaceable.ts';
import { lasts } from '../../pipeline/groups/pauses.ts';
import type { Store, Stored } from '../../pipeline/ports/store.ts';
import type { FindingsSwept } from '../../pipeline/records/findings-sweep-record.ts';
import { REFUSAL_CODES } from '../../pipeline/ports/details-source.ts';
import type { AnalyzerRecord } from '../../pipeline/records/analyzer-record.ts';
import { analyzersInTrouble } from '../../pipeline/records/analyzers-in-trouble.ts';
import { readCoverage } from '../../pipeline/coverage/read-coverage.ts';
import { SWEEP_OF_ISSUES } from '../../pipeline/recovery/sweep.ts';
import { reportOpenings } from '../../pipeline/openings/report-openings.ts';
import { Coverage, toCoverage } from './coverage-status.ts';
import { STATES } from './mapping.ts';
import { countIssues, countStates } from '../../pipeline/records/count-states.ts';
import { countWouldOpen } from '../../pipeline/records/count-would-open.ts';
import { reportAccounts } from '../../pipeline/rulebook/report-accounts.ts';
import type { RuleBook, Rules } from '../../pipeline/rulebook/rule-book.ts';

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
    readonly callsPerSecond: { readonly share: number; readonly of: number };
    readonly retryAfterWindows: readonly {
      readonly scope: 'endpoint' | 'issue' | 'all';
      readonly of: string | null;
      readonly leftMs: number;
    }[];
  };
  readonly access: {
    readonly access: 'accepted' | 'unconfirmed' | 'refused' | 'one-first';
    readonly since: number | null;
    readonly message: string;
  };
  readonly store: { readonly kind: 'redis' | 'embedded'; readonly durability: string; readonly trusted: boolean };
}

const Count = Type.Integer({ minimum: 0 });
const OrUnknown = Type.Union([Count, Type.Null()], { description: 'null: the queue does not answer' });

const OrNever = Type.Union([Type.String({ format: 'date-time' }), Type.Null()], { description: 'null: never' });
const OrNoText = Type.Union([Type.String(), Type.Null()]);

const StateCounts = Type.Record(Type.String(), Count, {
  propertyNames: { enum: STATES },
  description: 'Findings by the state of their mapping; `closed` includes findings that ended without an issue',
});

/** The limit of all openings of one kind. */
const Limit = Type.Object({
  kind: Type.Enum(['backlog', 'live'], { description: '`backlog`: of findings that were there before. `live`: of findings as they arise' }),
  perHour: Count,
  openedLastHour: Count,
  held: Type.Integer({ minimum: 0, description: 'Groups that this or another limit holds back' }),
  roomAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], { description: 'null: it has room' }),
});

const LastSweep = Type.Object({
  at: Type.String({ format: 'date-time' }),
  found: Count,
  restored: Count,
  duplicatesClosed: Count,
  moved: Type.Optional(Count),
  missing: Type.Optional(Type.Integer({ minimum: 0, description: 'Issues that Jira does not show, which a later sweep has to confirm' })),
  deleted: Type.Optional(Type.Integer({ minimum: 0, description: 'Issues that are taken for deleted since this sweep' })),
  foundAgain: Type.Optional(Count),
  vanished: Type.Optional(
    Type.Array(Type.Object({ projectKey: Type.String(), missing: Count, of: Count }), {
      description: 'Projects in which so many issues are missing at once that it proves nothing, or that Jira does not show either',
    }),
  ),
});

const FindingsSweepStatus = Type.Object({
  at: Type.String({ format: 'date-time' }),
  listed: Count,
  added: Type.Integer({ minimum: 0, description: 'Findings that no event had brought' }),
  changed: Count,
  missing: Type.Integer({ minimum: 0, description: 'Held as ACTIVE, and not listed' }),
  ended: Type.Integer({ minimum: 0, description: 'Those of them that AWS says have ended' }),
  gone: Type.Integer({ minimum: 0, description: 'Those that AWS no longer has, at the second listing in a row' }),
  complete: Type.Integer({ minimum: 0, description: 'Analyzers that were listed completely' }),
  of: Count,
  calls: Type.Record(Type.String(), Count, { description: 'Calls to AWS, by name' }),
});

const AnalyzerStatus = Type.Object({
  analyzerArn: Type.String(),
  status: Type.Union([Type.String(), Type.Null()], { description: 'As AWS last said; null: it has not named the analyzer' }),
  problem: Type.Union([Type.Object({ code: Type.Enum([...REFUSAL_CODES]), message: Type.String() }), Type.Null()], {
    description: 'Why its last listing was not complete; null: it was',
  }),
  alarm: Type.Union([Type.Object({ missing: Count, of: Count }), Type.Null()], {
    description: 'So many of its findings were missing at once that none was ended; null: no alarm',
  }),
});

/** The status of the service, as the API shows it. */
export const Status = Type.Object(
  {
    version: Type.String(),
    startedAt: Type.String({ format: 'date-time' }),
    mode: Type.Enum(['live', 'observe'], { description: '`observe`: nothing is written to Jira' }),
    mappings: StateCounts,
    issues: Type.Object(
      { open: Count, closed: Count, deleted: Count },
      { description: 'Issues by their side. Findings that share an issue count once, findings without an issue do not count' },
    ),
    wouldOpen: Type.Record(Type.String(), Count, {
      description:
        'How many issues are not opened because the service (`MODE=observe`) or their rule (`mode: observe`) only observes, by project',
    }),
    limits: Type.Array(Limit, { description: 'What the limits of openings let through and hold back. Empty with `limits: off`' }),
    failures: Type.Integer({ minimum: 0, description: 'Groups that are stuck' }),
    deadLetters: Type.Integer({ minimum: 0, description: 'Messages that could not be read' }),
    deadLettersDropped: Type.Integer({
      minimum: 0,
      description: 'Those that were dropped to make room for newer ones; a dead-letter queue got them',
    }),
    pauses: Type.Array(Type.String(), { description: 'Scopes that are paused' }),
    queueDepth: Type.Integer({ minimum: 0, description: 'Groups that wait for a pass' }),
    lagMs: Type.Integer({
      minimum: 0,
      description: 'How long the longest waiting group has been due for a pass; 0: none is late',
    }),
    lastSweep: Type.Union([LastSweep, Type.Null()], { description: 'The result of the last sweep; null: none has ended yet' }),
    lastFindingsSweep: Type.Union([FindingsSweepStatus, Type.Null()], {
      description: 'The result of the last sweep over AWS; null: none has ended yet',
    }),
    analyzers: Type.Array(AnalyzerStatus, { description: 'Analyzers with a problem or an alarm at their last listing' }),
    coverage: Coverage,
    queues: Type.Array(Type.Object({ url: Type.String(), waiting: OrUnknown, inFlight: OrUnknown }), {
      description: 'Messages in the SQS queues, approximately',
    }),
    details: Type.Object(
      { wanted: Count, missing: Count },
      { description: 'Findings that AWS has yet to be asked about, and those for which it gave no answer; both are retried' },
    ),
    accounts: Type.Object(
      {
        known: Type.Integer({ minimum: 0, description: 'Accounts that AWS Organizations lists' }),
        listedAt: OrNever,
        problem: Type.Union([Type.String(), Type.Null()], {
          description: 'Why the last try gave no list; null: it gave one, or there was none',
        }),
        uncovered: Type.Object(
          {
            count: Count,
            first: Type.Array(Type.Object({ id: Type.String(), name: OrNoText, state: OrNoText }), {
              description: 'The first hundred of them, with their states in the words of AWS',
            }),
          },
          { description: 'Listed accounts about which no map says anything. None where no rule uses the map' },
        ),
      },
      { description: 'What AWS Organizations says of the accounts, and which of them no map covers' },
    ),
    governor: Type.Object(
      {
        inFlight: Count,
        waiting: Count,
        callsPerSecond: Type.Object(
          { share: Type.Number({ minimum: 0 }), of: Type.Number({ minimum: 0 }) },
          { description: 'The share of this replica in the rate of all replicas; 0 while it needs none' },
        ),
        retryAfterWindows: Type.Array(
          Type.Object({ scope: Type.Enum(['endpoint', 'issue', 'all']), of: Type.Union([Type.String(), Type.Null()]), leftMs: Count }),
          { description: 'The open retry-after windows of Jira' },
        ),
      },
      { description: 'Calls to Jira' },
    ),
    jira: Type.Object(
      {
        token: Type.Enum(['accepted', 'unconfirmed', 'refused', 'one-first'], {
          description:
            '`refused`: nothing is sent but the question whether it is accepted again. `unconfirmed`: the same, because of failures of an earlier run. `one-first`: it is accepted again, and one step goes before all others',
        }),
        since: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], { description: 'null: since the start' }),
        message: Type.String(),
      },
      { description: 'Whether Jira accepts the token, as its last answers said' },
    ),
    store: Type.Object({ kind: Type.Enum(['redis', 'embedded']), durability: Type.String(), trusted: Type.Boolean() }),
  },
  { description: 'The status of the service' },
);

export type Status = Static<typeof Status>;

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
    lagOf(store),
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

async function lagOf(store: Store): Promise<number> {
  const now = await store.now();
  const [stored] = await readReadable(store, GROUPS, await store.due(GROUPS, now, 1));
  const due = stored ? nextTryAt(stored.doc) : null;
  return due === null ? 0 : Math.max(0, now - due);
}

async function countDetails(store: Store): Promise<Status['details']> {
  const [wanted = 0, missing = 0] = await store.counts(DETAILS, ['state:wanted', 'state:missing']);
  return { wanted, missing };
}
