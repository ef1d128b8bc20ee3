import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ACCEPTED_WORDS, DROPPED_WORDS, DUPLICATE_WORDS, REPAIR_WORDS } from '../../src/jira/transition/ending-words.ts';
import { OPERATOR_NAMES } from '../../src/rules/pattern/operators.ts';
import { parseRules } from '../../src/rules/parse-rules.ts';
import { compilePattern } from '../../src/rules/pattern/pattern.ts';
import { IssueFields } from '../../src/rules/issue-fields.ts';
import { IssueRule } from '../../src/rules/routing-rule.ts';
import { CloseAims, ReopenAim } from '../../src/rules/transition-aim.ts';
import { runRuleTests } from '../../src/rules/run-rule-tests.ts';
import { finish } from '../../src/rules/chunked-work.ts';

const document = readFileSync(new URL('../../docs/rules.md', import.meta.url), 'utf8');
/** The first example in YAML of a section. */
function yamlUnder(heading: string): string {
  const section = document.slice(document.indexOf(`# ${heading}\n`));
  return /```yaml\n(.*?)```/s.exec(section)?.[1] ?? '';
}

const file = yamlUnder('Routing rules');
const limits = yamlUnder('Limits');
const templates = yamlUnder('Templates');
const accounts = yamlUnder('Whose account it is');
const owners = yamlUnder('Whose resource it is');
const tested = yamlUnder('Tests beside the rules');
const patterns = yamlUnder('The pattern language');
const closing = yamlUnder('Where an issue ends');
const examples = patterns.split('\n\n');
const leaves = [...document.matchAll(/^\|[^|]*\| (`\[.*?\]`(?:, `\[.*?\]`)*) \|/gm)].flatMap(([, cell]) =>
  (cell ?? '').slice(1, -1).split('`, `'),
);

describe('docs/rules.md', () => {
  test('shows a rules file that is accepted', () => {
    expect(parseRules(parse(file))).toMatchObject({ ok: true });
    expect(parseRules(parse(limits))).toMatchObject({ ok: true });
    expect(parseRules(parse(accounts))).toMatchObject({ ok: true });
    expect(parseRules(parse(owners))).toMatchObject({ ok: true });
  });

  test('shows tests that pass', () => {
    const parsed = parseRules(parse(tested));
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    expect(parsed.rules.ruleSet.tests).toHaveLength(2);
    expect(finish(runRuleTests(parsed.rules)).failures).toEqual([]);
  });

  test('shows a way to close and to reopen that is accepted', () => {
    const rule = {
      id: 'shown',
      match: { source: ['aws.access-analyzer'] },
      action: 'issue',
      issue: { project: 'SEC', issueType: 'Task' },
      ...parse(closing),
    };
    expect(parseRules({ version: 1, rules: [rule] })).toMatchObject({ ok: true, rules: { ruleSet: { rules: [parse(closing)] } } });
  });

  test('lists the words for ends without a fix', () => {
    for (const words of [ACCEPTED_WORDS, DROPPED_WORDS, DUPLICATE_WORDS, REPAIR_WORDS])
      expect(document).toContain(` | ${words.join(', ')} |\n`);
  });

  test('shows templates that are accepted', () => {
    const rule = { id: 'shown', match: { source: ['aws.access-analyzer'] }, action: 'issue', ...parse(templates) };
    expect(parseRules({ version: 1, rules: [rule] })).toMatchObject({ ok: true });
  });

  test('shows patterns that are accepted', () => {
    expect(examples).toHaveLength(4);
    for (const example of examples) expect({ example, ...compilePattern(parse(example).match) }).toMatchObject({ example, ok: true });
  });

  test('shows leaves that are accepted, for every operator', () => {
    for (const leaf of leaves) expect({ leaf, ...compilePattern({ field: parse(leaf) }) }).toMatchObject({ leaf, ok: true });
    expect(OPERATOR_NAMES.filter((name) => !leaves.some((leaf) => leaf.includes(`{ ${name}: `)))).toEqual([]);
  });

  test('names every property of a rule', () => {
    for (const name of [
      ...Object.keys(IssueRule.properties).filter((each) => !['issue', 'close', 'reopen'].includes(each)),
      ...Object.keys(IssueFields.properties).map((each) => `issue.${each}`),
      ...Object.keys(CloseAims.properties).map((each) => `close.${each}`),
      ...Object.keys(ReopenAim.properties).map((each) => `reopen.${each}`),
    ]) {
      expect(document).toContain(`| \`${name}\` |`);
    }
  });
});
