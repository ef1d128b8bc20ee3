import type { Condition } from '../../findings/finding.ts';

/**
 * The meaning of a policy condition, for the keys that Access Analyzer evaluates; `…` stands for the value.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-filter-keys.html
 */
const WORDS: Readonly<Record<string, string>> = {
  'aws:principalarn': 'only as …',
  'aws:principalorgid': 'only from the organization …',
  'aws:principalorgpaths': 'only from the organizational unit …',
  'aws:principalaccount': 'only from account …',
  'aws:sourcearn': 'only on behalf of …',
  'aws:sourceaccount': 'only on behalf of account …',
  'aws:sourceorgid': 'only on behalf of the organization …',
  'aws:sourceorgpaths': 'only on behalf of the organizational unit …',
  'aws:sourceowner': 'only on behalf of account …',
  'aws:sourceip': 'only from the IP addresses …',
  'aws:sourcevpc': 'only from the VPC …',
  'aws:sourcevpce': 'only through the VPC endpoint …',
  'aws:vpcsourceip': 'only from the addresses … inside a VPC',
  'aws:securetransport': 'only over TLS: …',
  'aws:multifactorauthpresent': 'only with multi-factor authentication: …',
  'aws:userid': 'only with the user id …',
  'aws:username': 'only as the user …',
  'kms:calleraccount': 'only from account …',
  'kms:viaservice': 'only through the service …',
  'kms:grantisforawsresource': 'only for grants of AWS services: …',
  's3:dataaccesspointaccount': 'only through access points of account …',
  's3:dataaccesspointarn': 'only through the access point …',
  'sts:externalid': 'only with the external id …',
  'saml:aud': 'only for the SAML audience …',
  'saml:sub': 'only for the SAML subject …',
  'saml:iss': 'only from the SAML issuer …',
  'lambda:functionurlauthtype': 'only through a function URL with authentication …',
};

/** A condition in words, or its key and value if there are no words for it. Identity providers' keys are `<host>:aud` and `<host>:sub`. */
export function conditionWords({ key, value }: Condition): string {
  const known = key.toLowerCase();
  const words = Object.hasOwn(WORDS, known) ? WORDS[known] : undefined;
  if (words !== undefined) return words.replace('…', () => value);
  if (/\..+:sub$/.test(known)) return `only for the subject ${value} (${key})`;
  if (/\..+:aud$/.test(known)) return `only for the audience ${value} (${key})`;
  return `${key} = ${value}`;
}

/**
 * The effect of resource or service control policies on the access; null: none worth mentioning.
 * Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ExternalAccessDetails.html
 */
export function restrictionWords(
  policies: 'resource control policies' | 'service control policies',
  restriction: string | null,
): string | null {
  switch (restriction) {
    case null:
    case '':
    case 'NOT_APPLICABLE':
      return null;
    case 'APPLICABLE':
      return `There are ${policies} that may restrict this. AWS did not evaluate them: the real access may be narrower.`;
    case 'APPLIED':
      return `The ${policies} were taken into account.`;
    case 'FAILED_TO_EVALUATE_RCP':
    case 'FAILED_TO_EVALUATE_SCP':
      return `AWS could not evaluate the ${policies}: the real access may be narrower.`;
    default:
      return `What the ${policies} do to it: ${restriction}.`;
  }
}
