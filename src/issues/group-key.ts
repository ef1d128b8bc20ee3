import type { Finding, Principal } from '../findings/finding.ts';
import { parseArn } from '../findings/arn.ts';
import { shortHash } from './short-hash.ts';

/** `finding`: each its own issue. `access`: the same access seen by several analyzers. `resource`: all findings of a kind on one resource. */
export type GroupBy = 'finding' | 'access' | 'resource';

/** Names the findings that share one issue: `f-`, `a-` or `r-` and 26 base32 characters. */
export type GroupKey = string;

/**
 * The group that a finding belongs to.
 * `access` leaves out what differs between Regions and between account and organization analyzers: analyzer, Region, ids and times.
 * Unused access is never merged: two access keys of one user are two findings whose events look alike.
 */
export function groupKey(finding: Finding, by: GroupBy): GroupKey {
  if (by === 'finding' || finding.kind === 'unused') return `f-${shortHash('finding', finding.key)}`;
  const resource = [finding.kind, finding.findingType, finding.error ?? '', finding.resource];
  if (by === 'resource') return `r-${shortHash('resource', ...resource)}`;
  const access = [
    finding.principals.map(canonicalPrincipal).toSorted(),
    finding.actions,
    finding.conditions.map(({ key, value }) => [key, value]),
  ];
  return `a-${shortHash('access', ...resource, JSON.stringify(access))}`;
}

/** AWS names a whole account by its id or by its root ARN: the same principal. */
function canonicalPrincipal({ kind, value }: Principal): string {
  const arn = parseArn(value);
  return JSON.stringify([kind, arn?.service === 'iam' && arn.resource === 'root' ? arn.accountId : value]);
}
