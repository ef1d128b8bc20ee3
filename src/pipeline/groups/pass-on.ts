import type { Finding, FindingKey } from '../../findings/finding.ts';
import { goneObservation } from '../../findings/gone-observation.ts';
import { lifecycleOf } from '../../findings/lifecycle.ts';
import { mergeFinding } from '../../findings/merge-finding.ts';
import type { GroupKey } from '../../issues/group-key.ts';
import { hasIssue, isSticky, type GroupRecord } from '../../issues/group-record.ts';
import { put, type Store, type Stored, type Write } from '../ports/store.ts';
import { FINDINGS } from '../records/finding-collections.ts';
import { remember, type FindingRecord } from '../records/finding-record.ts';
import { GROUPS } from '../records/group-collections.ts';
import { placeWrites } from './place-finding.ts';

/**
 * Gives the issue of a finding whose analyzer is gone to its counterpart, which has none of its own: the group and its issue stay, and the counterpart takes the
 * finding's place among the members. All of it is one commit, so there is no time at which the access has no issue, or two.
 * @returns the groups that are due for a pass then; null: by now the counterpart has an issue of its own, or one of the two has changed
 */
export async function passOn({ store }: { readonly store: Store }, from: FindingKey, to: FindingKey): Promise<readonly GroupKey[] | null> {
  for (;;) {
    const [old, next] = await store.read(FINDINGS, [from, to]);
    if (!old || !next || !isAsWas(old.doc, next.doc)) return null;
    const [home, leaves = null] = await store.read(GROUPS, [old.doc.group, next.doc.group]);
    if (!home || !isSticky(home.doc)) return null;
    const isThere = home.id === next.doc.group;
    if (!isThere && leaves !== null && hasIssue(leaves.doc)) return null;
    const now = await store.now();
    const place = { group: home.id, record: home, was: from, leaves: isThere ? null : leaves };
    const result = await store.commit([...findingWrites(old, next, home.doc, now), ...placeWrites({ key: to, was: to, to: place }, now)]);
    if (result.ok) return [home.id, next.doc.group];
  }
}

/** The one leaves its group, whose issue the API still shows for it. */
function findingWrites(
  old: Stored<FindingRecord>,
  next: Stored<FindingRecord>,
  { group, issue }: GroupRecord,
  now: number,
): readonly Write[] {
  const { due: _, issue: had, ...mapping } = old.doc.mapping;
  const entry = { at: now, what: 'passed-on', issueKey: issue?.key ?? null } as const;
  return [
    put(FINDINGS, old.id, old.version, {
      ...old.doc,
      finding: unmonitored(old.doc.finding, now),
      passedTo: next.id,
      mapping: {
        ...mapping,
        issue: had === null ? null : { id: had.id, key: had.key, status: had.status },
        state: 'closed',
        because: 'passed-on',
        error: null,
      },
      history: remember(old.doc.history, { ...entry, because: `to ${next.id}` }),
      updatedAt: now,
    }),
    put(FINDINGS, next.id, next.version, {
      ...next.doc,
      group,
      history: remember(next.doc.history, { ...entry, because: `from ${old.id}` }),
      updatedAt: now,
    }),
  ];
}

function unmonitored(finding: Finding, now: number): Finding {
  const gone = finding.deleted ? null : goneObservation(finding, new Date(now).toISOString(), now);
  return gone === null ? finding : mergeFinding(finding, gone).finding;
}

function isAsWas(old: FindingRecord, next: FindingRecord): boolean {
  return old.passedTo === undefined && lifecycleOf(next.finding) === 'active';
}
