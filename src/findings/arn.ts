/** The parts of `arn:partition:service:region:account:resource`; region and account are empty where AWS leaves them out. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly accountId: string;
  readonly resource: string;
}

/** @returns null if it is no ARN. The resource part may hold colons (log groups, DynamoDB streams). */
export function parseArn(text: string): Arn | null {
  const [arn, partition, service, region, accountId, ...resource] = text.split(':');
  if (arn !== 'arn' || !partition || !service || region === undefined || accountId === undefined || resource.length === 0) return null;
  return { partition, service, region, accountId, resource: resource.join(':') };
}

/** The name that people use for the resource: a bucket, role, key id, or `prod/db` for a secret. Whole: a part of it may name another resource. */
export function resourceName(arn: string): string {
  const parsed = parseArn(arn);
  if (parsed === null) return arn;
  const read = Object.hasOwn(NAMES, parsed.service) ? NAMES[parsed.service] : undefined;
  return (read ?? afterKind)(parsed.resource) || arn;
}

/**
 * How the name stands in the ARNs of a service, where it is not all that follows the kind.
 * Source of the forms: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const NAMES: Readonly<Record<string, (resource: string) => string>> = {
  // A path before the name, which is no part of it.
  iam: afterLastSlash,
  's3-outposts': afterLastSlash,
  apigateway: afterLastSlash,
  // No kind at all, except for access points.
  s3: (resource) => resource.replace(/^accesspoint\//, ''),
  sqs: whole,
  sns: whole,
  // The kind belongs to the name.
  kms: (resource) => (resource.startsWith('alias/') ? resource : afterKind(resource)),
  ssm: (resource) => (/^parameter\/.*\//s.test(resource) ? resource.slice('parameter'.length) : afterKind(resource)),
  logs: (resource) => afterKind(resource).replace(/:\*$/, ''),
  secretsmanager: (resource) => secretName(resource).name,
};

function whole(resource: string): string {
  return resource;
}

function afterKind(resource: string): string {
  return resource.replace(/^[A-Za-z-]*[:/]/, '');
}

function afterLastSlash(resource: string): string {
  return resource.slice(resource.lastIndexOf('/') + 1);
}

/** The name of a secret. `isCertain` false: its ARN may be without the random end, so the last word may belong to the name. */
export interface SecretName {
  readonly name: string;
  readonly isCertain: boolean;
}

/**
 * AWS ends the ARN of a secret with a hyphen and six random letters and digits. An ARN in a policy may lack them, and a name may end alike
 * (`prod/my-secret`): an end of only small letters or only digits is rarely random, so it stays.
 * Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html
 * @param resource the last part of the ARN
 */
export function secretName(resource: string): SecretName {
  const name = afterKind(resource);
  const [end] = /-[A-Za-z0-9]{6}$/.exec(name) ?? [];
  if (end === undefined) return { name, isCertain: true };
  return /^-(?:[a-z]+|\d+)$/.test(end) ? { name, isCertain: false } : { name: name.slice(0, -end.length), isCertain: true };
}
