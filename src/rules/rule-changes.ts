import { canonicalJson } from '../findings/json.ts';
import type { RoutingRule, RuleSet } from './routing-rule.ts';

/** Ids of rules: their number, and the first hundred of them. (Types and not interfaces, because they are stored as JSON.) */
export type RuleIds = { readonly count: number; readonly ids: readonly string[] };

/** The differences between two rule sets. A moved rule has another place among the rules that both sets have. */
export type RuleChanges = {
  readonly added: RuleIds;
  readonly removed: RuleIds;
  readonly changed: RuleIds;
  readonly moved: RuleIds;
  /** The changed parts beside the rules. */
  readonly besides: readonly BesidesRules[];
};

export const BESIDES_RULES = ['accounts', 'organizationalUnits', 'owner', 'limits', 'rescan', 'tests'] as const;
export type BesidesRules = (typeof BESIDES_RULES)[number];

/** One changed rule, before and after; null: it did not exist, or no longer does. */
export interface RuleDifference {
  readonly id: string;
  readonly change: 'added' | 'removed' | 'changed' | 'moved';
  readonly before: RoutingRule | null;
  readonly after: RoutingRule | null;
}

const MAX_IDS = 100;

/** @param from null: there was no earlier set */
export function ruleChanges(from: RuleSet | null, to: RuleSet): RuleChanges {
  const differences = ruleDifferences(from, to);
  const idsOf = (change: RuleDifference['change']): RuleIds => {
    const ids = differences.filter((one) => one.change === change).map(({ id }) => id);
    return { count: ids.length, ids: ids.slice(0, MAX_IDS) };
  };
  return {
    added: idsOf('added'),
    removed: idsOf('removed'),
    changed: idsOf('changed'),
    moved: idsOf('moved'),
    besides: BESIDES_RULES.filter((name) => canonicalJson(from?.[name] ?? null) !== canonicalJson(to[name] ?? null)),
  };
}

/** True where both sets are the same. */
export function isUnchanged({ added, removed, changed, moved, besides }: RuleChanges): boolean {
  return [added, removed, changed, moved].every(({ count }) => count === 0) && besides.length === 0;
}

/** Every changed rule, in the order of the newer set; removed rules come last. A changed rule is not reported as moved as well. */
export function ruleDifferences(from: RuleSet | null, to: RuleSet): readonly RuleDifference[] {
  const before = new Map((from?.rules ?? []).map((rule, index) => [rule.id, { rule, index }]));
  const kept = to.rules.flatMap(({ id }) => before.get(id)?.index ?? []);
  const inPlace = longestRise(kept);
  const differences = to.rules.flatMap((after): RuleDifference[] => {
    const was = before.get(after.id);
    if (was === undefined) return [{ id: after.id, change: 'added', before: null, after }];
    if (canonicalJson(was.rule) !== canonicalJson(after)) return [{ id: after.id, change: 'changed', before: was.rule, after }];
    return inPlace.has(was.index) ? [] : [{ id: after.id, change: 'moved', before: was.rule, after }];
  });
  const there = new Set(to.rules.map(({ id }) => id));
  const removed = (from?.rules ?? []).filter(({ id }) => !there.has(id));
  return [...differences, ...removed.map((rule) => ({ id: rule.id, change: 'removed' as const, before: rule, after: null }))];
}

/** The longest rising subsequence of distinct numbers (patience sorting): the rules that kept their place when the rest was moved. */
function longestRise(numbers: readonly number[]): ReadonlySet<number> {
  const tops: number[] = [];
  const under = new Map<number, number | undefined>();
  for (const number of numbers) {
    let [low, high] = [0, tops.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((tops[middle] ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    under.set(number, tops[low - 1]);
    tops[low] = number;
  }
  const rise = new Set<number>();
  for (let top = tops.at(-1); top !== undefined; top = under.get(top)) rise.add(top);
  return rise;
}
