import type { GroupKey } from '../../issues/group-key.ts';
import { outlastsNews } from '../../issues/group-record.ts';
import { GROUPS } from '../records/group-collections.ts';
import { put, type Store } from '../ports/store.ts';
import type { StoreTrust } from '../ports/store-trust.ts';

/** Raises the generation of a group, if it is known, so that its next pass plans anew; the caller asks the queue. */
export async function requestPass(
  { store, trust }: { readonly store: Store; readonly trust: Pick<StoreTrust, 'ensure'> },
  group: GroupKey,
): Promise<void> {
  for (;;) {
    const [stored] = await store.read(GROUPS, [group]);
    if (!stored) return;
    const { doc } = stored;
    const next = {
      ...doc,
      generation: doc.generation + 1,
      requeueAt: outlastsNews(doc.requeueAt) ? doc.requeueAt : null,
      updatedAt: await store.now(),
    };
    const result = await store.commit([put(GROUPS, group, stored.version, next)]);
    if (result.ok) return;
    if (result.because === 'suspect') await trust.ensure();
  }
}
