import type { FixStep } from '../../findings/resource-types/fix-step.ts';

/** Why unused access matters, in two sentences, and how to remove it. Data, one entry per finding type. */
export interface UnusedGuidance {
  readonly why: string;
  readonly steps: readonly FixStep[];
  readonly source: string;
}

const SOURCE = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-findings-remediate.html';

/** Emergencies and yearly jobs leave no trace for as long as an analyzer looks back. */
const RARE = 'emergencies and yearly jobs rarely leave a trace.';

const IN_CODE = 'Created by Terraform or CloudFormation? Remove it there, or it comes back.';

/**
 * Roles of IAM Identity Center are changed by their permission sets only.
 * Source: https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html
 */
const ASSIGNMENTS: FixStep = {
  when: 'identity-center',
  text: 'IAM Identity Center made this role for its permission set {permissionSet}. It cannot be changed or deleted in IAM. Signed in to the account that manages Identity Center, see who has the permission set in this account:',
  commands: [
    'aws sso-admin list-instances --region {identityCenterRegion}',
    'aws sso-admin list-permission-sets-provisioned-to-account --instance-arn INSTANCE_ARN --account-id {account} --region {identityCenterRegion}',
    'aws sso-admin list-account-assignments --instance-arn INSTANCE_ARN --account-id {account} --permission-set-arn PERMISSION_SET_ARN --region {identityCenterRegion}',
  ],
};

export const UNUSED_GUIDANCE: Readonly<Record<string, UnusedGuidance>> = {
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_manage_delete.html
  UnusedIAMRole: {
    why: 'No one has assumed this role for as long as the analyzer looks back. A role that no one misses can be misused without notice.',
    steps: [
      {
        text: `Make sure that it is not needed: ${RARE} When and where it was last used:`,
        commands: ['aws iam get-role --role-name {name} --query Role.RoleLastUsed'],
      },
      {
        when: 'plain',
        text: 'Keep a copy of the role, and list what is attached to it:',
        commands: [
          'aws iam get-role --role-name {name} --output json > role.json',
          'aws iam list-attached-role-policies --role-name {name}',
          'aws iam list-role-policies --role-name {name}',
          'aws iam list-instance-profiles-for-role --role-name {name}',
        ],
      },
      {
        when: 'plain',
        text: 'Remove its policies and instance profiles, or IAM refuses the next step. EC2 instances with such a profile lose their permissions:',
        commands: [
          'aws iam detach-role-policy --role-name {name} --policy-arn POLICY_ARN',
          'aws iam delete-role-policy --role-name {name} --policy-name POLICY_NAME',
          'aws iam remove-role-from-instance-profile --role-name {name} --instance-profile-name PROFILE_NAME',
        ],
      },
      { when: 'plain', text: `Delete the role. ${IN_CODE} Otherwise:`, commands: ['aws iam delete-role --role-name {name}'] },
      {
        when: 'service-linked',
        text: 'This role belongs to an AWS service, which refuses while it still needs the role. Delete it, and see what became of it:',
        commands: [
          'aws iam delete-service-linked-role --role-name {name}',
          'aws iam get-service-linked-role-deletion-status --deletion-task-id DELETION_TASK_ID',
        ],
      },
      ASSIGNMENTS,
      {
        when: 'identity-center',
        text: 'Remove the assignments that are not needed, in Identity Center. The role disappears with the last of them.',
      },
    ],
    source: SOURCE,
  },
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html
  UnusedIAMUserAccessKey: {
    why: 'An access key is a password for programs that does not expire. If an unused one is stolen, no one notices.',
    steps: [
      { text: 'See which keys the user has:', commands: ['aws iam list-access-keys --user-name {name}'] },
      {
        text: 'Find out when, where and for which service the key was last used:',
        commands: ['aws iam get-access-key-last-used --access-key-id {accessKeyId}'],
      },
      {
        text: 'Turn the key off. This can be undone with --status Active:',
        commands: ['aws iam update-access-key --user-name {name} --access-key-id {accessKeyId} --status Inactive'],
      },
      {
        text: `If nothing has broken after some days, delete the key, which cannot be undone. ${IN_CODE} Otherwise:`,
        commands: ['aws iam delete-access-key --user-name {name} --access-key-id {accessKeyId}'],
      },
    ],
    source: SOURCE,
  },
  UnusedIAMUserPassword: {
    why: 'This user can log in to the AWS console with a password, and has not done so for as long as the analyzer looks back. If it is guessed or stolen, no one notices.',
    steps: [
      {
        text: 'Ask the person whether it is needed. When the password was last used:',
        commands: ['aws iam get-user --user-name {name} --query User.PasswordLastUsed'],
      },
      {
        text: 'Delete the password. The user and its access keys stay as they are, and an admin can set a new password at any time:',
        commands: ['aws iam delete-login-profile --user-name {name}'],
      },
      { text: 'If the person has left, delete the whole user.' },
    ],
    source: SOURCE,
  },
  UnusedPermission: {
    why: 'This role or user may do more than it ever does. Anyone who takes it over gets the rest as well.',
    steps: [
      { text: `Make sure that what is listed is not needed: ${RARE}` },
      {
        when: 'plain',
        text: 'Replace each policy with a smaller one. Attach the smaller policy before you detach the larger one, so that nothing breaks in between. Created by Terraform or CloudFormation? Change them there.',
      },
      {
        when: 'service-linked',
        text: 'This role belongs to an AWS service, which decides what it may do: there is nothing to change.',
      },
      ASSIGNMENTS,
      {
        when: 'identity-center',
        text: 'Take what is not used out of the permission set, in Identity Center, and provision it to its accounts again. AWS recommends no policies for such roles.',
      },
      { text: 'Taking out a part ends this finding and begins a new one with the rest.' },
    ],
    source: SOURCE,
  },
};

export const NEW_UNUSED_GUIDANCE: UnusedGuidance = {
  why: 'Access that is not used serves intruders only. Once it is certain that it is not needed, it is safe to remove.',
  steps: [{ text: 'Make sure that it is not needed, and remove it in IAM. The finding in AWS tells what it is.' }],
  source: SOURCE,
};
