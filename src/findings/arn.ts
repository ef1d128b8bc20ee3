import { afterKind, afterLastSlash } from './resource-types/arn-words.ts';
import type { ArnForm, ResourceTypes } from './resource-types/resource-type.ts';
import { RESOURCE_TYPES } from './resource-types/resource-types.ts';

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

/**
 * The name that people use for the resource: a bucket, role, key id, or `prod/db` for a secret. Whole: a part of it may name another resource.
 * The entry of its type reads it; without one, it is what follows the kind.
 */
export function resourceName(arn: string, types: ResourceTypes = RESOURCE_TYPES): string {
  const parsed = parseArn(arn);
  if (parsed === null) return arn;
  const form = formOf(parsed, types);
  if (form !== null) return (form.name ?? whole)(parsed.resource.slice(form.kind.length)) || arn;
  const read = Object.hasOwn(OTHER_NAMES, parsed.service) ? OTHER_NAMES[parsed.service] : undefined;
  return (read ?? afterKind)(parsed.resource) || arn;
}

/** Whether an ARN has the form. An empty kind fits every ARN of the service. */
export function hasForm({ service, resource }: Arn, form: ArnForm): boolean {
  return service === form.service && resource.startsWith(form.kind);
}

/** The form that says most about the ARN. */
function formOf(arn: Arn, types: ResourceTypes): ArnForm | null {
  const fitting = Object.values(types).flatMap(({ arn: form }) => (hasForm(arn, form) ? [form] : []));
  return fitting.reduce<ArnForm | null>((best, form) => (best === null || form.kind.length > best.kind.length ? form : best), null);
}

/**
 * How the name stands in other ARNs, where it is not all that follows the kind.
 * Source of the forms: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const OTHER_NAMES: Readonly<Record<string, (resource: string) => string>> = {
  // Identity providers and policies have a path before the name, which is no part of it.
  iam: afterLastSlash,
  // The alias of a key keeps its kind, to tell it from the id of a key.
  kms: whole,
  ssm: (resource) => (/^parameter\/.*\//s.test(resource) ? resource.slice('parameter'.length) : afterKind(resource)),
  logs: (resource) => afterKind(resource).replace(/:\*$/, ''),
};

function whole(resource: string): string {
  return resource;
}
