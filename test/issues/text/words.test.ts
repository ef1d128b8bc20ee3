import { expect, test } from 'vitest';
import { accessWords } from '../../../src/issues/text/access-words.ts';
import { conditionWords, restrictionWords } from '../../../src/issues/text/condition-words.ts';
import { principalWords, whoWords } from '../../../src/issues/text/principal-words.ts';
import { resourceWords } from '../../../src/issues/text/resource-words.ts';
import { sourceWords } from '../../../src/issues/text/source-words.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { findingOf } from '../../support/findings/parsed.ts';

test.each([
  ['AWS', '*', 'everyone'],
  ['AWS', '999988887777', 'account 999988887777'],
  ['AWS', 'arn:aws:iam::999988887777:root', 'account 999988887777'],
  ['AWS', 'arn:aws-cn:iam::999988887777:role/team/Deploy', 'role Deploy of account 999988887777'],
  ['AWS', 'arn:aws:iam::999988887777:user/ann', 'user ann of account 999988887777'],
  ['AWS', 'arn:aws:sts::999988887777:assumed-role/Deploy/ann@example.com', 'role Deploy of account 999988887777 (session ann@example.com)'],
  ['AWS', 'arn:aws:sts::999988887777:federated-user/ann', 'federated user ann of account 999988887777'],
  ['AWS', 'AROAIOSFODNN7EXAMPLE', 'a role that was deleted (id AROAIOSFODNN7EXAMPLE)'],
  ['AWS', 'AIDAIOSFODNN7EXAMPLE', 'a user that was deleted (id AIDAIOSFODNN7EXAMPLE)'],
  ['AWS', 'arn:aws:iam::999988887777:role/', 'arn:aws:iam::999988887777:role/'],
  ['AWS', 'arn:aws:new::999988887777:thing/x', 'arn:aws:new::999988887777:thing/x'],
  ['AWS', 'anything', 'anything'],
  ['Federated', 'cognito-identity.amazonaws.com', 'Amazon Cognito (cognito-identity.amazonaws.com)'],
  ['Federated', 'accounts.google.com', 'Google (accounts.google.com)'],
  ['Federated', 'login.example.com', 'identity provider login.example.com'],
  ['Federated', 'arn:aws:iam::444455556666:saml-provider/Okta', 'SAML provider Okta of account 444455556666'],
  [
    'Federated',
    'arn:aws:iam::444455556666:oidc-provider/token.actions.githubusercontent.com',
    'GitHub Actions (OIDC provider of account 444455556666)',
  ],
  [
    'Federated',
    'arn:aws:iam::444455556666:oidc-provider/token.actions.githubusercontent.com.evil.example',
    'OIDC provider token.actions.githubusercontent.com.evil.example of account 444455556666',
  ],
  [
    'Federated',
    'arn:aws:iam::444455556666:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC',
    'an EKS cluster (OIDC provider of account 444455556666)',
  ],
  ['Service', 'lambda.amazonaws.com', 'AWS service lambda.amazonaws.com'],
  ['CanonicalUser', '79a5', 'the account with the canonical user id 79a5'],
  ['NewKind', 'x', 'NewKind x'],
])('%s %s is called %s', (kind, value, words) => {
  expect(principalWords({ kind, value })).toBe(words);
});

test('each principal appears once, and * is everyone only where no condition narrows it', () => {
  const who = (detail: Readonly<Record<string, unknown>>): readonly string[] => whoWords(findingOf(externalEvent({ detail })));
  expect(who({ principal: { AWS: ['999988887777', 'arn:aws:iam::999988887777:root'] } })).toEqual(['account 999988887777']);
  expect(who({ isPublic: true, condition: { a: 'b' } })).toEqual(['everyone']);
  expect(who({ isPublic: false, condition: {} })).toEqual(['everyone']);
  expect(who({ isPublic: false, condition: { a: 'b' } })).toEqual(['everyone who meets the conditions']);
  expect(who({ isPublic: null, condition: { a: 'b' } })).toEqual(['everyone who meets the conditions']);
});

test.each<readonly [readonly string[], readonly string[]]>([
  [[], []],
  [['s3:GetObject', 's3:ListBucket'], ['read']],
  [
    ['s3:PutObject', 's3:GetObject'],
    ['read', 'write'],
  ],
  [['s3:*'], ['administer']],
  [
    ['s3:PutBucketPolicy', 's3:PutObject', 's3:GetObject'],
    ['read', 'write', 'administer'],
  ],
  [
    ['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:AddPermission'],
    ['receive', 'send', 'write', 'administer'],
  ],
  [
    ['SNS:Publish', 'SNS:Subscribe'],
    ['subscribe', 'publish'],
  ],
  [
    ['ecr:PutImage', 'ecr:BatchGetImage', 'ecr:DescribeImages'],
    ['read', 'pull', 'push'],
  ],
  [['lambda:InvokeFunction', 'lambda:InvokeFunctionUrl'], ['invoke']],
  [['execute-api:Invoke'], ['invoke']],
  [['sts:AssumeRole', 'sts:TagSession'], ['assume']],
  [
    ['kms:Decrypt', 'kms:Encrypt', 'kms:Sign', 'kms:CreateGrant'],
    ['encrypt', 'decrypt', 'use', 'administer'],
  ],
])('%j comes down to %j', (actions, words) => {
  expect(accessWords(actions)).toEqual(words);
});

test.each([
  ['aws:PrincipalOrgID', 'o-1', 'only from the organization o-1'],
  ['AWS:SOURCEIP', '10.0.0.0/8', 'only from the IP addresses 10.0.0.0/8'],
  ['sts:ExternalId', '$&', 'only with the external id $&'],
  ['token.actions.githubusercontent.com:sub', 'repo:o/r:*', 'only for the subject repo:o/r:* (token.actions.githubusercontent.com:sub)'],
  ['cognito-identity.amazonaws.com:aud', 'pool', 'only for the audience pool (cognito-identity.amazonaws.com:aud)'],
  ['SAML:aud', 'https://signin.aws.amazon.com/saml', 'only for the SAML audience https://signin.aws.amazon.com/saml'],
  ['new:key', 'x', 'new:key = x'],
  ['toString', 'x', 'toString = x'],
])('the condition %s = %s reads as %s', (key, value, words) => {
  expect(conditionWords({ key, value })).toBe(words);
});

test.each([
  [null, null],
  ['NOT_APPLICABLE', null],
  ['APPLICABLE', 'There are resource control policies that may restrict this. AWS did not evaluate them: the real access may be narrower.'],
  ['APPLIED', 'The resource control policies were taken into account.'],
  ['FAILED_TO_EVALUATE_RCP', 'AWS could not evaluate the resource control policies: the real access may be narrower.'],
  ['NEW', 'What the resource control policies do to it: NEW.'],
])('the restriction %s reads as %s', (restriction, words) => {
  expect(restrictionWords('resource control policies', restriction)).toBe(words);
});

test.each([
  ['POLICY', null, null, 'the bucket policy'],
  ['BUCKET_ACL', null, null, 'the access control list of the bucket'],
  ['S3_ACCESS_POINT', 'arn:aws:s3:eu-west-1:444455556666:accesspoint/a', '444455556666', 'the access point a of account 444455556666'],
  ['S3_ACCESS_POINT_ACCOUNT', null, '777766665555', 'an access point that the bucket policy trusts of account 777766665555'],
  ['NEW', null, null, 'NEW'],
])('the source %s in words', (type, accessPointArn, accessPointAccount, words) => {
  expect(sourceWords({ type, accessPointArn, accessPointAccount })).toBe(words);
});

test.each([
  ['AWS::S3::Bucket', 'S3 bucket'],
  ['AWS::New::Thing', 'New Thing'],
  ['AWS::', 'resource'],
  ['constructor', 'constructor'],
])('%s is called %s', (type, words) => {
  expect(resourceWords(type)).toBe(words);
});
