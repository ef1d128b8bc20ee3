import { isJsonObject, type JsonObject } from '../findings/json.ts';
import { ownerOf } from './account-map.ts';
import { decideInChunks, type Decision } from './decide.ts';
import { NO_ACCOUNTS } from './known-accounts.ts';
import { itemPath } from './json-path.ts';
import type { CompiledRules } from './parse-rules.ts';
import type { Problem } from './problem.ts';
import type { RuleTest } from './rule-test.ts';
import type { RuleSet } from './routing-rule.ts';
import type { ChunkedWork } from './chunked-work.ts';

/** The results of a rule set's tests. */
export interface TestedRules {
  readonly failures: readonly Problem[];
  /** Rules that decided at least one test. */
  readonly decided: ReadonlySet<string>;
}

/** Runs the tests of a rule set, in chunks of one test. */
export function* runRuleTests(rules: CompiledRules): ChunkedWork<TestedRules> {
  const failures: Problem[] = [];
  const decided = new Set<string>();
  for (const [index, test] of (rules.ruleSet.tests ?? []).entries()) {
    const event = eventOf(test);
    const decision = yield* decideInChunks(rules, event);
    if (decision.ruleId !== null) decided.add(decision.ruleId);
    const failure = compare(test, event, decision, rules.ruleSet);
    if (failure !== null) failures.push({ path: itemPath('tests', index), message: `${nameOf(test)}${failure}` });
    yield;
  }
  return { failures, decided };
}

function eventOf({ event, finding }: RuleTest): JsonObject {
  return event ?? { source: 'aws.access-analyzer', 'detail-type': 'Access Analyzer Finding', detail: finding ?? {} };
}

/** @returns null if the test passes */
function compare({ expect }: RuleTest, event: JsonObject, decision: Decision, ruleSet: RuleSet): string | null {
  const by = decision.ruleId === null ? 'no rule matches' : `${decision.ruleId} decides`;
  if (decision.action !== expect.action) return `expected action ${expect.action}, but ${by}: ${decision.action}`;
  if (expect.ruleId !== undefined && decision.ruleId !== expect.ruleId) return `expected rule ${expect.ruleId ?? 'none'}, but ${by}`;
  if (expect.project === undefined) return null;
  const project = projectOf(decision, event, ruleSet);
  return project === expect.project ? null : `expected project ${expect.project}, but ${by}: ${project ?? 'no project'}`;
}

/** The tests of a file have one result everywhere, so they go by the file alone, whatever AWS Organizations says. */
function projectOf(decision: Decision, event: JsonObject, ruleSet: RuleSet): string | null {
  if (decision.action !== 'issue') return null;
  const { issue } = decision.rule;
  if (issue.useAccountMap !== true) return issue.project;
  return ownerOf(accountOf(event), ruleSet, NO_ACCOUNTS).project ?? issue.project;
}

/** The resource's owner, as `Finding.accountId` has it. */
function accountOf({ detail, account }: JsonObject): string {
  const owner = isJsonObject(detail) ? detail['accountId'] : undefined;
  return String(owner ?? account ?? '');
}

function nameOf({ name }: RuleTest): string {
  return name === undefined ? '' : `${name}: `;
}
