import { isNothing, NO_DETAILS } from '../../findings/details-need.ts';
import { isAtRest, type GroupRecord } from '../../issues/group-record.ts';
import { planStep, type MemberDecision } from '../../issues/plan-step.ts';
import { wantFacts, withFacts, type Enriching } from '../enrichment/enrich-group.ts';
import { needOf } from '../groups/details-need.ts';
import { savedMember, type GroupView } from '../groups/group-view.ts';
import { derivedNow } from '../../issues/derived.ts';
import type { Store } from '../ports/store.ts';
import type { FindingRecord } from '../records/finding-record.ts';
import { UNPROVEN } from '../records/group-collections.ts';
import type { Rules } from '../rulebook/rule-book.ts';

/** A finding and its group as they are to be stored. */
export interface Spared {
  readonly finding: FindingRecord;
  readonly group: GroupRecord;
}

/** An accepted finding that is to be stored, with its decision, and its group before and after the news; `before` null: the group is new. */
export interface Accepting extends Spared {
  readonly decision: MemberDecision;
  readonly before: GroupRecord | null;
}

/**
 * What the next pass would leave behind where the rules ignore a finding and its group is at rest, so that no pass is needed.
 * @param now store's clock, epoch ms
 * @returns null where a pass has something to look after
 * @throws StoreUnavailable
 */
export async function sparePass(
  store: Store,
  enriching: Enriching,
  rules: Rules,
  { finding: doc, group, before, decision }: Accepting,
  now: number,
): Promise<Spared | null> {
  const { finding } = doc;
  const isAlone = group.members.length === 1 && group.members[0] === finding.key;
  if (decision.action !== 'ignore' || finding.shrunk === true || !isAlone || (before !== null && !isAtRest(before))) return null;
  if (!isNothing(needOf(finding, decision, rules))) return null;
  const stored = { id: finding.key, version: '', doc };
  const member = { stored, finding, decision, need: NO_DETAILS, details: 'not-needed', detailsRecord: null } as const;
  const alone: GroupView = { record: group, version: '', members: [member], unknown: [], gone: [], now };
  // An issue may stand under the group's name, about which an admin has to decide.
  const [unproven = 0] = await store.counts(UNPROVEN, ['']);
  if (unproven > 0 || (await wantFacts(enriching, alone))) return null;
  const { members } = await withFacts(enriching, alone, rules);
  const step = planStep(group, members, { unknown: 0, gone: 0, whenUnrouted: 'leave', whenDeleted: 'leave', neighbours: [], now });
  if (step.step !== 'nothing') return null;
  const next: GroupRecord = { ...group, observedGeneration: group.generation, attempts: 0, last: step, ...derivedNow(now) };
  const [saved = doc] = members.map((one) => savedMember(one, next, [], now));
  return { finding: saved, group: next };
}
