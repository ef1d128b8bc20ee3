import { resourceName } from '../findings/arn.ts';
import type { Finding } from '../findings/finding.ts';
import type { Severity } from '../findings/severity.ts';
import { nextTryAt, type GroupRecord, type IssueStatus } from '../issues/group-record.ts';
import type { MappingState } from '../issues/mapping-state.ts';
import { memberMark } from '../issues/marker.ts';
import type { PauseScope } from '../issues/pause.ts';
import type { MemberDecision } from '../issues/plan-step.ts';
import type { RuleSet } from '../rules/routing-rule.ts';
import { EPOCH, type Collection } from './store.ts';

/** A finding with its way to Jira: what the API calls a mapping. */
export interface FindingRecord {
  readonly finding: Finding;
  readonly group: string;
  readonly severity: Severity;
  readonly decision: Pick<MemberDecision, 'action' | 'because' | 'ruleId'>;
  readonly mapping: MappingPart;
  /** The last 50, the oldest first. */
  readonly history: readonly HistoryEntry[];
  /** Epoch ms. */
  readonly firstSeenAt: number;
  readonly updatedAt: number;
}

/** What a member shows of its group. Written by settle only. */
export interface MappingPart {
  readonly state: MappingState;
  readonly because: string;
  readonly projectKey: string | null;
  readonly issue: { readonly id: string; readonly key: string; readonly status: IssueStatus | null } | null;
  readonly error: { readonly code: string; readonly message: string; readonly words: string | null } | null;
}

/** One thing that happened to a finding. */
export interface HistoryEntry {
  /** Epoch ms. */
  readonly at: number;
  readonly what:
    | 'accepted'
    | 'created'
    | 'noted'
    | 'adopted'
    | 'restored'
    | 'closed'
    | 'reopened'
    | 'uncertain'
    | 'failed'
    | 'updated'
    | 'corrected'
    | 'linked'
    | 'unlinked'
    | 'asked';
  readonly because: string;
  readonly issueKey: string | null;
}

const MAX_HISTORY = 50;

export function remember(history: readonly HistoryEntry[], entry: HistoryEntry): readonly HistoryEntry[] {
  return [...history, entry].slice(-MAX_HISTORY);
}

/** Finding records, by finding key. */
export const FINDINGS: Collection<FindingRecord> = {
  name: 'findings',
  terms: ({ finding, group, severity, decision, mapping }) => [
    `state:${mapping.state}`,
    `findingStatus:${finding.status}`,
    `findingId:${finding.findingId}`,
    `analyzerArn:${finding.analyzerArn}`,
    `accountId:${finding.accountId}`,
    `region:${finding.region}`,
    `resource:${finding.resource}`,
    `resourceType:${finding.resourceType}`,
    `severity:${severity}`,
    `group:${group}`,
    ...(decision.ruleId === null ? [] : [`ruleId:${decision.ruleId}`]),
    ...(mapping.projectKey === null ? [] : [`projectKey:${mapping.projectKey}`]),
    ...(mapping.issue === null ? [] : [`issueKey:${mapping.issue.key}`]),
    ...[finding.findingId, finding.resource, resourceName(finding.resource), ...(mapping.issue === null ? [] : [mapping.issue.key])].map(
      (word) => `q:${word}`,
    ),
  ],
  at: ({ firstSeenAt }) => firstSeenAt,
  due: () => null,
};

/** Group records, by group key. */
export const GROUPS: Collection<GroupRecord> = {
  name: 'groups',
  terms: ({ members, issue, last, failure }) => [
    ...members.map((member) => `member:${memberMark(member)}`),
    ...(issue === null ? [] : [`control:${issue.projectKey}`]),
    ...(last?.because === 'observe-only' ? ['observe-only'] : []),
    ...(last?.because === 'paused' ? ['held'] : []),
    ...(failure === null ? [] : ['failed', `failure:${failure.code}`]),
  ],
  at: ({ firstSeenAt }) => firstSeenAt,
  due: nextTryAt,
};

/** The rule set as it stands; revision 1 came from the rules file. */
export interface RulesRecord {
  readonly revision: number;
  readonly rules: RuleSet;
  /** Epoch ms. */
  readonly savedAt: number;
}

/** One document, `current`. */
export const RULES: Collection<RulesRecord> = { name: 'rules', terms: () => [], at: () => 0, due: () => null };

/** While it stands, nothing is written to Jira for what it holds. */
export interface PauseRecord {
  readonly scope: PauseScope;
  /** Who paused it. */
  readonly by: string;
  readonly reason: string;
  /** Epoch ms. */
  readonly since: number;
}

/** By scope. */
export const PAUSES: Collection<PauseRecord> = { name: 'pauses', terms: () => [], at: ({ since }) => since, due: () => null };

/** Names the store that was trusted; see `store-trust.ts`. */
export interface EpochRecord {
  readonly identity: string;
  /** False: nothing is created until our issues have been read back from Jira. */
  readonly trusted: boolean;
  /** Issues created at or after this (epoch ms) may be unknown to the store; null: any. */
  readonly since: number | null;
  /** A second look must agree with the first, because the store is known to have forgotten something. */
  readonly secondPass: boolean;
  /** Store's clock, epoch ms: when the next pass may run. */
  readonly nextPassAt: number;
}

export const EPOCHS: Collection<EpochRecord> = { name: EPOCH.collection, terms: () => [], at: () => 0, due: () => null };

/** When the next sweep is due, so that one replica runs it. Store's clock, epoch ms. */
export interface SweepRecord {
  readonly nextAt: number;
}

/** One document a kind of sweep: `issues`. */
export const SWEEPS: Collection<SweepRecord> = { name: 'sweeps', terms: () => [], at: () => 0, due: () => null };

/** Who has which part of the calls that may be made to Jira; see `rate-lease.ts`. */
export interface LeaseRecord {
  readonly replicas: readonly {
    readonly id: string;
    /** When it took its part; store's clock, epoch ms. */
    readonly at: number;
    /** Calls per second. */
    readonly wanted: number;
    readonly share: number;
  }[];
}

/** One document, `jira`. */
export const LEASES: Collection<LeaseRecord> = { name: 'leases', terms: () => [], at: () => 0, due: () => null };

/** A message that could not be read, kept once whatever its number of deliveries. */
export interface UnreadableRecord {
  readonly because: string;
  readonly path: string;
  readonly message: string;
  /** Whole up to 1 MB. */
  readonly body: string;
  readonly queueUrl: string;
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
  terms: ({ because }) => [`because:${because}`],
  at: ({ firstSeenAt }) => firstSeenAt,
  due: ({ lastSeenAt }) => lastSeenAt + UNREADABLE_KEPT_MS,
};
