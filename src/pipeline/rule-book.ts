import type { Finding } from '../findings/finding.ts';
import type { MemberDecision } from '../issues/plan-step.ts';
import type { GroupBy } from '../issues/group-key.ts';
import { routeFinding } from '../issues/route-finding.ts';
import { decide } from '../rules/decide.ts';
import { parseRules, type CompiledRules } from '../rules/parse-rules.ts';
import type { CloseFields, IssueRule, RuleSet } from '../rules/routing-rule.ts';
import type { Clock } from './clock.ts';
import { RULES, type RulesRecord } from './collections.ts';
import { put, type Store } from './store.ts';

/** The rules of now, read from the store and compiled once a revision. */
export interface RuleBook {
  /** A store without rules, new or emptied, is given those that this process knows. @throws StoreUnavailable, StoredRulesInvalid */
  current(): Promise<Rules>;
}

/** One revision of the rules, ready to decide. */
export interface Rules {
  readonly revision: number;
  route(finding: Finding): { readonly decision: MemberDecision; readonly groupBy: GroupBy };
  /** What issues of a rule are closed with. Null: nothing special, or there is no such rule any more. */
  closing(ruleId: string | null): CloseFields | null;
  /** What becomes of an open issue of a rule whose findings the rules no longer send to Jira; `leave` where there is no such rule any more. */
  whenUnrouted(ruleId: string | null): 'leave' | 'close';
  /** Keys of all projects that an issue may be sent to. */
  projects(): readonly string[];
}

/** The stored rule set does not parse: written by a newer version, or by hand. */
class StoredRulesInvalid extends Error {
  readonly code = 'stored-rules-invalid';
  constructor(problem: string) {
    super(`The rules in the store can't be read: ${problem}`);
  }
}

const CURRENT = 'current';

/** @param seed the rules file's set, for a store that has none */
export function createRuleBook(store: Store, seed: CompiledRules, clock: Clock): RuleBook {
  let known: { readonly version: string; readonly record: RulesRecord; readonly rules: Rules } | null = null;

  /** What is put back was in force until now, so it counts at once, even where the store can't take it yet. */
  async function putBack(): Promise<Rules> {
    const record = known?.record ?? { revision: 1, rules: seed.ruleSet, savedAt: clock.now() };
    const result = await store.commit([put(RULES, CURRENT, null, record)]);
    return !result.ok && result.because === 'conflict' ? current() : (known?.rules ?? rulesOf(seed, record.revision));
  }

  async function current(): Promise<Rules> {
    const [stored] = await store.read(RULES, [CURRENT]);
    if (!stored) return putBack();
    if (known?.version !== stored.version) {
      const parsed = parseRules(stored.doc.rules);
      if (!parsed.ok) throw new StoredRulesInvalid(parsed.problems.map(({ path, message }) => `${path}: ${message}`).join('; '));
      known = { version: stored.version, record: stored.doc, rules: rulesOf(parsed.rules, stored.doc.revision) };
    }
    return known.rules;
  }

  return { current };
}

function rulesOf(compiled: CompiledRules, revision: number): Rules {
  function issueRule(ruleId: string | null): IssueRule | null {
    const rule = compiled.ruleSet.rules.find(({ id }) => id === ruleId);
    return rule?.action === 'issue' ? rule : null;
  }

  return {
    revision,
    route(finding) {
      const decision = decide(compiled, { ...finding.event });
      if (decision.action === 'ignore')
        return { decision: { action: 'ignore', because: decision.because, ruleId: decision.ruleId }, groupBy: 'finding' };
      const { rule, ruleId } = decision;
      const route = routeFinding(finding, rule, compiled.ruleSet, revision);
      return { decision: { action: 'issue', because: 'rule-matched', ruleId, route }, groupBy: rule.groupBy ?? 'finding' };
    },
    closing: (ruleId) => issueRule(ruleId)?.close ?? null,
    whenUnrouted: (ruleId) => issueRule(ruleId)?.whenUnrouted ?? 'leave',
    projects: () => projectsOf(compiled.ruleSet),
  };
}

function projectsOf({ rules, accounts = {}, organizationalUnits = {} }: RuleSet): readonly string[] {
  const owners = [...Object.values(accounts), ...Object.values(organizationalUnits)];
  return [
    ...new Set([
      ...rules.flatMap((rule) => (rule.action === 'issue' ? [rule.issue.project] : [])),
      ...owners.flatMap(({ project }) => project ?? []),
    ]),
  ];
}
