import type { Collection } from '../ports/store.ts';
import { BY_ID } from './by-id.ts';
import { countedBytes } from './unreadable-size.ts';

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
  fields: {
    because: 'string',
    path: 'string',
    message: 'string',
    body: 'string',
    queueUrl: 'string',
    times: 'number',
    firstSeenAt: 'number',
    lastSeenAt: 'number',
  },
};

/** How many unreadable messages were dropped, and when the last one was; store's clock, epoch ms. */
export interface UnreadableDropsRecord {
  readonly dropped: number;
  readonly lastAt: number;
}

/** One document, `all`. */
export const UNREADABLE_DROPS: Collection<UnreadableDropsRecord> = {
  name: 'unreadable-drops',
  ...BY_ID,
  fields: { dropped: 'number', lastAt: 'number' },
};
