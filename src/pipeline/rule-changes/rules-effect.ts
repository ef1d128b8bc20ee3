import { lifecycleOf } from '../../findings/lifecycle.ts';
import { canonicalJson } from '../../findings/json.ts';
import { groupKey } from '../../issues/group-key.ts';
import { planStep, type MemberDecision } from '../../issues/plan-step.ts';
import { GROUPS } from '../records/group-collections.ts';
import { skipUnreadable } from '../records/skip-unreadable.ts';
import type { FindingRecord } from '../records/finding-record.ts';
import { membersOf } from '../groups/group-view.ts';
import { CLOSE_OUTCOMES } from '../../rules/transition-aim.ts';
import type { Routed, Rules } from '../rulebook/rule-book.ts';
import type { Store, Stored } from '../ports/store.ts';
import type { Yielder } from '../rulebook/yielder.ts';

/**
 * The effect of other rules on a finding. `opens`: it would get an issue. `closes`: its issue would be closed, since its rule says so.
 * `moves`: the rules would send it to another project; an existing issue stays. `ignores`: it would be sent nowhere; an existing issue
 * stays. `fails`: nothing would be decided, because a rule takes too many steps to compare with it; an existing issue stays. `changes`: it
 * would be filed or closed differently. `nothing`: no change.
 */
export type Effect = 'opens' | 'closes' | 'moves' | 'ignores' | 'fails' | 'changes' | 'nothing';

export const EFFECTS = ['opens', 'closes', 'moves', 'ignores', 'fails', 'changes', 'nothing'] as const satisfies readonly Effect[];

/** The decisions of two revisions about a finding. */
export interface Compared {
  readonly record: FindingRecord;
  readonly before: MemberDecision;
  readonly after: MemberDecision;
  readonly effect: Effect;
  /** The issue that it has, or would share or get: counted once for several findings. */
  readonly about: string;
}

/** Compares two revisions over a page of findings. Shrunk ones are left out: they have lost the content that rules go by. */
export interface CompareRules {
  (records: readonly Stored<FindingRecord>[]): Promise<readonly Compared[]>;
}

/** @param from the rules before @param to the rules after */
export function createCompareRules(
  { store, yielder }: { readonly store: Store; readonly yielder: Yielder },
  from: Rules,
  to: Rules,
): CompareRules {
  /** Rules that treat existing issues differently in the two revisions. */
  const rewritten = new Set(
    [...from.compiled.ruleSet.rules, ...to.compiled.ruleSet.rules]
      .map(({ id }) => id)
      .filter((id) => aboutIssues(from, id) !== aboutIssues(to, id)),
  );
  const mayClose = to.compiled.ruleSet.rules.some((rule) => rule.action === 'issue' && rule.whenUnrouted === 'close');

  async function compare(record: FindingRecord): Promise<Compared> {
    const { finding, mapping } = record;
    const [before, after] = [await from.route(finding), await to.route(finding)];
    const about = mapping.issue?.id ?? (after.decision.action === 'issue' ? groupKey(finding, after.groupBy) : finding.key);
    const compared = { record, before: before.decision, after: after.decision, about };
    if (decisionText(before, from) !== decisionText(after, to))
      return { ...compared, effect: await effectOf(record, before.decision, after.decision) };
    if (rewritten.size === 0 || mapping.issue === null) return { ...compared, effect: 'nothing' };
    const [group] = await store.read(GROUPS, [record.group]);
    const isRewritten = rewritten.has(group?.doc.issue?.ruleId ?? '');
    if (!isRewritten) return { ...compared, effect: 'nothing' };
    return { ...compared, effect: (await closes(record)) ? 'closes' : 'changes' };
  }

  async function effectOf(record: FindingRecord, before: MemberDecision, after: MemberDecision): Promise<Effect> {
    const { finding, mapping } = record;
    if (after.action === 'undecided') return 'fails';
    if (after.action === 'ignore') return before.action === 'issue' && (await closes(record)) ? 'closes' : 'ignores';
    const wasSilent = before.action !== 'issue' || from.observes(before.ruleId);
    if (wasSilent && !to.observes(after.ruleId)) return mapping.issue === null && lifecycleOf(finding) === 'active' ? 'opens' : 'changes';
    if (before.action !== 'issue') return 'changes';
    return before.route.projectKey === after.route.projectKey ? 'changes' : 'moves';
  }

  /** Whether a pass would close the finding's issue because its rule says so; neighbours have no part in that. */
  async function closes({ group, mapping }: FindingRecord): Promise<boolean> {
    if (!mayClose || mapping.issue === null) return false;
    const [stored] = await store.read(GROUPS, [group]);
    if (!stored) return false;
    const { members, unknown, gone } = await membersOf(store, stored.doc, to);
    const whenUnrouted = to.whenUnrouted(stored.doc.issue?.ruleId ?? null);
    const now = await store.now();
    const step = planStep(stored.doc, members, {
      unknown: unknown.length,
      gone: gone.length,
      whenUnrouted,
      whenDeleted: 'leave',
      neighbours: [],
      now,
    });
    return step.step === 'close' && step.because === 'unrouted';
  }

  return async (records) => {
    const compared: Compared[] = [];
    for (const { doc } of records) {
      if (doc.finding.shrunk === true) continue;
      // A finding whose group can't be read is left out: nothing is done for it now either.
      compared.push(...((await skipUnreadable(async () => [await compare(doc)])) ?? []));
      await yielder.yieldIfDue();
    }
    return compared;
  };
}

/** A decision as text, with whether it is only observed, and without the number of the revision, which always differs. */
function decisionText({ decision, groupBy }: Routed, rules: Rules): string {
  const plain = decision.action === 'issue' ? { ...decision, route: { ...decision.route, revision: 0 } } : decision;
  return canonicalJson([plain, groupBy, rules.observes(decision.ruleId)]);
}

function aboutIssues(rules: Rules, ruleId: string): string {
  const closing = CLOSE_OUTCOMES.map((outcome) => rules.closing(ruleId, outcome));
  return canonicalJson([...closing, rules.reopening(ruleId), rules.whenUnrouted(ruleId), rules.whenDeleted(ruleId)]);
}
