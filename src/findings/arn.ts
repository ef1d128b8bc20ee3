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

/** Services whose names hold slashes, and the prefix of the name. */
const BEFORE_NAME: Readonly<Record<string, string>> = { dynamodb: 'table/', ecr: 'repository/' };

/** Services that put a colon between the kind and the name. */
const COLON_AFTER_KIND = new Set(['rds', 'lambda', 'secretsmanager', 'backup']);

/** The name that people use for the resource: the part after the last `/` or after the kind, such as the bucket, role or key id. */
export function resourceName(arn: string): string {
  const parsed = parseArn(arn);
  if (parsed === null) return arn;
  const { service, resource } = parsed;
  const before = Object.hasOwn(BEFORE_NAME, service) ? BEFORE_NAME[service] : undefined;
  const name = before === undefined ? resource.slice(resource.lastIndexOf('/') + 1) : resource.replace(before, '');
  const afterKind = COLON_AFTER_KIND.has(service) ? name.slice(name.indexOf(':') + 1) : name;
  return afterKind === '' ? arn : afterKind;
}
