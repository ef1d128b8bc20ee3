import type { FixStep } from '../../findings/resource-types/fix-step.ts';

/** Why unused access matters, in two sentences, and how to remove it. Data, one entry per finding type. */
export interface UnusedGuidance {
  readonly why: string;
  readonly steps: readonly FixStep[];
  readonly source: string;
}

const SOURCE = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-findings-remediate.html';

export const UNUSED_GUIDANCE: Readonly<Record<string, UnusedGuidance>> = {
  UnusedIAMRole: {
    why: 'Nobody has put this role on for as long as the analyzer looks back. It serves nobody but an intruder, who could use it unseen.',
    steps: [
      {
        text: 'Make sure that it is not needed: emergency access, disaster recovery and yearly jobs are used seldom. When and where it was last used:',
        commands: ['aws iam get-role --role-name {name} --query Role.RoleLastUsed'],
      },
      {
        when: 'plain',
        text: 'Detach its policies, delete the inline ones, and take it out of its instance profiles. These list them:',
        commands: [
          'aws iam list-attached-role-policies --role-name {name}',
          'aws iam list-role-policies --role-name {name}',
          'aws iam list-instance-profiles-for-role --role-name {name}',
        ],
      },
      {
        when: 'plain',
        text: 'Delete the role, where it was made: in your infrastructure code, or with:',
        commands: ['aws iam delete-role --role-name {name}'],
      },
      {
        when: 'service-linked',
        text: 'This role belongs to an AWS service. Once nothing of that service needs it, delete it with:',
        commands: ['aws iam delete-service-linked-role --role-name {name}'],
      },
      {
        when: 'identity-center',
        text: 'This role was made by IAM Identity Center and cannot be deleted in IAM: take back the assignment of its permission set to this account.',
      },
    ],
    source: SOURCE,
  },
  UnusedIAMUserAccessKey: {
    why: 'An access key is a password for programs that does not expire. One that nobody uses is missed by nobody when it is stolen.',
    steps: [
      { text: 'See which keys the user has:', commands: ['aws iam list-access-keys --user-name {name}'] },
      {
        text: 'Turn the key off. This can be undone with --status Active:',
        commands: ['aws iam update-access-key --user-name {name} --access-key-id {accessKeyId} --status Inactive'],
      },
      {
        text: 'If nobody has missed it after some days, delete it. This cannot be undone:',
        commands: ['aws iam delete-access-key --user-name {name} --access-key-id {accessKeyId}'],
      },
    ],
    source: SOURCE,
  },
  UnusedIAMUserPassword: {
    why: 'This user can log in to the AWS console with a password, and has not done so for as long as the analyzer looks back. Such a password is guessed or stolen without anybody noticing.',
    steps: [
      {
        text: 'Make sure that the person does not need it. When the password was last used:',
        commands: ['aws iam get-user --user-name {name} --query User.PasswordLastUsed'],
      },
      {
        text: 'Take the password away. The user and its access keys stay as they are:',
        commands: ['aws iam delete-login-profile --user-name {name}'],
      },
      { text: 'If the person has left, delete the whole user.' },
    ],
    source: SOURCE,
  },
  UnusedPermission: {
    why: 'This access may do more than it ever does. Whoever takes it over gets the rest as well, and nobody would miss it.',
    steps: [
      {
        text: 'Make sure that what is listed is not needed: emergency access, disaster recovery and yearly jobs use permissions seldom.',
      },
      {
        text: 'Take it out of the policies, where they are made: in your infrastructure code, or in IAM. Taking out a part ends this finding and begins a new one with the rest.',
      },
    ],
    source: SOURCE,
  },
};

export const NEW_UNUSED_GUIDANCE: UnusedGuidance = {
  why: 'Access that nobody uses serves nobody but an intruder. Taking it away is safe when it is really not needed, and leaves less to steal.',
  steps: [{ text: 'Make sure that nobody needs it, and take it away in IAM. The finding in AWS tells what it is.' }],
  source: SOURCE,
};
