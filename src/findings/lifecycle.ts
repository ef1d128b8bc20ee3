import type { Finding } from './finding.ts';

/**
 * The state of a finding. `active`: the access exists and AWS monitors it. `archived`: a person or an archive rule in AWS accepted it.
 * `resolved`: AWS says that the access is gone. `ended`: resolved or archived; Security Hub does not say which. `unmonitored`: deleted
 * before it was resolved (its analyzer is gone), so the access may or may not exist.
 */
export type Lifecycle = 'active' | 'archived' | 'resolved' | 'ended' | 'unmonitored';

/** @see Lifecycle. A finding that is deleted 90 days after it was resolved is still resolved. */
export function lifecycleOf(finding: Finding): Lifecycle {
  if (finding.status === 'RESOLVED') return 'resolved';
  if (finding.deleted) return 'unmonitored';
  if (finding.status === 'ACTIVE') return 'active';
  return finding.event.detail['RecordState'] === 'ARCHIVED' ? 'ended' : 'archived';
}
