import * as fc from 'fast-check';
import type { Finding } from '../../../src/findings/finding.ts';
import { externalEvent, internalEvent, unusedEvent } from './finding-events.ts';
import { findingOf } from './parsed.ts';

/** Texts that break unprepared code. */
const NASTY = [
  '"',
  '\\',
  '\n',
  '\u0000',
  '\u009f',
  '\ud800',
  '\udc00',
  '🪣',
  '👩‍👩‍👧',
  'مرحبا',
  '\u202e',
  '\u2066',
  '\u2028',
  '\ufeff',
  '<script>',
  '<adf>{"type":"media"}</adf>',
  '{code}',
  '{{summary}}',
  '[x|y]',
  '[x](https://evil.example)',
  '**',
  'project = SEC OR',
  "'",
  '`',
  '\u0007',
  '$(id)',
  ' ',
  '\t',
  '\ufffe',
  'arn:aws:iam::111122223333:role/x',
  'toString',
  '*',
];

/** Up to 4 KB of one nasty text, or a mixture of many. */
export const nasty: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(fc.constantFrom(...NASTY), fc.nat(4_096)).map(([part, size]) => part.repeat(Math.ceil(size / part.length)).slice(0, size)),
  fc.array(fc.constantFrom(...NASTY), { maxLength: 40 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 200 }),
);
const upTo = (most: number): fc.Arbitrary<string> => nasty.map((text) => text.slice(0, most) || 'x');
const many = fc.oneof(
  fc.array(nasty, { maxLength: 3 }),
  nasty.map((text) => Array.from({ length: 500 }, () => text.slice(0, 200))),
);
const maybe = (...usual: readonly string[]): fc.Arbitrary<string> => fc.oneof(fc.constantFrom(...usual), upTo(4_096));
const time = fc.constantFrom('2026-01-02T03:04:05Z', null, 'never');

const unusedDetail = fc.oneof(
  fc.record({ unusedIamRoleDetails: fc.record({ lastAccessed: time }) }),
  fc.record({ unusedIamUserAccessKeyDetails: fc.record({ accessKeyId: nasty, lastAccessed: time }) }),
  fc.record({ unusedIamUserPasswordDetails: fc.record({ lastAccessed: time }) }),
  fc.record({
    unusedPermissionDetails: fc.record(
      {
        serviceNamespace: nasty,
        actions: many.map((names) => names.map((action) => ({ action }))),
        lastAccessed: time,
      },
      { requiredKeys: ['serviceNamespace'] },
    ),
  }),
);

const recommendedStep = fc.record({
  unusedPermissionsRecommendedStep: fc.record({
    recommendedAction: maybe('CREATE_POLICY', 'DETACH_POLICY'),
    recommendedPolicy: fc.oneof(
      nasty,
      fc.jsonValue().map((value) => JSON.stringify(value)),
      fc.constant(null),
    ),
    existingPolicyId: fc.oneof(nasty, fc.constant('arn:aws:iam::111122223333:policy/x'), fc.constant(null)),
  }),
});

const hostileDetail = fc.record(
  {
    id: upTo(4_096),
    resource: fc.oneof(
      upTo(2_048),
      nasty.map((name) => `arn:aws:s3:::${name}`.slice(0, 2_048)),
    ),
    resourceType: fc.oneof(
      fc.constantFrom('AWS::S3::Bucket', 'AWS::IAM::Role', 'AWS::KMS::Key', 'AWS::Lambda::LayerVersion', 'AWS::EC2::Snapshot'),
      upTo(256),
    ),
    accountId: upTo(4_096),
    region: upTo(4_096),
    findingType: maybe('UnusedIAMRole', 'UnusedIAMUserAccessKey', 'UnusedIAMUserPassword', 'UnusedPermission'),
    error: maybe('ACCESS_DENIED', 'INTERNAL_ERROR', 'PRINCIPAL_LIMIT_EXCEEDED', 'PRINCIPAL_ERRORS_LIMIT_EXCEEDED'),
    isPublic: fc.boolean(),
    principal: fc.oneof(
      many,
      fc.dictionary(fc.oneof(fc.constantFrom('AWS', 'Federated', 'Service', 'CanonicalUser'), nasty), many, { maxKeys: 2 }),
    ),
    action: many,
    condition: fc.dictionary(nasty, nasty, { maxKeys: 3 }),
    sources: fc.array(
      fc.record({
        type: maybe('POLICY', 'BUCKET_ACL', 'S3_ACCESS_POINT'),
        detail: fc.record({ accessPointArn: nasty, accessPointAccount: nasty }),
      }),
      { maxLength: 30 },
    ),
    accessType: maybe('INTRA_ACCOUNT', 'INTRA_ORG'),
    principalType: upTo(100),
    principalOwnerAccount: upTo(100),
    resourceControlPolicyRestrictionType: maybe('APPLICABLE', 'NOT_APPLICABLE', 'FAILED_TO_EVALUATE_RCP'),
    serviceControlPolicyRestrictionType: maybe('APPLIED', 'NOT_APPLICABLE', 'FAILED_TO_EVALUATE_SCP'),
    numberOfUnusedServices: fc.double(),
    numberOfUnusedActions: fc.integer(),
    findingDetails: fc.array(unusedDetail, { maxLength: 60 }),
    recommendedSteps: fc.array(recommendedStep, { maxLength: 14 }),
    status: fc.constantFrom('ACTIVE', 'RESOLVED', 'ARCHIVED'),
  },
  { requiredKeys: ['id', 'resource'] },
);

/** A finding of any kind, with nothing right but its shape. */
export const hostileFinding: fc.Arbitrary<Finding> = fc
  .tuple(fc.constantFrom(externalEvent, internalEvent, unusedEvent), hostileDetail, upTo(2_000), fc.boolean())
  .map(([event, { id, ...detail }, name, isAnalyzerKnown]) =>
    findingOf(
      event({
        account: name.slice(0, 64),
        resources: isAnalyzerKnown ? [`arn:aws:access-analyzer:us-west-2:111122223333:${name.replaceAll('|', '')}`] : ['unknown'],
        detail: { ...detail, id, findingId: id },
      }),
    ),
  );
