import type { Finding } from '../../../src/findings/finding.ts';
import type { JsonObject } from '../../../src/findings/json.ts';
import { parseFinding } from '../../../src/findings/parse-finding.ts';
import { parseRules, type CompiledRules } from '../../../src/rules/parse-rules.ts';

export function findingOf(event: JsonObject): Finding {
  const parsed = parseFinding(event, Date.now());
  if (!parsed.ok) throw new Error(`${parsed.path}: ${parsed.message}`);
  return parsed.finding;
}

/** Rules without limits, unless `besides` has some: what they hold back is the subject of few tests. */
export function rulesOf(rules: readonly unknown[], besides: Readonly<Record<string, unknown>> = { limits: 'off' }): CompiledRules {
  const parsed = parseRules({ version: 1, rules, ...besides });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.rules;
}

/** Rules by which every finding gets an issue in SEC, together with those that it is grouped with. */
export function groupedBy(groupBy: 'finding' | 'resource' | 'access'): CompiledRules {
  const match = { source: ['aws.access-analyzer'] };
  return rulesOf([{ id: 'all', match, action: 'issue', groupBy, issue: { project: 'SEC', issueType: 'Task' } }]);
}
