import type { GroupRecord } from '../../issues/group-record.ts';
import { saveGroup, type GroupView } from '../groups/group-view.ts';
import { readOpeningWindows, type OpeningWindows } from '../openings/opening-windows.ts';
import { GROUPS, overLimitTerm } from '../records/group-collections.ts';
import type { Store } from '../ports/store.ts';
import type { LimitedOpening } from './plan-pass.ts';
import { waitForPermit, type PassResult, type ReconcileContext } from './reconcile-context.ts';

/**
 * Counts an opening against its limits, in one commit with the group, or holds the group. Backlog is always held first: `releaseOpenings`
 * admits it in the order of its severity.
 * @param hold records that the group waits
 */
export async function admitOpening(
  context: ReconcileContext,
  view: GroupView,
  limited: LimitedOpening,
  hold: (record: GroupRecord) => Promise<PassResult>,
): Promise<PassResult> {
  const { store, tracker } = context;
  // What is counted while nothing can be sent would be opened all at once afterwards.
  const denied = tracker.denied();
  if (denied !== null) return waitForPermit(context, view, denied);
  const windows = await windowsWithRoom(store, limited, view.now);
  if (windows === null) return hold({ ...view.record, admission: { is: 'held', ...limited.opening } });
  const admitted: GroupRecord = { ...view.record, admission: { is: 'admitted' } };
  await saveGroup(store, view, admitted, null, windows.counted(view.now));
  return 'requeue';
}

/** The windows to count a live opening in; null: it is held. What is held already goes first. */
export async function windowsWithRoom(
  store: Store,
  { opening, limits }: Pick<LimitedOpening, 'opening' | 'limits'>,
  now: number,
): Promise<OpeningWindows | null> {
  if (opening.kind === 'backlog') return null;
  const [waiting = 0] = await store.counts(GROUPS, [overLimitTerm('live')]);
  if (waiting > 0) return null;
  const windows = await readOpeningWindows(store, opening.kind, limits);
  return windows.full(now).length === 0 ? windows : null;
}
