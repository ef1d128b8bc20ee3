import { isJsonObject, type Json } from '../../findings/json.ts';
import type { CompiledRules } from '../../rules/parse-rules.ts';
import { ruleChanges } from '../../rules/rule-changes.ts';
import { repeatedRoles } from '../../rules/repeated-roles.ts';
import { runRuleTests } from '../../rules/run-rule-tests.ts';
import { isBacktestOf } from './backtest.ts';
import type { Clock } from '../ports/clock.ts';
import type { Operations } from '../operations/operations.ts';
import type { Preflight, PreflightProblem } from '../ports/preflight.ts';
import { readyRules, type Rules } from '../rulebook/rule-book.ts';
import { measureImpact, type Impact } from './rules-impact.ts';
import type { Store } from '../ports/store.ts';
import type { Yielder } from '../rulebook/yielder.ts';

/** Whether a draft may be saved in place of the current rules. */
export type CheckDraft = (draft: Draft, current: Rules) => Promise<CheckedDraft>;

export interface Draft {
  readonly rules: CompiledRules;
  /** Checks whose problems are warnings this time. */
  readonly pardoned: readonly DraftCheck[];
  /** Of a backtest of the same draft; null: none was made. */
  readonly backtestToken: string | null;
}

/** `tests`: those in the rule set. `preflight`: whether Jira would accept the draft. `backtest`: how many open issues it touches. */
export type DraftCheck = 'tests' | 'preflight' | 'backtest';

export type CheckedDraft =
  /** `impact` null: a backtest has shown it, or there are too many findings to measure it while the caller waits. */
  | { readonly ok: true; readonly warnings: readonly DraftProblem[]; readonly impact: Impact | null }
  | { readonly ok: false; readonly because: 'tests-failed' | 'preflight-failed'; readonly problems: readonly DraftProblem[] }
  /** It touches so many open issues that it must be backtested first. Null: there are too many findings to count them while the caller waits. */
  | { readonly ok: false; readonly because: 'backtest-required'; readonly openIssues: number | null };

/** A problem of a draft, and its place. `code`: `test-failed`, `unreachable`, `unused`, `repeated-roles`, or one of preflight's. */
export interface DraftProblem {
  readonly code: string;
  readonly path: string;
  readonly message: string;
}

/** Open issues that a save may touch without a backtest. */
const MAX_TOUCHED = 50;

/** Warnings of one kind; more of them are of no use. */
const MAX_REPEATED = 100;

/** The longest that a save may scan findings, ms; a longer scan is for a backtest. */
const MAX_LOOKING_MS = 30_000;

/** There are more findings than a save can scan. */
class TooManyFindings extends Error {}

export interface CheckDraftDeps {
  readonly store: Store;
  readonly operations: Operations;
  readonly preflight: Preflight;
  readonly yielder: Yielder;
  readonly clock: Clock;
}

export function createCheckDraft(deps: CheckDraftDeps): CheckDraft {
  const { operations, yielder, clock } = deps;

  async function testProblems(rules: CompiledRules): Promise<readonly DraftProblem[]> {
    const { failures } = await yielder.run(runRuleTests(rules));
    return failures.map((failure) => ({ code: 'test-failed', ...failure }));
  }

  /** Checks only what differs: a rule that Jira no longer accepts is no reason to refuse a change of another one. */
  async function preflightProblems({ ruleSet }: CompiledRules, current: Rules): Promise<readonly PreflightProblem[]> {
    const { added, changed, besides } = ruleChanges(current.compiled.ruleSet, ruleSet);
    const ids = [...added.ids, ...changed.ids];
    const isWide = besides.some((name) => name !== 'tests') || added.count + changed.count > ids.length;
    if (!isWide && ids.length === 0) return [];
    return deps.preflight.check(ruleSet, isWide ? null : new Set(ids));
  }

  /** The impact by a backtest of the draft, or else measured now. */
  async function impactOf({ rules, backtestToken }: Draft, current: Rules): Promise<Touching> {
    const backtest = backtestToken === null ? null : await operations.read(backtestToken);
    if (isBacktestOf(backtest, current.revision, rules.ruleSet))
      return { openIssues: 0, idle: idleRulesIn(backtest?.result ?? null), impact: null };
    const until = clock.monotonic() + MAX_LOOKING_MS;
    try {
      const impact = await measureImpact(deps, current, readyRules(rules, current.revision, yielder, current.accounts), async () => {
        if (clock.monotonic() > until) throw new TooManyFindings();
      });
      return { openIssues: impact.openIssuesTouched, idle: impact.idleRules, impact };
    } catch (error) {
      if (error instanceof TooManyFindings) return { openIssues: null, idle: [], impact: null };
      throw error;
    }
  }

  return async (draft, current) => {
    const { rules, pardoned } = draft;
    const tests = await testProblems(rules);
    if (tests.length > 0 && !pardoned.includes('tests')) return { ok: false, because: 'tests-failed', problems: tests };
    const preflight = await preflightProblems(rules, current);
    const errors = preflight.filter(({ severity }) => severity === 'error');
    if (errors.length > 0 && !pardoned.includes('preflight'))
      return { ok: false, because: 'preflight-failed', problems: errors.map(plain) };
    const { openIssues, idle, impact } = await impactOf(draft, current);
    const isWide = openIssues === null || openIssues > MAX_TOUCHED;
    if (isWide && !pardoned.includes('backtest')) return { ok: false, because: 'backtest-required', openIssues };
    return { ok: true, warnings: [...tests, ...preflight.map(plain), ...idle, ...newlyRepeated(rules, current.compiled)], impact };
  };
}

/** What a draft touches. `openIssues` null: not counted. */
interface Touching {
  readonly openIssues: number | null;
  readonly idle: readonly DraftProblem[];
  readonly impact: Impact | null;
}

/** Only what the draft brings: the current rules may be meant so, and a change of another rule is no reason to say it again. */
function newlyRepeated(draft: CompiledRules, current: CompiledRules): readonly DraftProblem[] {
  const known = new Set(repeatedRoles(current).map(({ ruleId }) => ruleId));
  return repeatedRoles(draft)
    .filter(({ ruleId }) => !known.has(ruleId))
    .slice(0, MAX_REPEATED)
    .map(({ path, message }) => ({ code: 'repeated-roles', path, message }));
}

function plain({ code, path, message }: DraftProblem): DraftProblem {
  return { code, path, message };
}

/** The rules that decide nothing, by a backtest. */
function idleRulesIn(result: Json): readonly DraftProblem[] {
  const idle = isJsonObject(result) ? result['idleRules'] : undefined;
  return (Array.isArray(idle) ? idle : []).flatMap((one: Json) => {
    const { code, path, message } = isJsonObject(one) ? one : {};
    return typeof code === 'string' && typeof path === 'string' && typeof message === 'string' ? [{ code, path, message }] : [];
  });
}
