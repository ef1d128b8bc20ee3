import { parseArn } from '../../findings/arn.ts';
import { hasAnalyzerId, type Finding } from '../../findings/finding.ts';
import type { IssueRoute } from '../issue-route.ts';
import { codeBlock, paragraph, text, type AdfBlock } from './adf.ts';
import { isDeleted } from './principal-words.ts';
import { shellLine } from './shell-line.ts';

/** Maximum values of one criterion. Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-quotas.html */
const MAX_VALUES = 20;

/** In place of the principal that keeps its access, where the finding cannot know it. */
const KEPT = 'KEPT_ACCOUNT';

/**
 * The archive rule for what is left when the access is narrowed: each change makes a new finding, which the rule archives at its birth. Rules
 * are not retroactive.
 * Source of the keys: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-filter-keys.html
 * @param signedIn names the account of the analyzer
 * @returns nothing where a rule would be broader than the access, or its command unsafe to paste
 */
export function archiveRule(finding: Finding, content: IssueRoute['content'], signedIn: string): readonly AdfBlock[] {
  const filter = content === 'full' ? filterOf(finding) : null;
  const analyzer = parseArn(finding.analyzerArn);
  if (filter === null || analyzer === null) return [];
  const command = shellLine(
    'aws accessanalyzer create-archive-rule --analyzer-name {analyzer} --rule-name {rule} --filter {filter} --region {region}',
    {
      analyzer: analyzer.resource.replace(/^analyzer\//, ''),
      rule: ruleName(finding),
      filter: JSON.stringify(filter),
      region: analyzer.region,
    },
  );
  if (command === null) return [];
  const replace = command.includes(KEPT) ? ` Replace ${KEPT} with the account that keeps its access.` : '';
  return [paragraph(text(`${PURPOSES[finding.kind]} ${LIMITS}${replace} With the AWS CLI, ${signedIn}:`)), codeBlock(command)];
}

const NARROWED =
  'If you narrow the access and mean to keep what is left, let an archive rule accept the new finding before it opens an issue.';

/** Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-quotas.html */
const LIMITS = 'A rule applies to later findings only, and an analyzer takes 100 rules by default.';

const PURPOSES: Readonly<Record<Finding['kind'], string>> = {
  external: NARROWED,
  internal: NARROWED,
  unused:
    'If you take out a part, what is left is a new finding. An archive rule accepts it, and with it all permissions that this role or user does not use from then on.',
};

type Filter = Readonly<Record<string, { readonly eq: readonly string[] }>>;

function filterOf({ kind, resource, findingType, principals }: Finding): Filter | null {
  const of = { resource: { eq: [resource] } };
  if (kind === 'unused') return findingType === 'UnusedPermission' ? { ...of, findingType: { eq: [findingType] } } : null;
  const principal = principalFilter(principals);
  if (principal === null) return null;
  return { ...of, ...principal, ...(kind === 'external' ? { isPublic: { eq: ['false'] } } : {}) };
}

/** A rule never accepts everyone: the reader names the account that is left. Nothing is left of a principal that was deleted. */
function principalFilter(principals: Finding['principals']): Filter | null {
  const kinds = new Set(principals.map(({ kind }) => kind));
  const [kind] = kinds;
  if (kinds.size !== 1 || (kind !== 'AWS' && kind !== 'Federated') || principals.length > MAX_VALUES) return null;
  const values = principals.map(({ value }) => value);
  if (values.some(isDeleted)) return null;
  return { [`principal.${kind}`]: { eq: values.includes('*') ? [KEPT] : values } };
}

/** A name that the analyzer does not have yet. AWS takes letters, digits and `_.-` after a first letter. */
function ruleName(finding: Finding): string {
  const id = hasAnalyzerId(finding) ? finding.findingId.replaceAll(/[^A-Za-z0-9-]/g, '').slice(0, 8) : '';
  return id === '' ? 'accepted' : `accepted-${id}`;
}
