import { UNKNOWN_ANALYZER, type Finding } from '../../findings/finding.ts';
import { possibleGroups, type GroupKey } from '../../issues/group-key.ts';
import type { Store } from '../ports/store.ts';
import { ANALYZERS } from '../records/analyzer-collections.ts';

/** More analyzers than one organization has; a message may name any. */
const MAX_ANALYZERS = 500;

/**
 * The groups in which each finding may have been before the store was lost, in the order of the findings. One that lacks its analyzer may be that of
 * any known analyzer.
 */
export async function formerGroups(store: Store, findings: readonly Finding[]): Promise<readonly (readonly GroupKey[])[]> {
  const isBare = findings.some(({ analyzerArn }) => analyzerArn === UNKNOWN_ANALYZER);
  const { items } = isBare ? await store.page(ANALYZERS, { terms: [], limit: MAX_ANALYZERS, order: 'oldest' }) : { items: [] };
  const analyzers = items.map(({ id }) => id);
  return findings.map((finding) => possibleGroups(finding, analyzers));
}
