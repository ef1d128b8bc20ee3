import { parseArn, type Arn } from '../../findings/arn.ts';
import type { Finding, Principal } from '../../findings/finding.ts';
import { cutText } from '../../rules/cut-text.ts';
import type { AccessKind } from '../guidance/risk.ts';

/** Maximum characters; an ARN of IAM has at most about 600. */
const MAX_VALUE = 700;

/** Identity providers by the host that they sign for, with their common names. */
const PROVIDERS: readonly (readonly [host: RegExp, name: string])[] = [
  [/^token\.actions\.githubusercontent\.com$/, 'GitHub Actions'],
  [/^accounts\.google\.com$/, 'Google'],
  [/^www\.amazon\.com$/, 'Login with Amazon'],
  [/^graph\.facebook\.com$/, 'Facebook'],
  [/^cognito-identity(?:-us-gov)?\.amazonaws\.com(?:\.cn)?$/, 'Amazon Cognito'],
  [/^appleid\.apple\.com$/, 'Apple'],
  [/^gitlab\.com$/, 'GitLab'],
  [/^app\.terraform\.io$/, 'HCP Terraform'],
  [/^api\.bitbucket\.org$/, 'Bitbucket'],
  [/^oidc\.circleci\.com$/, 'CircleCI'],
  [/^agent\.buildkite\.com$/, 'Buildkite'],
  [/^oidc\.vercel\.com$/, 'Vercel'],
  [/^oidc\.eks\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/, 'an EKS cluster'],
];

/**
 * A principal in words: `everyone`, `account 999988887777`, `role Deploy of account 999988887777`, `GitHub Actions (OIDC provider of account …)`.
 * Source of the forms: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function principalWords(principal: Principal): string {
  const [kind, value] = [cutText(principal.kind, MAX_VALUE), cutText(principal.value, MAX_VALUE)];
  switch (kind) {
    case 'AWS':
      return awsWords(value);
    case 'Federated':
      return federatedWords(value);
    case 'Service':
      return `AWS service ${value}`;
    case 'CanonicalUser':
      return `the account with the canonical user id ${value}`;
    default:
      return `${kind} ${value}`;
  }
}

function awsWords(value: string): string {
  if (value === '*') return 'everyone';
  if (/^\d{12}$/.test(value)) return `account ${value}`;
  if (/^AROA[A-Z0-9]+/.test(value)) return `a role that was deleted (id ${value})`;
  if (/^AIDA[A-Z0-9]+/.test(value)) return `a user that was deleted (id ${value})`;
  const arn = parseArn(value);
  return arn === null ? value : (identityWords(arn) ?? value);
}

function identityWords({ service, accountId, resource }: Arn): string | null {
  if (resource === 'root') return `account ${accountId}`;
  const [kind = '', ...path] = resource.split('/');
  const name = path.at(-1) ?? '';
  if (name === '') return null;
  const of = `of account ${accountId}`;
  switch (`${service}:${kind}`) {
    case 'iam:role':
      return `role ${name} ${of}`;
    case 'iam:user':
      return `user ${name} ${of}`;
    case 'sts:assumed-role':
      return `role ${path[0]} ${of} (session ${path.slice(1).join('/') || name})`;
    case 'sts:federated-user':
      return `federated user ${name} ${of}`;
    default:
      return null;
  }
}

function federatedWords(value: string): string {
  const arn = parseArn(value);
  if (arn?.resource.startsWith('saml-provider/') === true)
    return `SAML provider ${arn.resource.slice('saml-provider/'.length)} of account ${arn.accountId}`;
  const isOidc = arn?.resource.startsWith('oidc-provider/') === true;
  const address = isOidc ? arn.resource.slice('oidc-provider/'.length) : value;
  const [host = ''] = address.split('/');
  const name = PROVIDERS.find(([form]) => form.test(host))?.[1];
  if (isOidc)
    return name === undefined
      ? `OIDC provider ${address} of account ${arn.accountId}`
      : `${name} (OIDC provider of account ${arn.accountId})`;
  return name === undefined ? `identity provider ${address}` : `${name} (${address})`;
}

/** The principals in words, each once. A `*` that conditions narrow is not everyone. */
export function whoWords({ principals, isPublic, conditions }: Finding): readonly string[] {
  const narrowed = isPublic !== true && conditions.length > 0;
  const words = principals.map((principal) => {
    const wording = principalWords(principal);
    return wording === 'everyone' && narrowed ? 'everyone who meets the conditions' : wording;
  });
  return [...new Set(words)];
}

/** The widest access that the finding reports; null: it names no principal. */
export function accessKind({ principals, isPublic, conditions }: Finding): AccessKind | null {
  if (isPublic === true) return 'everyone';
  const kinds = new Set(principals.map((principal) => kindOf(principal, conditions.length > 0)));
  return WIDEST_FIRST.find((kind) => kinds.has(kind)) ?? null;
}

const WIDEST_FIRST: readonly AccessKind[] = ['everyone', 'conditions', 'federation', 'account', 'service', 'deleted'];

function kindOf({ kind, value }: Principal, isNarrowed: boolean): AccessKind {
  if (kind === 'Federated') return 'federation';
  if (kind === 'Service') return 'service';
  if (kind === 'AWS' && value === '*') return isNarrowed ? 'conditions' : 'everyone';
  return kind === 'AWS' && isDeleted(value) ? 'deleted' : 'account';
}

/**
 * AWS puts the unique id of a deleted role or user in place of its ARN.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function isDeleted(value: string): boolean {
  return /^A(?:ROA|IDA)[A-Z0-9]+$/.test(value);
}
