import { parseArn, resourceName } from '../../findings/arn.ts';
import type { Finding } from '../../findings/finding.ts';
import type { Json } from '../../findings/json.ts';
import { severityOf } from '../../findings/severity.ts';
import type { TemplateValue, TemplateValues } from '../../rules/template-paths.ts';
import { accessWords } from './access-words.ts';
import { headline } from './finding-words.ts';
import { accessKeyId } from './fix-values.ts';
import type { IssueRoute } from '../issue-route.ts';
import { whoWords } from './principal-words.ts';
import { resourceWords } from './resource-words.ts';

const MAX_SUMMARY = 255;

/** The values that a rule's templates may use. With `content: minimal`, paths about access are refused when the rule is saved. */
export function templateValues(
  finding: Finding,
  { content, ruleId, account, owner }: Pick<IssueRoute, 'content' | 'ruleId' | 'account' | 'owner'>,
): TemplateValues {
  const { detail } = finding.event;
  const scalarAt = (field: string): TemplateValue => scalar(Object.hasOwn(detail, field) ? detail[field] : undefined);
  return {
    summary: headline(finding, content, MAX_SUMMARY),
    severity: severityOf(finding),
    kind: finding.kind,
    findingId: finding.findingId,
    findingType: finding.findingType,
    resourceName: resourceName(finding.resource),
    resourceWords: resourceWords(finding.resourceType),
    accountId: finding.accountId,
    accountName: account?.name ?? null,
    ownerName: owner?.name ?? null,
    region: finding.region,
    analyzerArn: finding.analyzerArn,
    analyzerAccount: parseArn(finding.analyzerArn)?.accountId ?? null,
    ruleId,
    since: finding.createdAt,
    who: whoWords(finding),
    access: accessWords(finding.actions),
    accessKeyId: accessKeyId(finding),
    'detail.resource': finding.resource,
    'detail.resourceType': finding.resourceType,
    'detail.error': finding.error,
    'detail.isPublic': scalarAt('isPublic'),
    'detail.principal': finding.principals.map(({ kind, value }) => `${kind}: ${value}`),
    'detail.action': finding.actions,
    'detail.condition': finding.conditions.map(({ key, value }) => `${key} = ${value}`),
    'detail.accessType': finding.accessType,
    'detail.principalType': finding.principalType,
    'detail.principalOwnerAccount': finding.principalOwnerAccount,
    'detail.resourceControlPolicyRestrictionType': finding.rcpRestriction,
    'detail.serviceControlPolicyRestrictionType': finding.scpRestriction,
    'detail.numberOfUnusedServices': scalarAt('numberOfUnusedServices'),
    'detail.numberOfUnusedActions': scalarAt('numberOfUnusedActions'),
  };
}

function scalar(value: Json | undefined): string | null {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}
