import type { Guidance } from './fix-step.ts';
import type { ResourceTypes } from './resource-type.ts';
import { afterLastSlash } from './arn-words.ts';
import { ROLE_USAGE } from './usage.ts';

const ROLE_GUIDANCE: Guidance = {
  about: 'An IAM role is a set of permissions that others can put on',
  publicRisk: 'Whoever puts it on can do in your account whatever the role may do.',
  sharedRisk: 'Whoever gets hold of that account or identity provider can do in your account whatever the role may do.',
  steps: [
    {
      text: 'Save the trust policy of the role to a file and read it:',
      commands: ['aws iam get-role --role-name {name} --query Role.AssumeRolePolicyDocument > policy.json'],
    },
    {
      text: 'In policy.json, have each statement name only the accounts, roles or services that need to put the role on. For an identity provider, add conditions on its audience and subject (such as the one repository or group); for an account of another company, a condition on sts:ExternalId.',
    },
    {
      text: 'Put the trust policy back. IAM is the same in all Regions, so this mends what the analyzer of every Region reports:',
      commands: ['aws iam update-assume-role-policy --role-name {name} --policy-document file://policy.json'],
    },
    {
      text: 'If nobody needs the role, delete it. When it was last used:',
      commands: ['aws iam get-role --role-name {name} --query Role.RoleLastUsed'],
    },
  ],
  source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html',
};

export const IAM_TYPES: ResourceTypes = {
  'AWS::IAM::Role': {
    words: 'IAM role',
    arn: { service: 'iam', kind: 'role/', name: afterLastSlash },
    exampleArn: 'arn:aws:iam::444455556666:role/team/Deploy',
    usage: ROLE_USAGE,
    securityHubType: 'AwsIamRole',
    page: { address: 'https://{host}/iam/home#/roles/details/{name}' },
    isMasterKey: true,
    isAssumed: true,
    guidance: ROLE_GUIDANCE,
  },
  'AWS::IAM::AssumeRolePolicyDocument': {
    words: 'IAM role',
    arn: { service: 'iam', kind: 'role/', name: afterLastSlash },
    exampleArn: 'arn:aws:iam::444455556666:role/Deploy',
    usage: ROLE_USAGE,
    isMasterKey: true,
    isAssumed: true,
    guidance: ROLE_GUIDANCE,
  },
  'AWS::IAM::User': {
    words: 'IAM user',
    arn: { service: 'iam', kind: 'user/', name: afterLastSlash },
    exampleArn: 'arn:aws:iam::444455556666:user/team/ann',
    securityHubType: 'AwsIamUser',
    page: { address: 'https://{host}/iam/home#/users/details/{name}' },
  },
};
