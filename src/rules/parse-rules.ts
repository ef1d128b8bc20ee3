import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { isJsonObject, type JsonObject } from '../findings/json.ts';
import { refuseMissingUnits } from './account-map.ts';
import { checkObject, expected } from './check-schema.ts';
import { checkOwnerTemplates, checkTemplates, type RulesAge } from './check-templates.ts';
import { itemPath, propertyPath } from './json-path.ts';
import { compilePattern, type CompiledPattern } from './pattern/pattern.ts';
import { createProblems, type Problem, type Refuse } from './problem.ts';
import { refuseInDetail, refuseNumbers } from './text-fields.ts';
import { IgnoreRule, IssueRule, MAX_RULES, RuleSet, type RoutingRule } from './routing-rule.ts';
import { finish, type ChunkedWork } from './chunked-work.ts';

/** A checked rule set with compiled patterns; only this file creates one. */
export interface CompiledRules {
  readonly ruleSet: RuleSet;
  /** In the same order as `ruleSet.rules`. */
  readonly rules: readonly CompiledRule[];
}

export interface CompiledRule {
  readonly rule: RoutingRule;
  readonly pattern: CompiledPattern;
}

export type ParsedRules =
  | { readonly ok: true; readonly rules: CompiledRules }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const issueRule = Compile(IssueRule);
const ignoreRule = Compile(IgnoreRule);
const besides = Compile(Type.Pick(RuleSet, ['accounts', 'organizationalUnits', 'owner', 'limits', 'rescan', 'tests']));

/**
 * Parses a rule set from YAML or JSON. Takes any value and never throws; reports every problem, with paths such as
 * `rules[2].issue.project`.
 */
export function parseRules(input: unknown): ParsedRules {
  return finish(parseRulesInChunks(input, 'new'));
}

/** The same in chunks of one rule, for sets of thousands. */
export function* parseRulesInChunks(input: unknown, age: RulesAge): ChunkedWork<ParsedRules> {
  const problems = createProblems();
  const rules = yield* parseRuleSet(input, age, problems.refuse);
  const found = problems.list();
  if (found.length > 0 || rules === null) return { ok: false, problems: found };
  return { ok: true, rules: { ruleSet: ruleSetOf(input, rules), rules } };
}

/** The rule set as given; the parts beside the rules were checked with it. */
function ruleSetOf(input: unknown, rules: readonly CompiledRule[]): RuleSet {
  const { accounts, organizationalUnits, owner, limits, rescan, tests } = besides.Check(input) ? input : {};
  return {
    version: 1,
    rules: rules.map(({ rule }) => rule),
    ...(accounts === undefined ? {} : { accounts }),
    ...(organizationalUnits === undefined ? {} : { organizationalUnits }),
    ...(owner === undefined ? {} : { owner }),
    ...(limits === undefined ? {} : { limits }),
    ...(rescan === undefined ? {} : { rescan }),
    ...(tests === undefined ? {} : { tests }),
  };
}

function* parseRuleSet(input: unknown, age: RulesAge, refuse: Refuse): ChunkedWork<readonly CompiledRule[] | null> {
  if (!isJsonObject(input)) return refuse('', expected(RuleSet));
  const list: unknown = Object.hasOwn(input, 'rules') ? input['rules'] : undefined;
  // The rules are checked one by one below, each against the schema of its action.
  checkObject(RuleSet, Array.isArray(list) ? { ...input, rules: [] } : input, '', refuse);
  refuseMissingUnits(input['accounts'], input['organizationalUnits'], refuse);
  for (const map of ['accounts', 'organizationalUnits']) checkOwnerTemplates(input[map], map, age, refuse);
  const { owner } = input;
  if (isJsonObject(owner)) checkOwnerTemplates(owner['values'], 'owner.values', age, refuse);
  refuseUnclearTests(input['tests'], refuse);
  if (age === 'new') refuseNumbersInTests(input['tests'], refuse);
  if (!Array.isArray(list)) return null;
  if (list.length > MAX_RULES) return refuse('rules', expected(RuleSet.properties.rules));
  const firstPlaces = new Map<string, string>();
  const compiled: CompiledRule[] = [];
  for (const [index, item] of list.entries()) {
    yield;
    const path = itemPath('rules', index);
    const rule = parseRule(item, path, age, refuse);
    if (rule !== null) compiled.push(rule);
    const id = isJsonObject(item) ? item['id'] : undefined;
    if (typeof id !== 'string') continue;
    const first = firstPlaces.get(id);
    if (first === undefined) firstPlaces.set(id, path);
    else refuse(propertyPath(path, 'id'), `expected an id of its own, ${first} has the same`);
  }
  return compiled;
}

function parseRule(input: unknown, path: string, age: RulesAge, refuse: Refuse): CompiledRule | null {
  if (!isJsonObject(input)) return refuse(path, expected(IssueRule));
  const sendsToJira = input['action'] === 'issue' || (input['action'] !== 'ignore' && Object.hasOwn(input, 'issue'));
  if (sendsToJira) checkTemplates(input['issue'], propertyPath(path, 'issue'), age, refuse);
  else refuseIssueParts(input, path, refuse);
  checkObject(sendsToJira ? IssueRule : IgnoreRule, input, path, refuse);
  const pattern = parseMatch(input['match'], propertyPath(path, 'match'), age, refuse);
  if (pattern === null || !(issueRule.Check(input) || ignoreRule.Check(input))) return null;
  return { rule: input, pattern };
}

function parseMatch(match: unknown, path: string, age: RulesAge, refuse: Refuse): CompiledPattern | null {
  if (!isJsonObject(match)) return null;
  const compiled = compilePattern(match, path);
  if (!compiled.ok) {
    for (const problem of compiled.problems) refuse(problem.path, problem.message);
    return null;
  }
  if (age === 'new') refuseNumbers(match, path, refuse);
  return compiled.pattern;
}

function refuseUnclearTests(tests: unknown, refuse: Refuse): void {
  for (const [index, test] of (Array.isArray(tests) ? tests : []).entries()) {
    if (!isJsonObject(test) || Object.hasOwn(test, 'event') !== Object.hasOwn(test, 'finding')) continue;
    refuse(itemPath('tests', index), 'expected either event or finding');
  }
}

function refuseNumbersInTests(tests: unknown, refuse: Refuse): void {
  for (const [index, test] of (Array.isArray(tests) ? tests : []).entries()) {
    if (!isJsonObject(test)) continue;
    const path = itemPath('tests', index);
    refuseNumbers(test['event'], propertyPath(path, 'event'), refuse);
    refuseInDetail(test['finding'], propertyPath(path, 'finding'), refuse);
  }
}

function refuseIssueParts(input: JsonObject, path: string, refuse: Refuse): void {
  for (const name of ['groupBy', 'issue', 'mode', 'limits', 'close', 'whenUnrouted', 'whenDeleted']) {
    if (Object.hasOwn(input, name)) refuse(propertyPath(path, name), 'expected only in a rule with action "issue"');
  }
}
