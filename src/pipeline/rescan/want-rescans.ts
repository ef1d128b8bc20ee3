import { parseArn } from '../../findings/arn.ts';
import { lifecycleOf } from '../../findings/lifecycle.ts';
import type { Member } from '../../issues/plan-step.ts';
import type { GroupView } from '../groups/group-view.ts';
import { put, type Store, type Write } from '../ports/store.ts';
import { RESCAN_REFUSALS, RESCANS, rescanId, type RescanRecord } from '../records/rescan-collections.ts';

/** Resources of one group that are scanned again; further ones wait for AWS's own scan. */
const MAX_RESOURCES = 20;

/** The resources of a group's active findings that AWS can scan again: those of findings of external access that were analysed. */
export function scannable(members: readonly Member[]): readonly Pick<RescanRecord, 'analyzerArn' | 'resourceArn' | 'resourceAccount'>[] {
  const targets = members.flatMap(({ finding, decision }) => {
    const { kind, error, analyzerArn, resource: resourceArn, accountId: resourceAccount } = finding;
    const isWanted = decision.action === 'issue' && lifecycleOf(finding) === 'active' && kind === 'external' && error === null;
    return isWanted && parseArn(analyzerArn) !== null ? [{ analyzerArn, resourceArn, resourceAccount }] : [];
  });
  return [...new Map(targets.map((one) => [rescanId(one.analyzerArn, one.resourceArn), one])).values()];
}

/**
 * The writes by which AWS is asked to scan a group's resources again, for the commit that records a person's close: whatever process dies after it,
 * the question is asked. Empty where there is nothing to ask.
 */
export async function wantRescans(store: Store, { record, members, now }: GroupView): Promise<readonly Write[]> {
  const targets = scannable(members).slice(0, MAX_RESOURCES);
  if (targets.length === 0) return [];
  const [known, refusals] = await Promise.all([
    store.read(
      RESCANS,
      targets.map(({ analyzerArn, resourceArn }) => rescanId(analyzerArn, resourceArn)),
    ),
    store.read(
      RESCAN_REFUSALS,
      targets.map(({ analyzerArn }) => analyzerArn),
    ),
  ]);
  return targets.flatMap((target, at) => {
    const stored = known[at] ?? null;
    if ((refusals[at]?.doc.until ?? 0) > now) return [];
    const id = rescanId(target.analyzerArn, target.resourceArn);
    const next = wanted({ ...target, group: record.group }, stored?.doc ?? null, now);
    return [put(RESCANS, id, stored?.version ?? null, next)];
  });
}

/** One question an hour about a resource: a later one waits for its turn. One that is under way may be older than the fix. */
function wanted(
  target: Pick<RescanRecord, 'analyzerArn' | 'resourceArn' | 'resourceAccount' | 'group'>,
  known: RescanRecord | null,
  now: number,
): RescanRecord {
  if (known === null) return { ...target, state: 'wanted', dueAt: now, attempts: 0, again: false };
  return { ...known, ...target, again: known.state !== 'wanted' };
}
