import type { JsonObject } from '../findings/json.ts';
import { finish, type ChunkedWork } from './chunked-work.ts';
import { createMatchBudget, MAX_MATCH_STEPS } from './pattern/match-budget.ts';
import { explainMatch, matchPattern, type Match } from './pattern/match-pattern.ts';
import type { Mismatch } from './pattern/mismatch.ts';
import type { CompiledRule, CompiledRules } from './parse-rules.ts';
import type { IssueRule } from './routing-rule.ts';

/** The decision of the rules about one finding, and its reason. */
export type Decision =
  | { readonly action: 'issue'; readonly because: 'rule-matched'; readonly ruleId: string; readonly rule: IssueRule }
  | { readonly action: 'ignore'; readonly because: 'rule-ignores'; readonly ruleId: string }
  | { readonly action: 'ignore'; readonly because: 'no-rule-matches'; readonly ruleId: null }
  | Undecided;

/** The rule can't be compared with the finding in the steps that a comparison may take, so neither it nor a rule below it decides. */
export interface Undecided {
  readonly action: 'undecided';
  readonly because: 'rule-too-costly';
  readonly ruleId: string;
}

/** A decision with the rules that were tried, in order; the last of them decided, unless none matched. */
export interface Explanation {
  readonly decision: Decision;
  readonly trace: readonly RuleTrace[];
}

export interface RuleTrace {
  readonly ruleId: string;
  readonly matched: boolean;
  /** Why the rule did not match, field by field; empty when it did, or when it took too many steps to find out. */
  readonly mismatches: readonly Mismatch[];
}

/** Steps after which other work may run; a single rule may take `MAX_MATCH_STEPS`. */
const CHUNK_STEPS = 20_000;

/** The least that a rule counts, so that thousands of cheap rules are cut into chunks as well. */
const MIN_STEPS = 10;

/**
 * Decides about a single finding at once, for the tools of the command line.
 * @throws Error that names the rule which takes too many steps
 */
export function decide(rules: CompiledRules, event: JsonObject): Exclude<Decision, Undecided> {
  const decision = finish(decideInChunks(rules, event));
  if (decision.action !== 'undecided') return decision;
  throw new Error(`The rule ${decision.ruleId} ${TOO_COSTLY}`);
}

/** The end of a sentence that begins with a rule. */
export const TOO_COSTLY = `takes more than ${MAX_MATCH_STEPS} steps to compare with this finding`;

/** Applies the rules to a finding as an EventBridge event, in chunks of bounded cost: the first whose pattern matches decides. */
export function* decideInChunks({ rules }: CompiledRules, event: JsonObject): ChunkedWork<Decision> {
  let steps = 0;
  for (const compiled of rules) {
    const budget = createMatchBudget();
    const match = matchPattern(compiled.pattern, event, budget);
    if (match !== 'mismatched') return toDecision(compiled, match);
    steps += Math.max(MIN_STEPS, MAX_MATCH_STEPS - budget.left);
    if (steps < CHUNK_STEPS) continue;
    steps = 0;
    yield;
  }
  return NO_MATCH;
}

/** The same decision with its trace, in chunks of one rule; slower, because it explains why each earlier rule did not match. */
export function* explainInChunks({ rules }: CompiledRules, event: JsonObject): ChunkedWork<Explanation> {
  const trace: RuleTrace[] = [];
  for (const compiled of rules) {
    const result = explainMatch(compiled.pattern, event);
    const mismatches = result.match === 'mismatched' ? result.mismatches : [];
    trace.push({ ruleId: compiled.rule.id, matched: result.match === 'matched', mismatches });
    if (result.match !== 'mismatched') return { decision: toDecision(compiled, result.match), trace };
    yield;
  }
  return { decision: NO_MATCH, trace };
}

const NO_MATCH: Decision = { action: 'ignore', because: 'no-rule-matches', ruleId: null };

function toDecision({ rule }: CompiledRule, match: Exclude<Match, 'mismatched'>): Decision {
  if (match === 'too-costly') return { action: 'undecided', because: 'rule-too-costly', ruleId: rule.id };
  if (rule.action === 'ignore') return { action: 'ignore', because: 'rule-ignores', ruleId: rule.id };
  return { action: 'issue', because: 'rule-matched', ruleId: rule.id, rule };
}
