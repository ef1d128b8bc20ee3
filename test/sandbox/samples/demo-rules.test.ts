import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { isJsonObject } from '../../../src/findings/json.ts';
import { decide } from '../../../src/rules/decide.ts';
import { parseRules } from '../../../src/rules/parse-rules.ts';
import { sampleFindings } from '../../../src/sandbox/samples/sample-findings.ts';

test('the demo rules send the sample findings to all three projects, and ignore some', () => {
  const rules = parseRules(parse(readFileSync(new URL('../../../config/demo-rules.yaml', import.meta.url), 'utf8')));
  if (!rules.ok) throw new Error(JSON.stringify(rules.problems));
  const decisions = sampleFindings({ count: 60, seed: 7, startMs: 0 }).map((event) => {
    const message: unknown = JSON.parse(JSON.stringify(event));
    return isJsonObject(message) ? decide(rules.rules, message) : null;
  });
  const projects = decisions.map((decision) => (decision?.action === 'issue' ? decision.rule.issue.project : (decision?.because ?? '')));
  expect(new Set(projects)).toEqual(new Set(['SEC', 'PLAT', 'DATA', 'rule-ignores']));
});
