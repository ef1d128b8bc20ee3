import type { GroupKey } from '../../issues/group-key.ts';
import type { GroupRecord } from '../../issues/group-record.ts';
import { readGroup, saveGroup, type GroupView, type HistoryNote } from './group-view.ts';
import type { RuleBook } from '../rulebook/rule-book.ts';
import type { ReconcileQueue } from '../ports/reconcile-queue.ts';
import type { Store, Write } from '../ports/store.ts';

/** The parts that an admin's change of a group needs. */
export interface GroupChanging {
  readonly store: Store;
  readonly queue: ReconcileQueue;
  readonly rules: RuleBook;
}

/** The new record and its entry in the history; or why nothing changes. */
export type Change<Refusal> = { readonly next: GroupRecord; readonly note: HistoryNote } | { readonly refused: Refusal };

export type Changed<Refusal> =
  | { readonly changed: true; readonly record: GroupRecord }
  | { readonly changed: false; readonly because: Refusal | 'no-such-group' };

/** Further writes of the commit that changes a group, such as its audit entry. @param now store's clock, epoch ms */
export type Alongside = (before: GroupRecord, after: GroupRecord, now: number) => readonly Write[];

/**
 * Changes a group's record for an admin and asks for a pass, ahead of all else. `change` is called again when another writer was first.
 * @throws StoreUnavailable
 */
export async function changeGroup<Refusal = never>(
  { store, queue, rules }: GroupChanging,
  group: GroupKey,
  change: (view: GroupView) => Change<Refusal> | Promise<Change<Refusal>>,
  alongside: Alongside = () => [],
): Promise<Changed<Refusal>> {
  for (;;) {
    const view = await readGroup(store, rules, group);
    if (view === null) return { changed: false, because: 'no-such-group' };
    const result = await change(view);
    if ('refused' in result) return { changed: false, because: result.refused };
    const next = atOnce(result.next);
    const saved = await saveGroup(store, view, next, result.note, alongside(view.record, next, view.now));
    if (saved.saved) {
      await queue.ask(group, 'person');
      return { changed: true, record: next };
    }
  }
}

/** A request that may be on its way is still waited for. */
function atOnce(record: GroupRecord): GroupRecord {
  const requeueAt = record.requeueAt?.because === 'sending-elsewhere' ? record.requeueAt : null;
  return { ...record, generation: record.generation + 1, requeueAt };
}
