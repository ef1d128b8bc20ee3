import type { GroupKey } from '../../issues/group-key.ts';
import type { RefusalCode } from '../ports/details-source.ts';
import type { Collection } from '../ports/store.ts';
import { BY_ID } from './by-id.ts';

/** A resource that AWS is asked to scan again, because a person closed the issue of its active finding. */
export interface RescanRecord {
  readonly analyzerArn: string;
  readonly resourceArn: string;
  /** Empty: unknown. */
  readonly resourceAccount: string;
  /** The group whose issue was closed. */
  readonly group: GroupKey;
  /** `sending`: a process is asking, or died while it did. `done`: AWS was asked, and is not asked about it again before `dueAt`. */
  readonly state: 'wanted' | 'sending' | 'done';
  /** When something is to be done next; store's clock, epoch ms. */
  readonly dueAt: number;
  /** Tries that AWS did not answer. */
  readonly attempts: number;
  /** A person closed another issue about it within the hour: it is asked once more at `dueAt`. */
  readonly again: boolean;
}

/** By analyzer and resource. */
export const RESCANS: Collection<RescanRecord> = {
  name: 'rescans',
  ...BY_ID,
  terms: ({ state }) => [`state:${state}`],
  due: ({ dueAt }) => dueAt,
  fields: { analyzerArn: 'string', resourceArn: 'string', group: 'string', state: 'string', dueAt: 'number', attempts: 'number' },
};

/** @see RESCANS */
export function rescanId(analyzerArn: string, resourceArn: string): string {
  return `${analyzerArn}|${resourceArn}`;
}

/** That AWS refuses to scan an analyzer's resources again. Times: store's clock, epoch ms. */
export interface RescanRefusal {
  readonly code: RefusalCode;
  readonly message: string;
  /** It is not asked again before. */
  readonly until: number;
  /** It is forgotten then. */
  readonly forgetAt: number;
}

/** By the ARN of the analyzer. */
export const RESCAN_REFUSALS: Collection<RescanRefusal> = {
  name: 'rescan-refusals',
  ...BY_ID,
  due: ({ forgetAt }) => forgetAt,
  fields: { code: 'string', message: 'string', until: 'number', forgetAt: 'number' },
};
