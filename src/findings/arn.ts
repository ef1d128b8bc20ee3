/** The parts of `arn:partition:service:region:account:resource`; region and account are empty where AWS leaves them out. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly accountId: string;
  readonly resource: string;
}

/** @returns null when it is no ARN. The resource part may hold colons (log groups, DynamoDB streams). */
export function parseArn(text: string): Arn | null {
  const [arn, partition, service, region, accountId, ...resource] = text.split(':');
  if (arn !== 'arn' || !partition || !service || region === undefined || accountId === undefined || resource.length === 0) return null;
  return { partition, service, region, accountId, resource: resource.join(':') };
}

/** The name a person knows the resource by: what follows the last `/` or the kind, such as the bucket, role or key id. */
export function resourceName(arn: string): string {
  const parsed = parseArn(arn);
  if (parsed === null) return arn;
  const kindless = parsed.service === 'dynamodb' ? parsed.resource.replace(/^table\//, '') : parsed.resource;
  const name = parsed.service === 'dynamodb' ? kindless : kindless.slice(kindless.lastIndexOf('/') + 1);
  const afterKind = ['rds', 'lambda', 'secretsmanager'].includes(parsed.service) ? name.slice(name.indexOf(':') + 1) : name;
  return afterKind === '' ? arn : afterKind;
}
