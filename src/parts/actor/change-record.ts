import { createHash } from 'node:crypto';
import type { Finding, FindingKey } from '../../findings/finding.ts';
import { timestampMs } from '../../findings/timestamp.ts';
import type { ChangedFact } from '../../issues/facts/facts.ts';
import type { Refusal } from '../../pipeline/ports/details-source.ts';
import type { Collection } from '../../pipeline/ports/store.ts';
import { regionOfChanges } from './changing-actions.ts';

/** The parts of a finding that say which change is looked for. */
export type Subject = Pick<Finding, 'accountId' | 'resource' | 'resourceType' | 'region' | 'kind' | 'error' | 'isPublic' | 'sources'>;

export function subjectOf({ accountId, resource, resourceType, region, kind, error, isPublic, sources }: Finding): Subject {
  return { accountId, resource, resourceType, region, kind, error, isPublic, sources };
}

/** What is known of the change that led to a finding. Times: store's clock, epoch ms. */
export interface ChangeRecord {
  readonly key: FindingKey;
  readonly subject: Subject;
  /** `none`: CloudTrail has no such change, or `refused`: it was not to be asked. `forgotten`: the person was to be forgotten. */
  readonly state: 'wanted' | 'found' | 'none' | 'ambiguous' | 'refused' | 'forgotten';
  /** The change is looked for after and until these times, by AWS's clock, epoch ms. */
  readonly after: number;
  readonly until: number;
  /** Answers of CloudTrail so far. */
  readonly answers: number;
  /** Failed tries since the last answer. */
  readonly attempts: number;
  readonly changed: ChangedFact | null;
  readonly refusal: Pick<Refusal, 'code' | 'message'> | null;
  /** When the finding was resolved, by AWS's clock, epoch ms; null: it was not since. */
  readonly endedAt: number | null;
  /** The next try; during a try, when its process counts as dead; else, when the record is forgotten. */
  readonly dueAt: number;
  /** The record is kept until then. */
  readonly expiresAt: number;
  readonly wantedAt: number;
}

/** How long CloudTrail has events, and how long a fact is kept, ms. Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html */
export const KEPT_MS = 90 * 86_400_000;

/** By account, Region of CloudTrail and finding key. */
export const CHANGES: Collection<ChangeRecord> = {
  name: 'changes',
  terms: ({ state, changed }) => [`state:${state}`, ...(changed === null ? [] : namesOf(changed).map(personTerm))],
  at: ({ wantedAt }) => wantedAt,
  due: ({ dueAt }) => dueAt,
  fields: {
    key: 'string',
    subject: 'object',
    state: 'string',
    after: 'number',
    until: 'number',
    dueAt: 'number',
    expiresAt: 'number',
    wantedAt: 'number',
  },
};

/** A name in the index of the store, which is no place for names. */
export function personTerm(name: string): string {
  return `person:${createHash('sha256').update(name.trim().toLowerCase()).digest('hex').slice(0, 32)}`;
}

function namesOf({ principal, session }: ChangedFact): readonly string[] {
  return session === null ? [principal] : [...new Set([principal, session])];
}

/** Null: nothing tells in which Region its changes are recorded. */
export function changeId(finding: Pick<Finding, 'key' | 'accountId' | 'resource' | 'region'>): string | null {
  const region = regionOfChanges(finding);
  return region === null || !/^\d{12}$/.test(finding.accountId) ? null : `${finding.accountId} ${region} ${finding.key}`;
}

/** The account and the Region of a record: AWS limits look-ups for each pair. */
export function laneOf(id: string): string {
  return id.split(' ', 2).join(' ');
}

/** @param after earlier changes were undone; AWS's clock, epoch ms */
export function wantedChange(finding: Finding, after: number, now: number): ChangeRecord {
  return {
    key: finding.key,
    subject: subjectOf(finding),
    state: 'wanted',
    after,
    until: timestampMs(finding.updatedAt),
    answers: 0,
    attempts: 0,
    changed: null,
    refusal: null,
    endedAt: null,
    dueAt: now,
    expiresAt: now + KEPT_MS,
    wantedAt: now,
  };
}
