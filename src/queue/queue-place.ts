import { Type, type Static } from 'typebox';

/** Name of the queue and of its jobs. */
export const SETTLE = 'settle';

/** All that a job carries: whoever runs it reads the newest state of the group. */
export const SettleJob = Type.Object({ group: Type.String({ minLength: 1 }) });
export type SettleJob = Static<typeof SettleJob>;

/** Where an installation's jobs are. */
export interface QueuePlace {
  /** `redis://` or `rediss://`. */
  readonly url: string;
  /** In front of every key, with a hash tag, so that they live in one slot. */
  readonly prefix: string;
}
