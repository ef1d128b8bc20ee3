import { resourceName } from '../../findings/arn.ts';
import type { Finding } from '../../findings/finding.ts';
import { resourceTypeOf } from '../../findings/resource-types/resource-types.ts';
import { cutText } from '../../rules/cut-text.ts';
import { accessWords } from './access-words.ts';
import { errorGuidance, type ErrorSubject } from '../guidance/guidance-errors.ts';
import type { IssueRoute } from '../issue-route.ts';
import { accessKeyId } from './fix-values.ts';
import { whoWords } from './principal-words.ts';
import { resourceWords } from './resource-words.ts';

/** Minimum characters that are left of a name. */
const MIN_NAME = 24;

/** For the words for one principal, or for an error. */
const MAX_WORDS = 120;

/**
 * One line that says what is open to whom, such as `S3 bucket billing-export is public (read)`.
 * If it would be too long, the name of the resource is cut, so that the problem stays readable.
 * @param content `minimal`: without principals and actions
 * @param most UTF-16 units, at least 100
 */
export function headline(finding: Finding, content: IssueRoute['content'], most: number): string {
  const kind = cutText(resourceWords(finding.resourceType), MAX_WORDS);
  const lifecycle = content === 'full' ? lifecycleWords(finding) : minimalWords(finding);
  const room = most - `${kind}  ${lifecycle}`.length;
  return cutText(`${kind} ${cutText(resourceName(finding.resource), Math.max(room, MIN_NAME))} ${lifecycle}`, most);
}

function minimalWords({ error, kind }: Finding): string {
  return error === null ? `has ${kind} access to look at` : 'has a finding to look at';
}

function lifecycleWords(finding: Finding): string {
  if (finding.error !== null) return errorWords(finding, finding.error);
  if (finding.kind === 'unused') return unusedWords(finding);
  const access = accessWords(finding.actions);
  const who = shortList(whoWords(finding));
  if (isTrust(finding)) return `can be assumed by ${finding.isPublic === true ? 'everyone' : who || 'somebody outside'}`;
  const what = access.length === 0 ? '' : ` (${access.join(', ')})`;
  if (finding.isPublic === true) return `is public${what}`;
  return `is open to ${who || (finding.kind === 'internal' ? 'somebody inside the organization' : 'somebody outside')}${what}`;
}

/** The subject of an error finding. Only internal access is analysed by principal; errors about too many of them are about the resource. */
export function errorSubject({ kind, principals, error }: Pick<Finding, 'kind' | 'principals' | 'error'>): ErrorSubject {
  if (kind === 'unused') return 'unused';
  const isOfOne = kind === 'internal' && principals.length > 0 && error?.endsWith('_LIMIT_EXCEEDED') !== true;
  return isOfOne ? 'principal' : 'resource';
}

function errorWords(finding: Finding, error: string): string {
  const subject = errorSubject(finding);
  const words = cutText(errorGuidance(error, subject).words, MAX_WORDS);
  switch (subject) {
    case 'resource':
      return `cannot be analysed: ${words}`;
    case 'principal':
      return `cannot be analysed for ${shortList(whoWords(finding))}: ${words}`;
    case 'unused':
      return `cannot be checked for ${UNUSED_SUBJECTS.get(finding.findingType) ?? 'unused access'}: ${words}`;
    default:
      return subject satisfies never;
  }
}

const UNUSED_SUBJECTS: ReadonlyMap<string, string> = new Map([
  ['UnusedIAMUserAccessKey', 'unused access keys'],
  ['UnusedIAMUserPassword', 'an unused password'],
  ['UnusedPermission', 'unused permissions'],
]);

function isTrust({ resourceType }: Finding): boolean {
  return resourceTypeOf(resourceType)?.isAssumed === true;
}

function unusedWords(finding: Finding): string {
  switch (finding.findingType) {
    case 'UnusedIAMRole':
      return 'is not used';
    case 'UnusedIAMUserAccessKey': {
      const key = accessKeyId(finding);
      return `has an unused access key${key === null ? '' : ` (${cutText(key, MAX_WORDS)})`}`;
    }
    case 'UnusedIAMUserPassword':
      return 'has an unused password';
    case 'UnusedPermission':
      return `has unused permissions${countWords(finding)}`;
    default:
      return `has unused access (${cutText(finding.findingType, MAX_WORDS)})`;
  }
}

/** ` (2 services, 1 action)`; AWS counts the services that are not used at all, and the unused actions of the others. */
function countWords({ unusedServices, unusedActions }: Finding): string {
  const parts = [...counted(unusedServices, 'service'), ...counted(unusedActions, 'action')];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function counted(count: number | null, what: string): readonly string[] {
  return count === null || !Number.isSafeInteger(count) || count <= 0 ? [] : [`${count} ${what}${count === 1 ? '' : 's'}`];
}

/** The first, and how many more there are. */
function shortList([first, ...more]: readonly string[]): string {
  if (first === undefined) return '';
  return more.length === 0 ? cutText(first, MAX_WORDS) : `${cutText(first, MAX_WORDS)} and ${more.length} more`;
}
