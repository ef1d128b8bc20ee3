import { findingKey, partsOfKey, UNKNOWN_ANALYZER, type Finding, type FindingKey, type Principal } from '../findings/finding.ts';
import { parseArn } from '../findings/arn.ts';
import { shortHash } from './short-hash.ts';

/** One issue per finding, per access (which several analyzers may report), or per resource and kind of finding. */
export type GroupBy = (typeof GROUPINGS)[number];

const GROUPINGS = ['finding', 'access', 'resource'] as const;

/** Names the findings that share one issue: `f-`, `a-` or `r-` and 26 base32 characters. */
export type GroupKey = string;

/**
 * The group of a finding.
 * `access` ignores the fields that differ between Regions and between account and organization analyzers: analyzer, Region, ids and times.
 * Unused access is never merged: two access keys of one user are two findings with similar events.
 */
export function groupKey(finding: Finding, by: GroupBy): GroupKey {
  if (by === 'finding' || finding.kind === 'unused') return ownGroupKey(finding.key);
  const resource = [finding.kind, finding.findingType, finding.error ?? '', finding.resource];
  if (by === 'resource') return `r-${shortHash('resource', ...resource)}`;
  const access = [
    finding.principals.map(canonicalPrincipal).toSorted(),
    finding.actions,
    finding.conditions.map(({ key, value }) => [key, value]),
  ];
  return `a-${shortHash('access', ...resource, JSON.stringify(access))}`;
}

/** Whether it is a group of findings with the same access. */
export function sharesByAccess(group: GroupKey): boolean {
  return group.startsWith('a-');
}

/** The group of a finding that shares its issue with no other. */
function ownGroupKey(key: FindingKey): GroupKey {
  return `f-${shortHash('finding', key)}`;
}

/**
 * The groups that a finding may have been in, as far as it shows: by every `groupBy`, before its analyzer was known, and with its analyzer if it lacks
 * that now.
 * @param analyzers ARNs of those that are known
 */
export function possibleGroups(finding: Finding, analyzers: readonly string[]): readonly GroupKey[] {
  const { analyzerArn, findingId } = finding;
  const others = analyzerArn === UNKNOWN_ANALYZER ? analyzers : [UNKNOWN_ANALYZER];
  const own = others.map((analyzer) => ownGroupKey(findingKey(analyzer, findingId)));
  return [...new Set([...own, ...GROUPINGS.map((by) => groupKey(finding, by))])];
}

/** Whether it is that group; its key may be from the time before the finding's analyzer was known. */
export function isOwnGroup(group: GroupKey, key: FindingKey): boolean {
  const parts = partsOfKey(key);
  return parts !== null && [key, findingKey(UNKNOWN_ANALYZER, parts.findingId)].some((one) => ownGroupKey(one) === group);
}

/**
 * Those of the names in an issue's property that its group may have. The group of a single finding has no other one, whatever the property says. Of a
 * name without its analyzer only the finding's id can be compared, where a name that is the group's own tells it.
 * @param passedOn the property says that the issue was passed on: then it is another finding's, unless that has a group of its own with an issue
 * @param members the names that the group has already
 */
export function possibleNames(group: GroupKey, names: readonly string[], passedOn: boolean, members: readonly string[]): readonly string[] {
  if (passedOn || !isOfOne(group)) return names;
  const own = [...members, ...names].flatMap((name) => (isOwnGroup(group, name) ? (partsOfKey(name)?.findingId ?? []) : []));
  return names.filter((name) => isMaybeOwn(group, name) && (own.length === 0 || own.includes(partsOfKey(name)?.findingId ?? '')));
}

/** Whether the group of a single finding has got another one. */
export function isPassedOn(group: GroupKey, members: readonly FindingKey[]): boolean {
  return isOfOne(group) && members.some((member) => partsOfKey(member) !== null && !isMaybeOwn(group, member));
}

/** Whether it is the group of a single finding. */
function isOfOne(group: GroupKey): boolean {
  return group.startsWith('f-');
}

function isMaybeOwn(group: GroupKey, name: string): boolean {
  return isOwnGroup(group, name) || partsOfKey(name)?.analyzerArn === UNKNOWN_ANALYZER;
}

/** AWS names a whole account by its id or by its root ARN; both are the same principal. */
function canonicalPrincipal({ kind, value }: Principal): string {
  const arn = parseArn(value);
  return JSON.stringify([kind, arn?.service === 'iam' && arn.resource === 'root' ? arn.accountId : value]);
}
