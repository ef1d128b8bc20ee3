/** The kind of value at a template's path: it decides which filters fit. */
export type PathKind = 'text' | 'list' | 'time';

interface Path {
  readonly kind: PathKind;
  /** Reveals who has access or what they may do: not for issues with `content: minimal`. */
  readonly isPolicy?: true;
  /** Tells whose the resource is: not for issues with `content: minimal` either. */
  readonly isOwner?: true;
  /** For the table in docs/rules.md. */
  readonly example: string;
}

/**
 * The values that a template may name. Values that change with every scan (status, updatedAt, analyzedAt) are not among them, because an
 * issue is updated when its text changes.
 */
export const TEMPLATE_PATHS = {
  summary: { kind: 'text', example: 'S3 bucket billing-export is public (read)' },
  severity: { kind: 'text', example: 'high' },
  kind: { kind: 'text', example: 'external' },
  findingId: { kind: 'text', example: '22222222-dcba-4444-dcba-000000000001' },
  findingType: { kind: 'text', example: 'ExternalAccess' },
  resourceName: { kind: 'text', example: 'billing-export' },
  resourceWords: { kind: 'text', example: 'S3 bucket' },
  accountId: { kind: 'text', example: '444455556666' },
  accountName: { kind: 'text', example: 'billing-prod' },
  ownerName: { kind: 'text', isOwner: true, example: 'payments' },
  region: { kind: 'text', example: 'us-west-2' },
  analyzerArn: { kind: 'text', example: 'arn:aws:access-analyzer:us-west-2:111122223333:analyzer/Company' },
  analyzerAccount: { kind: 'text', example: '111122223333' },
  ruleId: { kind: 'text', example: 'public-buckets' },
  since: { kind: 'time', example: '2026-03-01T10:00:00.000000000Z' },
  who: { kind: 'list', isPolicy: true, example: 'everyone' },
  access: { kind: 'list', isPolicy: true, example: 'read' },
  accessKeyId: { kind: 'text', isPolicy: true, example: 'AKIAIOSFODNN7EXAMPLE' },
  'detail.resource': { kind: 'text', example: 'arn:aws:s3:::billing-export' },
  'detail.resourceType': { kind: 'text', example: 'AWS::S3::Bucket' },
  'detail.error': { kind: 'text', example: 'ACCESS_DENIED' },
  'detail.isPublic': { kind: 'text', isPolicy: true, example: 'true' },
  'detail.principal': { kind: 'list', isPolicy: true, example: 'AWS: *' },
  'detail.action': { kind: 'list', isPolicy: true, example: 's3:GetObject' },
  'detail.condition': { kind: 'list', isPolicy: true, example: 'aws:PrincipalOrgID = o-abcdefghij' },
  'detail.accessType': { kind: 'text', isPolicy: true, example: 'INTRA_ORG' },
  'detail.principalType': { kind: 'text', isPolicy: true, example: 'IAM_ROLE' },
  'detail.principalOwnerAccount': { kind: 'text', isPolicy: true, example: '444455556666' },
  'detail.resourceControlPolicyRestrictionType': { kind: 'text', isPolicy: true, example: 'APPLICABLE' },
  'detail.serviceControlPolicyRestrictionType': { kind: 'text', isPolicy: true, example: 'NOT_APPLICABLE' },
  'detail.numberOfUnusedServices': { kind: 'text', isPolicy: true, example: '2' },
  'detail.numberOfUnusedActions': { kind: 'text', isPolicy: true, example: '1' },
} as const satisfies Readonly<Record<string, Path>>;

export type TemplatePath = keyof typeof TEMPLATE_PATHS;

/** A value at each path; null: there is none. */
export type TemplateValues = Readonly<Record<TemplatePath, TemplateValue>>;
export type TemplateValue = string | readonly string[] | null;

/** The examples, to check the form of a template's result before there is a finding. */
export const EXAMPLE_VALUES: TemplateValues = complete(
  Object.fromEntries(Object.entries(TEMPLATE_PATHS).map(([path, { example }]) => [path, example])),
);

function complete(values: Readonly<Record<string, string>>): TemplateValues {
  if (!hasAllPaths(values)) throw new Error('a path has no example');
  return values;
}

function hasAllPaths(values: Readonly<Record<string, string>>): values is Readonly<Record<TemplatePath, string>> {
  return Object.keys(TEMPLATE_PATHS).every((path) => Object.hasOwn(values, path));
}

export function isTemplatePath(text: string): text is TemplatePath {
  return Object.hasOwn(TEMPLATE_PATHS, text);
}

export function templatePath(path: TemplatePath): Path {
  return TEMPLATE_PATHS[path];
}
