import type { RefusalCode } from '../ports/details-source.ts';
import type { Collection } from '../ports/store.ts';
import { BY_ID } from './by-id.ts';

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
  fields: {
    version: 'string',
    state: 'string',
    missing: 'object or null',
    attempts: 'number',
    reads: 'number',
    dueAt: 'number or null',
    firstWantedAt: 'number',
  },
};

/** How fast a Region's Access Analyzer may be asked; see `adaptive-rate-limiter.ts`. */
export interface RateLimitRecord {
  /** The next free slot; store's clock, epoch ms. */
  readonly nextAt: number;
  /** Ms from one slot to the next. */
  readonly everyMs: number;
}

/** By Region. */
export const RATE_LIMITS: Collection<RateLimitRecord> = { name: 'rate-limits', ...BY_ID, fields: { nextAt: 'number', everyMs: 'number' } };
