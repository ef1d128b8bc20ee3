import { DETAILS } from '../records/details-collections.ts';
import { recordWanted } from './details-record.ts';
import type { GroupViewMember } from '../groups/group-view.ts';
import { MAX_WRITES, put, type Store } from '../ports/store.ts';
import type { KnownRefusal } from '../ports/details-source.ts';

export interface WantingDetails {
  readonly store: Store;
  /** A recent refusal by AWS that concerns this analyzer; null: none. */
  readonly refusalOf: (analyzerArn: string, now: number) => KnownRefusal | null;
}

/**
 * Records which details of a group's findings are to be fetched. Every pass does it, whatever made them necessary:
 * a new finding, a changed one, or changed rules.
 * @returns false when there was nothing to write; true: read the group again
 */
export async function wantDetails(
  { store, refusalOf }: WantingDetails,
  members: readonly Pick<GroupViewMember, 'finding' | 'need' | 'detailsRecord'>[],
  now: number,
): Promise<boolean> {
  const writes = members.flatMap(({ finding, need, detailsRecord }) => {
    const wanted = recordWanted(finding, need, detailsRecord?.doc ?? null, refusalOf(finding.analyzerArn, now), now);
    return wanted === null ? [] : [put(DETAILS, finding.key, detailsRecord?.version ?? null, wanted)];
  });
  if (writes.length === 0) return false;
  await store.commit(writes.slice(0, MAX_WRITES));
  return true;
}
