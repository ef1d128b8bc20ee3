import type { GroupKey } from '../../issues/group-key.ts';
import type { GroupRecord } from '../../issues/group-record.ts';
import type { UnprovenIssue } from '../../issues/unproven.ts';
import { withPassRequested } from '../groups/request-pass.ts';
import type { ReconcileQueue } from '../ports/reconcile-queue.ts';
import type { Emit } from '../ports/service-event.ts';
import { put, type Store, type Stored, type Write } from '../ports/store.ts';
import { GROUPS, UNPROVEN } from '../records/group-collections.ts';
import { skipUnreadable } from '../records/skip-unreadable.ts';
import { labelledGroups } from './labelled-groups.ts';

export interface HoldDeps {
  readonly store: Store;
  readonly emit: Emit;
}

/** An issue with an unproven marker, and the labels of the groups that it keeps from steps which it could make wrong. */
export interface Hold {
  readonly issue: UnprovenIssue;
  readonly labels: readonly string[];
}

const NONE: ReadonlyMap<string, GroupKey> = new Map();

/**
 * Keeps groups from such steps until an admin decides.
 * @param groups those of the labels over which a pass is due then @returns those that are due now
 */
export async function holdUnproven(deps: HoldDeps, { issue, labels }: Hold, groups = NONE): Promise<readonly GroupKey[]> {
  const due: GroupKey[] = [];
  let isNew = false;
  for (const label of labels) {
    const group = groups.get(label) ?? null;
    const held = await hold(deps, issue, label, group);
    isNew ||= held.isNew;
    if (group !== null && held.isDue) due.push(group);
  }
  if (isNew) deps.emit({ what: 'property-unproven', issueKey: issue.key, says: issue.says });
  return due;
}

/**
 * The same for many, and asks for a pass over each group that is known, so that the wait for an admin also shows where nothing else is due: the
 * finding of a held issue may have ended, and its issue would stay open unseen. What can't be read is left to the next time.
 */
export async function holdAndAsk(
  deps: HoldDeps & { readonly queue: Pick<ReconcileQueue, 'ask'>; readonly installation: string },
  holds: readonly Hold[],
): Promise<void> {
  if (holds.length === 0) return;
  const groups = await labelledGroups(
    deps,
    holds.flatMap(({ labels }) => labels),
  );
  for (const one of holds) {
    const due = await skipUnreadable(() => holdUnproven(deps, one, groups));
    for (const group of due ?? []) await deps.queue.ask(group, 'sweep');
  }
}

/**
 * In one commit: where the process dies, either the group is due, or nothing is held yet.
 * @param group of the label; null: no pass over it is wanted
 */
async function hold(
  { store }: HoldDeps,
  issue: UnprovenIssue,
  label: string,
  group: GroupKey | null,
): Promise<{ readonly isNew: boolean; readonly isDue: boolean }> {
  for (;;) {
    const [stored] = await store.read(UNPROVEN, [label]);
    const [known] = group === null ? [] : await store.read(GROUPS, [group]);
    const issues = stored?.doc.issues ?? [];
    const isNew = !issues.some(({ id, says }) => id === issue.id && says === issue.says);
    const others = issues.filter(({ id }) => id !== issue.id);
    const holding = isNew ? [put(UNPROVEN, label, stored?.version ?? null, { issues: [...others, issue] })] : [];
    const asking = known && (isNew || !isShown(known.doc)) ? [askingWrite(known, await store.now())] : [];
    const held = { isNew, isDue: asking.length > 0 };
    if (holding.length + asking.length === 0) return held;
    const result = await store.commit([...holding, ...asking]);
    if (result.ok) return held;
  }
}

/** The group waits for an admin already, visibly. */
function isShown({ failure }: GroupRecord): boolean {
  return failure?.code === 'jira-property-unproven';
}

function askingWrite({ id, version, doc }: Stored<GroupRecord>, now: number): Write {
  return put(GROUPS, id, version, withPassRequested(doc, now));
}
