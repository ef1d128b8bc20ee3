import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/findings/finding.ts';
import { finish } from '../support/service/finish.ts';
import { hubEvent } from '../support/findings/message-shapes.ts';
import { readAll } from '../support/service/read-one.ts';
import { openSite } from '../support/service/site.ts';

/** Published AWS samples; they are not part of the repository. */
const FOLDER = new URL('../../../shared/events/', import.meta.url);
const present = existsSync(FOLDER);
if (!present) console.warn('Skipped: the folder of official AWS samples (../shared/events) is absent');

/** The result for each sample: a reason, or fields of the finding. Samples of single findings of Security Hub are put into an event first. */
const EXPECTED: Readonly<Record<string, string | Partial<Finding>>> = {
  'aws-docs__eb-external-s3-cross-account-active.json': {
    kind: 'external',
    isPublic: false,
    principals: [{ kind: 'AWS', value: '999988887777' }],
  },
  'aws-docs__eb-external-s3-error-access-denied.json': { kind: 'external', error: 'ACCESS_DENIED', isPublic: null },
  'aws-docs__eb-internal-s3-intra-account-active.json': {
    kind: 'internal',
    accessType: 'INTRA_ACCOUNT',
    principalType: 'IAM_ROLE',
    principalOwnerAccount: '111122223333',
    rcpRestriction: 'NOT_APPLICABLE',
    scpRestriction: 'NOT_APPLICABLE',
  },
  // The sample's source and analyzer are those of a test, left in by mistake.
  'aws-docs__eb-internal-s3-error-access-denied.json': 'test-source',
  'aws-docs__eb-unused-permission-role-active.json': { kind: 'unused', accountId: '111122223333', unusedServices: 0, unusedActions: 1 },
  'aws-docs__eb-unused-role-error-internal.json': { kind: 'unused', accountId: '444455556666', error: 'INTERNAL_ERROR' },
  'aws-docs__eb-access-preview-creating.json': 'access-preview',
  'aws-docs__eb-access-preview-completed.json': 'access-preview',
  'aws-docs__eb-access-preview-failed.json': 'access-preview',
  // Only the fields that the event adds to a finding are shown.
  'aws-docs-2019__eb-external-envelope-minimal.json': 'not-a-finding',
  // A transformer may send an answer of GetFinding or GetFindingV2 as the bare detail.
  'aws-docs-2019__getfinding-error-detail.json': { kind: 'external', analyzerArn: 'unknown', accountId: 'unknown', error: 'ACCESS_DENIED' },
  'aws-docs__finding-kms-access-denied-minimal.json': { kind: 'external', region: 'us-west-2', createdAt: null },
  'aws-cli__get-finding-v2-iam-role-federated-cognito.json': {
    kind: 'external',
    error: null,
    isPublic: false,
    principals: [{ kind: 'Federated', value: 'cognito-identity.amazonaws.com' }],
    actions: ['sts:AssumeRoleWithWebIdentity'],
  },
  'aws-docs__getfindingv2-external-error-internal-iam-role.json': { kind: 'external', error: 'INTERNAL_ERROR', isPublic: null },
  'aws-docs__getfindingv2-external-error-access-denied-kms.json': { kind: 'external', error: 'ACCESS_DENIED' },
  'aws-docs__getfindingv2-internal-error-resource-level.json': { kind: 'internal', error: 'INTERNAL_ERROR', principals: [] },
  'aws-docs__getfindingv2-internal-error-principal-level.json': {
    kind: 'internal',
    principals: [{ kind: 'AWS', value: 'arn:aws:iam::111122223333:role/MyRole_1' }],
    principalType: 'IAM_ROLE',
  },
  'aws-docs__getfindingv2-internal-error-principal-limit.json': { kind: 'internal', error: 'PRINCIPAL_LIMIT_EXCEEDED' },
  'aws-docs__getfindingv2-internal-error-principal-errors-limit.json': {
    kind: 'internal',
    error: 'PRINCIPAL_ERRORS_LIMIT_EXCEEDED',
    rcpRestriction: 'NOT_APPLICABLE',
    scpRestriction: 'NOT_APPLICABLE',
  },
  'aws-docs__asff-s3-cross-account.json': {
    findingId: 'dad90d5d-63b4-6575-b0fa-ef9c556ge798',
    analyzerArn: 'arn:aws:access-analyzer:us-west-2:111122223333:analyzer/my-analyzer',
    kind: 'external',
    status: 'ACTIVE',
    isPublic: false,
    principals: [{ kind: 'AWS', value: '444455556666' }],
    actions: ['s3:GetObject', 's3:GetObjectVersion'],
    conditions: [],
    resourceType: 'AWS::S3::Bucket',
  },
  'aws-docs__asff-unused-permission-archived.json': {
    findingId: 'DEMO24d8d-0d3f-4d3d-99f4-299fc8a62ee7',
    kind: 'unused',
    status: 'ARCHIVED',
    unusedActions: 256,
    unusedServices: 15,
    accountId: '111122223333',
  },
  'aws-solutions-asr__asff-kms-minimal.json': {
    findingId: 'arn:aws:securityhub:us-east-1:123456789012:finding/def-456',
    analyzerArn: 'unknown',
    status: 'ACTIVE',
    region: 'us-west-2',
    resourceType: 'AWS::KMS::Key',
    isPublic: null,
  },
  'aws-solutions-asr__asff-s3-org-analyzer-owner-differs.json': { accountId: '222222222222', status: 'ACTIVE' },
  // Answers with one or more findings inside, and other content that is never sent to a queue.
  'aws-cli__get-finding-iam-role-federated-cognito.json': 'not-an-event',
  'aws-cli__list-findings-iam-role-cognito.json': 'not-an-event',
  'aws-cli__list-findings-v2-iam-role-cognito.json': 'not-an-event',
  'aws-cli__list-access-preview-findings-s3.json': 'not-an-event',
  'aws-cli__list-analyzers.json': 'not-an-event',
  'aws-cli__get-archive-rule.json': 'not-an-event',
};

function bodyOf(name: string): string {
  const text = readFileSync(new URL(name, FOLDER), 'utf8');
  if (!name.includes('__asff-')) return text;
  const parsed = JSON.parse(text);
  return JSON.stringify(hubEvent(parsed.Findings ?? [parsed]));
}

describe.skipIf(!present)('official AWS samples', () => {
  test('all of them are in the table', () => {
    expect(
      readdirSync(FOLDER)
        .filter((name) => name.endsWith('.json'))
        .toSorted(),
    ).toEqual(Object.keys(EXPECTED).toSorted());
  });

  test.each(Object.entries(EXPECTED))('%s', (name, expected) => {
    expect(readAll(bodyOf(name))).toMatchObject([
      typeof expected === 'string' ? { because: expected } : { kind: 'finding', finding: expected },
    ]);
  });

  test('each that is active becomes an issue, and each that is not becomes none', async () => {
    const site = await openSite();
    const parts = await site.start();
    const findings = Object.keys(EXPECTED).flatMap((name) =>
      readAll(bodyOf(name)).flatMap((part) => (part.kind === 'finding' ? [part.finding] : [])),
    );
    for (const finding of findings) await finish(site, parts, (await parts.accept(finding)).group);
    for (const { key } of findings) {
      const record = await parts.record(key);
      expect([key, record?.mapping.state, record?.mapping.error]).toEqual([
        key,
        record?.finding.status === 'ACTIVE' ? 'open' : 'closed',
        null,
      ]);
    }
    const active = new Set(findings.filter(({ status }) => status === 'ACTIVE').map(({ key }) => key));
    expect(active.size).toBeGreaterThan(10);
    expect(site.created()).toBe(active.size);
  });
});
