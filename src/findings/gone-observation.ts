import { changedDetail } from './changed-detail.ts';
import type { Finding } from './finding.ts';

/**
 * The observation that AWS no longer has a finding. Its status stays: AWS did not say that the access is gone. Null: it can't be made.
 * @param askedAt ISO 8601
 */
export function goneObservation(known: Finding, askedAt: string, nowMs: number): Finding | null {
  return changedDetail({ ...known, event: { ...known.event, time: askedAt } }, { isDeleted: true }, nowMs);
}
