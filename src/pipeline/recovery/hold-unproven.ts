import type { GroupKey } from '../../issues/group-key.ts';
import type { GroupRecord } from '../../issues/group-record.ts';
import type { UnprovenIssue } from '../../issues/unproven.ts';
import { withPassRequested } from '../groups/request-pass.ts';
import type { ReconcileQueue } from '../ports/reconcile-queue.ts';
import type { Emit } from '../ports/service-event.ts';
import { MAX_WRITES, put, type Store, type Stored, type Write } from '../ports/store.ts';
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

/** Groups that one commit makes due, beside what it holds. */
const MAX_GROUPS = MAX_WRITES - 1;

const NONE: ReadonlyMap<string, readonly GroupKey[]> = new Map();

/**
 * Keeps groups from such steps until an admin decides.
 * @param groups those of the labels over which a pass is due then @returns those that are due now
 */
export async function holdUnproven(deps: HoldDeps, { issue, labels }: Hold, groups = NONE): Promise<readonly GroupKey[]> {
  const due: GroupKey[] = [];
  let isNew = false;
  for (const label of labels) {
    const known = groups.get(label) ?? [];
    for (let from = 0; from === 0 || from < known.length; from += MAX_GROUPS) {
      const held = await hold(deps, issue, label, known.slice(from, from + MAX_GROUPS));
      isNew ||= held.isNew;
      due.push(...held.due);
    }
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
 * In one commit: where the process dies, either the groups are due, or nothing is held yet.
 * @param groups of the label, at most `MAX_GROUPS`; none: no pass over them is wanted
 */
async function hold(
  { store }: HoldDeps,
  issue: UnprovenIssue,
  label: string,
  groups: readonly GroupKey[],
): Promise<{ readonly isNew: boolean; readonly due: readonly GroupKey[] }> {
  for (;;) {
    const [stored] = await store.read(UNPROVEN, [label]);
    const known = groups.length === 0 ? [] : await store.read(GROUPS, groups);
    const issues = stored?.doc.issues ?? [];
    const isNew = !issues.some(({ id, says }) => id === issue.id && says === issue.says);
    const others = issues.filter(({ id }) => id !== issue.id);
    const holding = isNew ? [put(UNPROVEN, label, stored?.version ?? null, { issues: [...others, issue] })] : [];
    const asked = known.filter((group) => group !== null).filter(({ doc }) => isNew || !isShown(doc));
    const now = await store.now();
    const held = { isNew, due: asked.map(({ id }) => id) };
    if (holding.length + asked.length === 0) return held;
    const result = await store.commit([...holding, ...asked.map((group) => askingWrite(group, now))]);
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
