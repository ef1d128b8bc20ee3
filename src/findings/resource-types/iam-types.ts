import { checkCommand, copyCommand, undoCommand } from './edit-policy.ts';
import type { Guidance } from './fix-step.ts';
import type { ResourceTypes } from './resource-type.ts';
import { afterLastSlash } from './arn-words.ts';
import { ROLE_USAGE } from './usage.ts';

const WRITE_TRUST = 'aws iam update-assume-role-policy --role-name {name} --policy-document file://policy.json';

const ROLE_GUIDANCE: Guidance = {
  about: 'An IAM role is a set of permissions that others can assume',
  publicRisk: 'Anyone who assumes it can do in your account all that the role may do.',
  sharedRisk: 'An intruder in that account or identity provider can do in your account all that the role may do.',
  inShort: 'have the trust policy name only the accounts, roles and services that need the role, with conditions where they are not yours.',
  steps: [
    {
      when: 'plain',
      isWithNext: true,
      text: 'Save the trust policy of the role, with a copy to go back to:',
      commands: ['aws iam get-role --role-name {name} --query Role.AssumeRolePolicyDocument --output json > policy.json', copyCommand()],
    },
    {
      when: 'plain',
      isWithNext: true,
      text: 'In policy.json, have each statement name only the accounts, roles or services that need to assume the role. For an identity provider, add conditions on its audience and subject (such as the one repository or group); for an account of another company, a condition on sts:ExternalId.',
    },
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
    {
      when: 'plain',
      text: 'Put the new policy in place once the check says PASS (not public). Sessions that are open keep their rights until they expire. IAM is the same in all Regions, so this fixes what the analyzer of every Region reports:',
      commands: [checkCommand('AWS::IAM::AssumeRolePolicyDocument'), WRITE_TRUST],
    },
    { when: 'plain', text: 'To undo this:', commands: [undoCommand(WRITE_TRUST)] },
    // https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html
    {
      when: 'identity-center',
      text: 'IAM Identity Center made this role, and it cannot be changed in IAM: change its permission set, or who is assigned to it, in IAM Identity Center.',
    },
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
    {
      when: 'service-linked',
      text: 'This role belongs to an AWS service, which alone decides who assumes it: look in the settings of that service.',
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
