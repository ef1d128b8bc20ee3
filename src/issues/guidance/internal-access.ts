import type { FixStep } from '../../findings/resource-types/fix-step.ts';

/** Where internal access may come from. */
export interface InternalAccess {
  /** `hidden`: the issue must not tell. */
  readonly principal: 'role' | 'user' | 'identity-center' | 'hidden';
  readonly isOfAnotherAccount: boolean;
  /** The steps that change the policy of the resource; null: it has none, only attributes that share it with other accounts. */
  readonly policySteps: readonly FixStep[] | null;
  /** The steps that take back what is shared by attributes. */
  readonly attributeSteps: readonly FixStep[];
}

/**
 * Access inside the organization comes from the policies of the role or user, from the policy of the resource, or from both. Inside one
 * account either is enough; between accounts it takes both.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
 */
export function internalSteps({ principal, ...rest }: InternalAccess): readonly FixStep[] {
  const { policySteps } = rest;
  return [
    {
      text: 'Decide, as the owner of the resource, whether {principal} needs the access. When it last used each service, with credentials of account {principalAccount}:',
      commands: [
        'aws iam generate-service-last-accessed-details --arn {principalArn}',
        'aws iam get-service-last-accessed-details --job-id JOB_ID',
      ],
    },
    PRINCIPAL_STEPS[principal],
    ...(principal === 'hidden' ? (policySteps ?? []) : resourceSteps(rest)),
  ];
}

function resourceSteps({ isOfAnotherAccount, policySteps, attributeSteps }: Omit<InternalAccess, 'principal'>): readonly FixStep[] {
  if (policySteps !== null) return [{ text: isOfAnotherAccount ? POLICY : OWN_POLICY }, ...policySteps];
  return isOfAnotherAccount ? [{ text: ATTRIBUTES }, ...attributeSteps] : [{ text: OWN_ATTRIBUTES }];
}

const PRINCIPAL_STEPS: Readonly<Record<InternalAccess['principal'], FixStep>> = {
  role: {
    text: 'If not, take the access out of the policies of the role, in account {principalAccount}:',
    commands: ['aws iam list-attached-role-policies --role-name {principal}', 'aws iam list-role-policies --role-name {principal}'],
  },
  user: {
    text: 'If not, take the access out of the policies of the user and of its groups, in account {principalAccount}:',
    commands: [
      'aws iam list-attached-user-policies --user-name {principal}',
      'aws iam list-user-policies --user-name {principal}',
      'aws iam list-groups-for-user --user-name {principal}',
    ],
  },
  hidden: {
    text: 'If not, take the access out of the policies of the role or user, out of the policy of the resource if it has one, or out of both.',
  },
  'identity-center': {
    text: 'If not, take the access out of the permission set in IAM Identity Center that made the role. The role itself cannot be changed.',
  },
};

const POLICY = 'Or take it out of the policy of the resource. Access from another account needs both, so changing one of them is enough.';
const OWN_POLICY = 'Look at the policy of the resource as well: inside one account, either of the two is enough to give access.';

/** Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html */
const ATTRIBUTES = 'Or stop sharing with that account: a snapshot has no policy, only attributes that name accounts.';
const OWN_ATTRIBUTES =
  'There is nothing to change at the snapshot: it has no policy, only attributes that name other accounts, so in its own account the policies of roles and users decide.';
