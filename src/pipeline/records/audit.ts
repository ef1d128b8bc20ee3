import { randomUUID } from 'node:crypto';
import { AUDIT, type AuditRecord } from './admin-collections.ts';
import { put, type Write } from '../ports/store.ts';

/** Who asked for a change, and by which request. */
export type AskedBy = Pick<AuditRecord, 'actor' | 'path' | 'requestId'>;

/** A change, as the audit records it. */
export type Change = Pick<AuditRecord, 'action' | 'target' | 'before' | 'after'>;

/** The audit entry of a change, as a write for the commit that makes the change. @param now store's clock, epoch ms */
export function auditWrite(by: AskedBy, change: Change, now: number): Write {
  const { actor, path, requestId } = by;
  const { action, target, before, after } = change;
  return put(AUDIT, randomUUID(), null, { at: now, actor, action, path, target, before, after, requestId });
}
