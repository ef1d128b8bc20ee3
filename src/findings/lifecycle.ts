import type { Finding } from './finding.ts';

/**
 * Where a finding stands for us. `active`: the access is there and AWS watches it. `archived`: a person or an archive rule in AWS accepted it.
 * `resolved`: AWS says that the access is gone. `ended`: resolved or archived, which Security Hub does not say. `unmonitored`: deleted while it was not resolved (its analyzer is gone): nobody knows.
 */
export type Lifecycle = 'active' | 'archived' | 'resolved' | 'ended' | 'unmonitored';

/** @see Lifecycle. A finding that is deleted 90 days after it was resolved is still resolved. */
export function lifecycleOf(finding: Finding): Lifecycle {
  if (finding.status === 'RESOLVED') return 'resolved';
  if (finding.deleted) return 'unmonitored';
  if (finding.status === 'ACTIVE') return 'active';
  return finding.event.detail['RecordState'] === 'ARCHIVED' ? 'ended' : 'archived';
}
