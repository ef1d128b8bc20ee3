import { resourceName } from '../findings/arn.ts';
import type { Finding, Principal } from '../findings/finding.ts';
import { resourceWords } from './resource-words.ts';

/** One line that says what is open to whom, such as `S3 bucket billing-export is public (s3:GetObject)`. */
export function headline(finding: Finding): string {
  const what = `${resourceWords(finding.resourceType)} ${resourceName(finding.resource)}`;
  return `${what} ${standingWords(finding)}`;
}

function standingWords(finding: Finding): string {
  if (finding.error !== null) return `could not be analysed (${finding.error})`;
  if (finding.kind === 'unused') return unusedWords(finding);
  const actions = finding.actions.length === 0 ? '' : ` (${shortList(finding.actions, 2)})`;
  if (finding.isPublic === true) return `is public${actions}`;
  const who = finding.principals.length === 0 ? '' : ` to ${shortList(finding.principals.map(principalWords), 1)}`;
  return finding.kind === 'internal'
    ? `is open inside the organization${who}${actions}`
    : `is open outside its zone of trust${who}${actions}`;
}

function unusedWords(finding: Finding): string {
  switch (finding.findingType) {
    case 'UnusedIAMRole':
      return 'is not used by anyone';
    case 'UnusedIAMUserAccessKey':
      return 'has an access key that is not used';
    case 'UnusedIAMUserPassword':
      return 'has a password that is not used';
    case 'UnusedPermission':
      return `has permissions that are not used${countWords(finding)}`;
    default:
      return `has access that is not used (${finding.findingType})`;
  }
}

function countWords({ unusedServices, unusedActions }: Finding): string {
  const parts = [unusedServices ? `${unusedServices} services` : '', unusedActions ? `${unusedActions} actions` : ''].filter(
    (part) => part !== '',
  );
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

/** `everyone`, `account 999988887777`, or the principal as AWS names it. */
export function principalWords({ kind, value }: Principal): string {
  if (kind === 'AWS' && value === '*') return 'everyone';
  return /^\d{12}$/.test(value) ? `account ${value}` : value;
}

/** The first few, and how many more there are. */
function shortList(values: readonly string[], most: number): string {
  const more = values.length - most;
  return more > 0 ? `${values.slice(0, most).join(', ')} and ${more} more` : values.join(', ');
}
