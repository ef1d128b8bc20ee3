import type { JsonObject } from '../findings/json.ts';
import { matchesPattern, matchPattern } from './pattern/match-pattern.ts';
import type { Mismatch } from './pattern/mismatch.ts';
import type { CompiledRule, CompiledRules } from './parse-rules.ts';
import type { IssueRule } from './routing-rule.ts';

/** The decision of the rules about one finding, and its reason. */
export type Decision =
  | { readonly action: 'issue'; readonly because: 'rule-matched'; readonly ruleId: string; readonly rule: IssueRule }
  | { readonly action: 'ignore'; readonly because: 'rule-ignores'; readonly ruleId: string }
  | { readonly action: 'ignore'; readonly because: 'no-rule-matches'; readonly ruleId: null };

/** A decision with the rules that were tried, in order; the last of them decided, unless none matched. */
export interface Explanation {
  readonly decision: Decision;
  readonly trace: readonly RuleTrace[];
}

export interface RuleTrace {
  readonly ruleId: string;
  readonly matched: boolean;
  /** Why the rule did not match, field by field; empty when it did. */
  readonly mismatches: readonly Mismatch[];
}

/** Applies the rules to a finding as an EventBridge event: the first whose pattern matches decides. */
export function decide(rules: CompiledRules, event: JsonObject): Decision {
  return toDecision(rules.rules.find(({ pattern }) => matchesPattern(pattern, event)));
}

/** The same decision with its trace; slower, because it explains why each earlier rule did not match. */
export function explain(rules: CompiledRules, event: JsonObject): Explanation {
  const trace: RuleTrace[] = [];
  for (const compiled of rules.rules) {
    const result = matchPattern(compiled.pattern, event);
    trace.push({ ruleId: compiled.rule.id, matched: result.matched, mismatches: result.matched ? [] : result.mismatches });
    if (result.matched) return { decision: toDecision(compiled), trace };
  }
  return { decision: toDecision(undefined), trace };
}

function toDecision(deciding: CompiledRule | undefined): Decision {
  if (deciding === undefined) return { action: 'ignore', because: 'no-rule-matches', ruleId: null };
  const { rule } = deciding;
  if (rule.action === 'ignore') return { action: 'ignore', because: 'rule-ignores', ruleId: rule.id };
  return { action: 'issue', because: 'rule-matched', ruleId: rule.id, rule };
}
