import { parseArn, resourceName, secretName } from '../../findings/arn.ts';
import type { Finding } from '../../findings/finding.ts';
import { consoleHost, encoded, isRegion, notTooLong } from './console-host.ts';

/**
 * Pages of the console by resource type, for types whose page has kept its address for years. `{host}` is the console's, `{name}`, `{arn}`,
 * `{account}` and `{region}` the resource's. `{secret}`, `{key}`, `{function}` and `{table}` are names as their pages take them: the ARN may
 * say more (a version, an index) or less (an alias in place of a key).
 */
const PAGES: Readonly<Record<string, string>> = {
  'AWS::S3::Bucket': 'https://{host}/s3/buckets/{name}?tab=permissions',
  'AWS::IAM::Role': 'https://{host}/iam/home#/roles/details/{name}',
  'AWS::IAM::User': 'https://{host}/iam/home#/users/details/{name}',
  'AWS::KMS::Key': 'https://{region}.{host}/kms/home?region={region}#/kms/keys/{key}',
  'AWS::Lambda::Function': 'https://{region}.{host}/lambda/home?region={region}#/functions/{function}',
  'AWS::SNS::Topic': 'https://{region}.{host}/sns/v3/home?region={region}#/topic/{arn}',
  'AWS::SecretsManager::Secret': 'https://{region}.{host}/secretsmanager/secret?name={secret}&region={region}',
  'AWS::EC2::Snapshot': 'https://{region}.{host}/ec2/home?region={region}#SnapshotDetails:snapshotId={name}',
  'AWS::ECR::Repository': 'https://{region}.{host}/ecr/repositories/private/{account}/{name}?region={region}',
  'AWS::EFS::FileSystem': 'https://{region}.{host}/efs/home?region={region}#/file-systems/{name}',
  'AWS::DynamoDB::Table': 'https://{region}.{host}/dynamodbv2/home?region={region}#table?name={table}',
};

/** The console page of the resource, for a person who is signed in to the owner's account. @returns null if none is known, or the ARN leaves it open */
export function resourceLink({ resource, resourceType, accountId, region: saidRegion }: Finding): string | null {
  const arn = parseArn(resource);
  const page = Object.hasOwn(PAGES, resourceType) ? PAGES[resourceType] : undefined;
  const host = arn === null ? null : consoleHost(arn.partition);
  if (arn === null || page === undefined || host === null) return null;
  const region = arn.region || saidRegion;
  if (page.includes('{region}') && !isRegion(region)) return null;
  const name = resourceName(resource);
  const values: Readonly<Record<string, string | null>> = {
    host,
    region,
    arn: encoded(resource).replaceAll('%3A', ':'),
    account: encoded(accountId),
    name: encoded(name).replaceAll('%2F', '/'),
    secret: secretName(arn.resource).isCertain ? encoded(name) : null,
    key: arn.resource.startsWith('key/') ? encoded(name) : null,
    function: encoded(name.replace(/:.*$/s, '')),
    table: encoded(name.replace(/\/.*$/s, '')),
  };
  const names = [...page.matchAll(/\{(\w+)\}/g)].map(([, key = '']) => values[key]);
  if (names.includes(null)) return null;
  return notTooLong(page.replaceAll(/\{(\w+)\}/g, (_, key: string) => values[key] ?? ''));
}
