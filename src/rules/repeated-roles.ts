import { parseArn } from '../findings/arn.ts';
import { isJsonObject } from '../findings/json.ts';
import type { CompiledRules } from './parse-rules.ts';
import { itemPath } from './json-path.ts';
import { covers } from './pattern/covers.ts';
import { compilePattern, type FieldsPattern, type LeafPattern } from './pattern/pattern.ts';
import { isScalar } from './pattern/value-matcher.ts';
import type { Problem } from './problem.ts';

/** Fields of each finding that says who outside can assume a role, with their values. */
const ROLE_FINDING: Readonly<Record<string, string>> = {
  source: 'aws.access-analyzer',
  'detail-type': 'Access Analyzer Finding',
  'detail.resourceType': 'AWS::IAM::Role',
};

/** Fields whose single value leaves one analyzer, and so one report of each role. */
const ONE_ANALYZER = new Set(['region', 'detail.region', 'resources']);

/**
 * Rules that open an issue for each finding, and whose pattern takes external access to IAM roles. IAM is global: the analyzer of each Region
 * reports the same role again, under an id of its own, so such a rule opens one issue for each Region.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-resources.html
 */
export function repeatedRoles({ rules }: CompiledRules): readonly (Problem & { readonly ruleId: string })[] {
  const problems: (Problem & { readonly ruleId: string })[] = [];
  for (const [index, { rule, pattern }] of rules.entries()) {
    const isPerFinding = rule.action === 'issue' && (rule.groupBy ?? 'finding') === 'finding';
    if (isPerFinding && takesRoles(pattern, '')) {
      problems.push({
        ruleId: rule.id,
        path: itemPath('rules', index),
        message: `${rule.id} opens an issue for each finding, and the analyzer of every Region reports the same IAM role again: set groupBy to "access", here or in a rule for AWS::IAM::Role above it`,
      });
    }
    // The rules below get no role any more.
    if (ALL_ROLES.ok && covers(pattern, ALL_ROLES.pattern)) break;
  }
  return problems;
}

const ALL_ROLES = compilePattern({
  source: ['aws.access-analyzer'],
  'detail-type': ['Access Analyzer Finding'],
  detail: { resourceType: ['AWS::IAM::Role'] },
});

/** Whether a pattern may take such a finding of several Regions. In doubt it may. */
function takesRoles({ fields, anyOf }: FieldsPattern, prefix: string): boolean {
  const takes = fields.every(({ name, pattern }) => {
    const path = `${prefix}${name}`;
    return pattern.kind === 'fields' ? path !== 'detail' || takesRoles(pattern, 'detail.') : takesValue(path, pattern);
  });
  return takes && (anyOf === null || anyOf.some((branch) => takesRoles(branch, prefix)));
}

function takesValue(path: string, leaf: LeafPattern): boolean {
  const [only, ...more] = leaf.alternatives;
  if (ONE_ANALYZER.has(path) && more.length === 0 && isScalar(only)) return false;
  if (path === 'detail.findingType') return leaf.acceptsAbsence || leaf.matches('ExternalAccess');
  if (path === 'detail.resource') return leaf.alternatives.some(mayBeRole);
  const value = Object.hasOwn(ROLE_FINDING, path) ? ROLE_FINDING[path] : undefined;
  return value === undefined || leaf.matches(value);
}

/** Whether an alternative may take the ARN of a role. */
function mayBeRole(alternative: unknown): boolean {
  const start = isJsonObject(alternative) ? alternative['prefix'] : alternative;
  if (typeof start !== 'string') return true;
  const service = parseArn(start)?.service ?? start.split(':')[2];
  return (
    service === undefined || service === 'iam' || (isJsonObject(alternative) && start.split(':').length === 3 && 'iam'.startsWith(service))
  );
}
