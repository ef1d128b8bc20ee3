import { Type, type Static } from 'typebox';

/** Name of the queue and of its jobs. */
export const RECONCILE = 'reconcile';

/** All that a job carries: the worker reads the newest state of the group. */
export const ReconcileJob = Type.Object({ group: Type.String({ minLength: 1 }) });
export type ReconcileJob = Static<typeof ReconcileJob>;

/** Where an installation's jobs are. */
export interface QueueLocation {
  /** `redis://` or `rediss://`. */
  readonly url: string;
  /** In front of every key, with a hash tag, so that they live in one slot. */
  readonly prefix: string;
}

/** True for an error after which only a new connection helps: after a failover the old server may live on as a replica. */
export function isReadOnly({ message }: Error): boolean {
  return message.includes('READONLY');
}
