import { markerLabel } from '../../issues/marker.ts';
import { GROUPS } from '../records/group-collections.ts';
import type { ReconcileQueue } from '../ports/reconcile-queue.ts';
import type { Page, Store } from '../ports/store.ts';
import type { StoreTrust } from '../ports/store-trust.ts';
import type { GroupRecord } from '../../issues/group-record.ts';
import { requestPass } from '../groups/request-pass.ts';

export interface AskLabelledDeps {
  readonly store: Store;
  readonly queue: Pick<ReconcileQueue, 'ask'>;
  readonly installation: string;
  readonly trust: Pick<StoreTrust, 'ensure'>;
}

/** Groups that are read at once. */
const PAGE = 200;

/**
 * Asks for a pass over each known group with one of the labels, so that a wait for an admin also shows where nothing else is due: the finding of
 * a held issue may have ended, and its issue would stay open unseen. A label does not say its group, so all groups are compared; that is rare.
 */
export async function askLabelledGroups(
  { store, queue, installation, trust }: AskLabelledDeps,
  labels: ReadonlySet<string>,
): Promise<void> {
  if (labels.size === 0) return;
  let cursor: string | null = null;
  do {
    const { items, nextCursor }: Page<GroupRecord> = await store.page(GROUPS, {
      terms: [],
      limit: PAGE,
      ...(cursor === null ? {} : { cursor }),
    });
    for (const { id, doc } of items) {
      if (!labels.has(markerLabel(installation, id)) || doc.failure?.code === 'jira-property-unproven') continue;
      await requestPass({ store, trust }, id);
      await queue.ask(id, 'sweep');
    }
    cursor = nextCursor;
  } while (cursor !== null);
}
