import type { Finding, FindingKey } from '../../findings/finding.ts';
import { goneObservation } from '../../findings/gone-observation.ts';
import { lifecycleOf } from '../../findings/lifecycle.ts';
import { mergeFinding } from '../../findings/merge-finding.ts';
import type { GroupKey } from '../../issues/group-key.ts';
import { hasIssue, isSticky } from '../../issues/group-record.ts';
import { put, type Store } from '../ports/store.ts';
import type { StoreTrust } from '../ports/store-trust.ts';
import { FINDINGS } from '../records/finding-collections.ts';
import { remember } from '../records/finding-record.ts';
import { GROUPS } from '../records/group-collections.ts';
import { placeWrites } from './place-finding.ts';

/**
 * Gives the issue of a finding whose analyzer is gone to its twin, which has none of its own: the group and its issue stay, and the twin takes the
 * finding's place among the members. All of it is one commit, so there is no time at which the access has no issue, or two.
 * @returns the groups that are due for a pass then; null: by now the twin has an issue of its own, or one of the two is not what it was
 */
export async function passOn(
  { store, trust }: { readonly store: Store; readonly trust: Pick<StoreTrust, 'ensure'> },
  from: FindingKey,
  to: FindingKey,
): Promise<readonly GroupKey[] | null> {
  for (;;) {
    const [old, next] = await store.read(FINDINGS, [from, to]);
    if (!old || !next || old.doc.passedTo !== undefined || lifecycleOf(next.doc.finding) !== 'active') return null;
    const [home, leaves = null] = await store.read(GROUPS, [old.doc.group, next.doc.group]);
    if (!home || !isSticky(home.doc)) return null;
    const isThere = home.id === next.doc.group;
    if (!isThere && leaves !== null && hasIssue(leaves.doc)) return null;
    const now = await store.now();
    const issueKey = home.doc.issue?.key ?? null;
    const place = { group: home.id, record: home, was: from, leaves: isThere ? null : leaves };
    const result = await store.commit([
      put(FINDINGS, from, old.version, {
        ...old.doc,
        finding: unmonitored(old.doc.finding, now),
        passedTo: to,
        mapping: { ...old.doc.mapping, state: 'closed', because: 'passed-on', error: null },
        history: remember(old.doc.history, { at: now, what: 'passed-on', because: `to ${to}`, issueKey }),
        updatedAt: now,
      }),
      put(FINDINGS, to, next.version, {
        ...next.doc,
        group: home.id,
        history: remember(next.doc.history, { at: now, what: 'passed-on', because: `from ${from}`, issueKey }),
        updatedAt: now,
      }),
      ...placeWrites({ key: to, was: to, to: place }, now),
    ]);
    if (result.ok) return [home.id, next.doc.group];
    if (result.because === 'suspect') await trust.ensure();
  }
}

function unmonitored(finding: Finding, now: number): Finding {
  const gone = finding.deleted ? null : goneObservation(finding, new Date(now).toISOString(), now);
  return gone === null ? finding : mergeFinding(finding, gone).finding;
}
