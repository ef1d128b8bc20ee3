import type { FindingsSwept, FindingsSweepRun } from './findings-sweep-record.ts';
import { EPOCH, type Collection } from '../ports/store.ts';
import type { LearnedRate } from '../ports/rate-lease.ts';
import { BY_ID } from './by-id.ts';

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

export const EPOCHS: Collection<EpochRecord> = {
  name: EPOCH.collection,
  ...BY_ID,
  fields: { identity: 'string', trusted: 'boolean', since: 'number or null', secondPass: 'boolean', nextPassAt: 'number' },
};

/** What the last sweep found. A sweep of an older version counted only the first three. */
export interface SweepResult {
  readonly at: number;
  readonly found: number;
  readonly restored: number;
  readonly duplicatesClosed: number;
  readonly moved?: number;
  readonly missing?: number;
  readonly deleted?: number;
  readonly foundAgain?: number;
  readonly vanished?: readonly { readonly projectKey: string; readonly missing: number; readonly of: number }[];
}

/** When the next sweep is due, so that one replica runs it, and the result of the last one. Times: store's clock, epoch ms. */
export interface SweepRecord {
  readonly nextAt: number;
  /** Null or absent: none has ended yet. */
  readonly last?: SweepResult | null;
  /** Of `retention`: how far its round has come. Absent: no round is under way. */
  readonly round?: { readonly cursor: string | null; readonly findings: number; readonly auditEntries: number };
  /** Of `findings`: the sweep over AWS that is under way, and the result of the last one. Absent: there is none. */
  readonly run?: FindingsSweepRun;
  readonly lastSwept?: FindingsSwept;
}

/** One document per kind of sweep: `issues` in Jira; `findings` in AWS; `retention`, over what the store keeps for a time only. */
export const SWEEPS: Collection<SweepRecord> = { name: 'sweeps', ...BY_ID, fields: { nextAt: 'number' } };

/** Id of the document of the sweep over AWS. */
export const SWEEP_OF_FINDINGS = 'findings';

/** The rate of calls to Jira, and each replica's share of it; see `create-rate-lease.ts`. */
export interface LeaseRecord {
  readonly replicas: readonly {
    readonly id: string;
    /** When it took its share; store's clock, epoch ms. */
    readonly at: number;
    /** Calls per second. */
    readonly wanted: number;
    readonly share: number;
    /** What it heard last, as in `RateHeard`. Absent: written by an older version. */
    readonly announced?: number | null;
    readonly passed?: number;
  }[];
  /** Absent: written by an older version, which did not learn. */
  readonly rate?: LearnedRate;
}

/** One document, `jira`. */
export const LEASES: Collection<LeaseRecord> = { name: 'leases', ...BY_ID, fields: { replicas: 'list' } };

/** The last time that a replica found the tracker answering again after an outage; store's clock, epoch ms. */
export interface AccessRecord {
  readonly answeredAt: number;
}

/** One document, `jira`. */
export const TRACKER_ACCESS: Collection<AccessRecord> = { name: 'tracker-access', ...BY_ID, fields: { answeredAt: 'number' } };

/** @see tryCommit */
export interface TrialRecord {
  readonly filling: string;
}

/** One document that is written and removed at once. */
export const TRIALS: Collection<TrialRecord> = { name: 'trials', ...BY_ID };
