import { partsOfKey, type FindingKey } from '../../findings/finding.ts';
import type { Json } from '../../findings/json.ts';
import type { GroupKey } from '../../issues/group-key.ts';
import { nextTryAt, type GroupRecord } from '../../issues/group-record.ts';
import { memberShortForm } from '../../issues/marker.ts';
import type { PauseScope } from '../../issues/pause.ts';
import type { UnprovenIssue } from '../../issues/unproven.ts';
import type { RuleSet } from '../../rules/routing-rule.ts';
import type { RuleChanges } from '../../rules/rule-changes.ts';
import type { RefusalCode } from '../ports/details-source.ts';
import { countedBytes } from './unreadable-size.ts';
import type { AnalyzerRecord, ListedRecord } from './analyzer-record.ts';
import { FIELDS } from './document-fields.ts';
import type { FindingsSwept, FindingsSweepRun } from './findings-sweep-record.ts';
import type { FindingRecord } from './finding-record.ts';
import { findingTerms } from './finding-terms.ts';
import type { OperationRecord } from './operation-record.ts';
import { EPOCH, type Collection } from '../ports/store.ts';

/** Documents that are only read by their ids. */
const BY_ID = { terms: () => [], at: () => 0, due: () => null } as const;

/** Finding records, by finding key. */
export const FINDINGS: Collection<FindingRecord> = {
  name: 'findings',
  terms: findingTerms,
  at: ({ firstSeenAt }) => firstSeenAt,
  due: () => null,
  fields: FIELDS.FINDINGS,
};

/** The finding that an id and a resource mean when the analyzer is unknown. */
export interface FindingName {
  readonly key: FindingKey;
}

/** By finding id and resource; the first finding of that name has it. */
export const FINDING_NAMES: Collection<FindingName> = { name: 'finding-names', ...BY_ID, fields: FIELDS.FINDING_NAMES };

/** Group records, by group key. */
export const GROUPS: Collection<GroupRecord> = {
  name: 'groups',
  terms: ({ members, issue, takenAway = [], intent, last, failure }) => [
    ...(issue === null ? [] : [`issue:${issue.id}`]),
    ...takenAway.map((id) => `takenAway:${id}`),
    ...members.flatMap((member) => [`member:${memberShortForm(member)}`, ...memberIdTerms(member)]),
    ...(issue === null ? [] : [`control:${issue.projectKey}`, `issue:${issue.lastApplied}`]),
    ...(last?.because === 'observe-only' ? ['observe-only'] : []),
    ...(last?.wouldOpen === undefined ? [] : [`wouldOpen:${last.wouldOpen}`]),
    ...(last?.because === 'paused' ? ['held'] : []),
    ...(failure === null ? [] : failureTerms(failure.code, issue?.projectKey ?? intent?.route.projectKey)),
  ],
  at: ({ firstSeenAt }) => firstSeenAt,
  due: nextTryAt,
  fields: FIELDS.GROUPS,
};

/** An observation without its analyzer has the finding's id alone. */
function memberIdTerms(member: string): string[] {
  const parts = partsOfKey(member);
  return parts === null ? [] : [`memberId:${parts.findingId}`];
}

/** The group to which an admin last linked an issue; whether the group still has the issue is in the group's record. */
export interface LinkRecord {
  readonly group: GroupKey;
}

/** By issue id; written with the link, so that one of two groups gets an issue that both want. */
export const LINKS: Collection<LinkRecord> = { name: 'links', ...BY_ID, fields: FIELDS.LINKS };

/** Issues whose marker names a group without proof; see `issues/unproven.ts`. */
export interface UnprovenRecord {
  readonly issues: readonly UnprovenIssue[];
}

/** By the group's label, since a label alone may name a group that the store does not know. */
export const UNPROVEN: Collection<UnprovenRecord> = { name: 'unproven', ...BY_ID, fields: FIELDS.UNPROVEN };

/** Failures are found by cause and by project. */
function failureTerms(code: string, projectKey: string | undefined): string[] {
  return ['failed', `failure:${code}`, ...(projectKey === undefined ? [] : [`failedProject:${projectKey}`])];
}

/** The revision of the rules that is in force. */
export interface RulesRecord {
  readonly revision: number;
}

/** One document, `current`. */
export const RULES: Collection<RulesRecord> = { name: 'rules', ...BY_ID, fields: FIELDS.RULES };

/** Who saved a revision of the rules, and what it changed. Revision 1 came from the rules file. */
export interface RuleRevision {
  readonly revision: number;
  /** Store's clock, epoch ms. */
  readonly savedAt: number;
  /** Name of the token; `local` where none is needed, `rules-file` for the rules file. */
  readonly savedBy: string;
  /** Why, in the words of its author. */
  readonly comment: string | null;
  /** The revision that it was based on; null: none. */
  readonly base: number | null;
  readonly changes: RuleChanges;
}

/** By revision, as text, and in that order. */
export const RULE_REVISIONS: Collection<RuleRevision> = {
  name: 'rule-revisions',
  terms: ({ savedBy }) => [`savedBy:${savedBy}`],
  at: ({ revision }) => revision,
  due: () => null,
  fields: FIELDS.RULE_REVISIONS,
};

/** The rules of a revision, kept apart since they may be megabytes. */
export interface RuleSetRecord {
  readonly rules: RuleSet;
}

/** By revision, as text. */
export const RULE_SETS: Collection<RuleSetRecord> = { name: 'rule-sets', ...BY_ID, fields: FIELDS.RULE_SETS };

/** A pause: while it lasts, nothing is written to Jira for the groups in its scope. */
export interface PauseRecord {
  readonly scope: PauseScope;
  /** Who paused it. */
  readonly by: string;
  readonly reason: string;
  /** Epoch ms. */
  readonly since: number;
  /** When it ends by itself; store's clock, epoch ms. Absent: an admin lifts it. */
  readonly until?: number;
}

/** By scope; due when it ends. */
export const PAUSES: Collection<PauseRecord> = {
  name: 'pauses',
  terms: () => [],
  at: ({ since }) => since,
  due: ({ until }) => until ?? null,
  fields: FIELDS.PAUSES,
};

/** The store's known identity, and whether that store is trusted; see `store-trust.ts`. */
export interface EpochRecord {
  readonly identity: string;
  /** False: nothing is created until our issues have been read back from Jira. */
  readonly trusted: boolean;
  /** Issues created at or after this (epoch ms) may be unknown to the store; null: any. */
  readonly since: number | null;
  /** A second pass must agree with the first, because the store is known to have forgotten something. */
  readonly secondPass: boolean;
  /** Store's clock, epoch ms: when the next pass may run. */
  readonly nextPassAt: number;
}

export const EPOCHS: Collection<EpochRecord> = { name: EPOCH.collection, ...BY_ID, fields: FIELDS.EPOCHS };

/** When the next sweep is due, so that one replica runs it, and the result of the last one. Times: store's clock, epoch ms. */
export interface SweepRecord {
  readonly nextAt: number;
  /** Null or absent: none has ended yet. */
  readonly last?: { readonly at: number; readonly found: number; readonly restored: number; readonly duplicatesClosed: number } | null;
  /** Of `retention`: how far its round has come. Absent: no round is under way. */
  readonly round?: { readonly cursor: string | null; readonly findings: number; readonly auditEntries: number };
  /** Of `findings`: the sweep over AWS that is under way, and the result of the last one. Absent: there is none. */
  readonly run?: FindingsSweepRun;
  readonly lastSwept?: FindingsSwept;
}

/** One document per kind of sweep: `issues` in Jira; `findings` in AWS; `retention`, over what the store keeps for a time only. */
export const SWEEPS: Collection<SweepRecord> = { name: 'sweeps', ...BY_ID, fields: FIELDS.SWEEPS };

/** The term of analyzers with a problem or an alarm. */
export const IN_TROUBLE = 'in-trouble';

/** By the analyzer's ARN. */
export const ANALYZERS: Collection<AnalyzerRecord> = {
  name: 'analyzers',
  terms: ({ problem, alarm }) => (problem === null && alarm === null ? [] : [IN_TROUBLE]),
  at: ({ firstSeenAt }) => firstSeenAt,
  due: () => null,
  fields: FIELDS.ANALYZERS,
};

/** By the analyzer's ARN and the number of the page; removed when the listing has ended. */
export const LISTED: Collection<ListedRecord> = { name: 'listed', terms: () => [], at: () => 0, due: () => null, fields: FIELDS.LISTED };

/** Each replica's share of the calls to Jira; see `create-rate-lease.ts`. */
export interface LeaseRecord {
  readonly replicas: readonly {
    readonly id: string;
    /** When it took its share; store's clock, epoch ms. */
    readonly at: number;
    /** Calls per second. */
    readonly wanted: number;
    readonly share: number;
  }[];
}

/** One document, `jira`. */
export const LEASES: Collection<LeaseRecord> = { name: 'leases', ...BY_ID, fields: FIELDS.LEASES };

/** The details of a finding that are to be fetched from AWS. The record is removed when the finding has all of them. */
export interface DetailsRecord {
  /** The finding's `updatedAt` that it is about. */
  readonly version: string;
  /** `missing`: some or all of them can't be fetched. */
  readonly state: 'wanted' | 'missing';
  readonly missing: { readonly code: RefusalCode; readonly message: string } | null;
  /** Failed tries since the details were wanted. */
  readonly attempts: number;
  /** Times that a recommendation was found not to be ready; above 0: it was asked for. */
  readonly reads: number;
  /** When the next try is due, store's clock, epoch ms; during a try, when its process counts as dead. Null: not before the finding changes. */
  readonly dueAt: number | null;
  /** Epoch ms. */
  readonly firstWantedAt: number;
}

/** By finding key. */
export const DETAILS: Collection<DetailsRecord> = {
  name: 'details',
  terms: ({ state }) => [`state:${state}`],
  at: ({ firstWantedAt }) => firstWantedAt,
  due: ({ dueAt }) => dueAt,
  fields: FIELDS.DETAILS,
};

/** How fast a Region's Access Analyzer may be asked; see `adaptive-rate-limiter.ts`. */
export interface RateLimitRecord {
  /** The next free slot; store's clock, epoch ms. */
  readonly nextAt: number;
  /** Ms from one slot to the next. */
  readonly everyMs: number;
}

/** By Region. */
export const RATE_LIMITS: Collection<RateLimitRecord> = { name: 'rate-limits', ...BY_ID, fields: FIELDS.RATE_LIMITS };

/** A message that could not be read, kept once for all its deliveries. */
export interface UnreadableRecord {
  readonly because: string;
  readonly path: string;
  readonly message: string;
  /** Whole up to 1 MB. */
  readonly body: string;
  readonly queueUrl: string;
  /** False: a dead-letter queue gets it as well, so it may make room for a newer one. Absent: kept by an earlier version, which did not say. */
  readonly onlyCopy?: boolean;
  readonly times: number;
  /** Epoch ms. */
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
}

/** How long an unreadable message is kept. */
const UNREADABLE_KEPT_MS = 14 * 24 * 60 * 60_000;

/** By sha256 of the body; due when it may be forgotten. */
export const UNREADABLE: Collection<UnreadableRecord> = {
  name: 'unreadable',
  terms: ({ because, body, onlyCopy }) => [
    `because:${because}`,
    `bytes:${countedBytes(body)}`,
    ...(onlyCopy === false ? ['has-copy'] : []),
  ],
  at: ({ firstSeenAt }) => firstSeenAt,
  due: ({ lastSeenAt }) => lastSeenAt + UNREADABLE_KEPT_MS,
  fields: FIELDS.UNREADABLE,
};

/** How many unreadable messages were dropped, and when the last one was; store's clock, epoch ms. */
export interface UnreadableDropsRecord {
  readonly dropped: number;
  readonly lastAt: number;
}

/** One document, `all`. */
export const UNREADABLE_DROPS: Collection<UnreadableDropsRecord> = { name: 'unreadable-drops', ...BY_ID, fields: FIELDS.UNREADABLE_DROPS };

/** Ms without a heartbeat after which an operation's owner counts as dead. */
const OPERATION_DEAD_MS = 30_000;

/** How long an ended operation can be read. */
const OPERATION_KEPT_MS = 7 * 24 * 60 * 60_000;

/** By random id; due when another process may take it over, or when it may be forgotten. */
export const OPERATIONS: Collection<OperationRecord> = {
  name: 'operations',
  terms: ({ kind, state }) => [`kind:${kind}`, `state:${state}`],
  at: ({ startedAt }) => startedAt,
  due: ({ heartbeatAt, endedAt }) => (endedAt === null ? heartbeatAt + OPERATION_DEAD_MS : endedAt + OPERATION_KEPT_MS),
  fields: FIELDS.OPERATIONS,
};

/** A change by an admin or by the rules file. Written with the change, never changed, and forgotten after the time of `RETENTION_DAYS`. */
export interface AuditRecord {
  /** Store's clock, epoch ms. */
  readonly at: number;
  /** Name of the token; `local` where none is needed, `rules-file` for the rules file. */
  readonly actor: string;
  /** The action, such as `rules.saved`. */
  readonly action: string;
  /** The path of the request, without its query. */
  readonly path: string;
  /** The changed thing, such as a rule's id or a finding's key. */
  readonly target: string;
  /** The state before and after, as far as it changed; null: none. */
  readonly before: Json;
  readonly after: Json;
  /** As in the answer's `instance` and the log. */
  readonly requestId: string;
}

/** By random id. */
export const AUDIT: Collection<AuditRecord> = {
  name: 'audit',
  terms: ({ actor, action, path, target }) => [`actor:${actor}`, `action:${action}`, `path:${path}`, `target:${target}`],
  at: ({ at }) => at,
  due: () => null,
  fields: FIELDS.AUDIT,
};

/** The answer to a request with an `Idempotency-Key`, to be repeated. */
export interface IdempotencyRecord {
  /** sha256 of the request. */
  readonly request: string;
  readonly status: number;
  /** The `Location` header; null: none. */
  readonly location: string | null;
  readonly body: Json;
  /** Store's clock, epoch ms. */
  readonly at: number;
}

/** How long an `Idempotency-Key` is known. */
const IDEMPOTENCY_KEPT_MS = 24 * 60 * 60_000;

/** By hash of the caller and the key; due when it may be forgotten. */
export const IDEMPOTENCY: Collection<IdempotencyRecord> = {
  name: 'idempotency',
  terms: () => [],
  at: ({ at }) => at,
  due: ({ at }) => at + IDEMPOTENCY_KEPT_MS,
  fields: FIELDS.IDEMPOTENCY,
};

/** @see tryCommit */
export interface TrialRecord {
  readonly filling: string;
}

/** One document that is written and removed at once. */
export const TRIALS: Collection<TrialRecord> = { name: 'trials', ...BY_ID };
