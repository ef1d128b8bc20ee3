import { cutText } from '../../rules/cut-text.ts';
import type { ChangedFact } from '../facts/facts.ts';

const MAX_NAME = 128;

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

const MEANS: Readonly<Record<ChangedFact['by'], string>> = {
  console: ', in the console',
  cli: ', with the AWS CLI',
  sdk: '',
  terraform: ', by Terraform',
  cloudformation: ', by CloudFormation',
  service: ', by a service of AWS',
  unknown: '',
};

/**
 * Who changed it, with what and when: "Changed by dev@example.com (role Deploy) with PutBucketPolicy on 3 March 2026, 14:02 UTC". A session
 * name that anyone may choose stands behind its role and never for a person.
 */
export function changedWords(changed: ChangedFact): string {
  const { action, at, by } = changed;
  return `Changed by ${whoChanged(changed)} with ${cutText(action, MAX_NAME)} on ${dayAndTime(at)}${MEANS[by]}`;
}

function whoChanged({ principal, role, session, person }: ChangedFact): string {
  const name = cutText(principal, MAX_NAME);
  if (role === null) return name;
  if (person) return `${name} (role ${cutText(shortRole(role), MAX_NAME)})`;
  return `role ${cutText(role, MAX_NAME)}${session === null ? '' : ` (session ${cutText(session, MAX_NAME)})`}`;
}

/** IAM Identity Center names a role after its permission set, as `AWSReservedSSO_Deploy_0123456789abcdef`. */
function shortRole(role: string): string {
  return /^AWSReservedSSO_(.+)_[0-9a-f]{16}$/.exec(role)?.[1] ?? role;
}

/** Such as `3 March 2026, 14:02 UTC`. */
function dayAndTime(at: string): string {
  const [, year, month, day, time] = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}:\d{2})/.exec(at) ?? [];
  return `${Number(day)} ${MONTHS[Number(month) - 1] ?? ''} ${year ?? ''}, ${time ?? ''} UTC`;
}
