import { Type, type Static } from 'typebox';
import { REFUSAL_CODES } from '../../pipeline/ports/details-source.ts';
import { Coverage } from './coverage-status.ts';
import { STATES } from './mapping.ts';
import { RATE_REASONS } from '../../pipeline/ports/rate-lease.ts';
import { ACCESS } from '../../pipeline/ports/tracker-access.ts';

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
          {
            share: Type.Number({ minimum: 0 }),
            of: Type.Number({ minimum: 0 }),
            ceiling: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
              description: '`JIRA_REQUESTS_PER_SECOND`; null: there is none',
            }),
            because: Type.Enum([...RATE_REASONS], { description: 'Why the rate is what it is, as last decided' }),
          },
          { description: 'The share of this replica in the learned rate of all replicas; 0 while it needs none' },
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
        token: Type.Enum([...ACCESS], {
          description:
            '`refused`: nothing is sent but the question whether it is accepted again. `unconfirmed`: the same, because of failures of an earlier run. `one-first`: it is accepted again, and one step goes before all others. `away`: Jira does not answer, and nothing is sent but the question whether it does again',
        }),
        since: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], { description: 'null: since the start' }),
        message: Type.String(),
      },
      { description: 'Whether Jira accepts the token, and answers at all, as its last answers said' },
    ),
    store: Type.Object({ kind: Type.Enum(['redis', 'embedded']), durability: Type.String(), trusted: Type.Boolean() }),
  },
  { description: 'The status of the service' },
);

export type Status = Static<typeof Status>;
