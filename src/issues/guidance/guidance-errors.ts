import type { FixStep } from '../../findings/resource-types/fix-step.ts';

/**
 * The subject of an error. `resource`: who can reach it. `principal`: whether one role or user can reach it, in internal access. `unused`:
 * whether a role or user uses what it has.
 */
export type ErrorSubject = 'resource' | 'principal' | 'unused';

/** Why AWS could not analyse something, and what to do. Data, one entry per error code. */
export interface ErrorGuidance {
  /** Ends the headline: `cannot be analysed: access denied`. */
  readonly words: string;
  /** The cause. One sentence. */
  readonly why: string;
  readonly steps: readonly FixStep[];
  readonly source: string;
}

const SOURCE = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-error-findings.html';

/** What is unknown as long as the error stays. Ends the paragraph on why it matters. */
export const UNTIL_FIXED: Readonly<Record<ErrorSubject, string>> = {
  resource: 'Until that is fixed, it is unknown who can reach it.',
  principal: 'Until that is over, it is unknown whether this one role or user can reach it; what others can do is reported as always.',
  unused: 'Until that is over, AWS reports nothing unused here, so forgotten access stays unseen.',
};

/** What Archive gives up. */
export const ARCHIVED_ERROR: Readonly<Record<ErrorSubject, string>> = {
  resource: 'AWS then no longer reports who can reach the resource.',
  principal: 'It then stays unknown whether this one role or user can reach the resource.',
  unused: 'Unused access of this role or user then stays unseen.',
};

/**
 * Access Analyzer reads with a service-linked role, which service control policies do not bind.
 * Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
 */
const NOT_AN_SCP =
  'Service control policies are not the cause: they do not bind service-linked roles, and AWSServiceRoleForAccessAnalyzer is one.';

const ROLE_EXISTS = 'aws iam get-role --role-name AWSServiceRoleForAccessAnalyzer';

const LOOK_BY_HAND: FixStep = {
  text: 'Until then, look by hand: the tab "Last accessed" of the role or user in the IAM console shows what it has used, and when.',
};

/** Errors about a single role or user, and about unused access, where they differ. */
const OF_SUBJECT: Readonly<Record<Exclude<ErrorSubject, 'resource'>, Readonly<Record<string, ErrorGuidance>>>> = {
  principal: {
    ACCESS_DENIED: {
      words: 'access denied',
      why: 'IAM Access Analyzer was not allowed to read the policies of one role or user that may reach this resource.',
      steps: [
        {
          text: `Make sure that the role AWSServiceRoleForAccessAnalyzer exists in the account of that role or user, with credentials of that account. ${NOT_AN_SCP}`,
          commands: [ROLE_EXISTS],
        },
        { text: 'If it exists, open a case with AWS Support and give the id of the finding.' },
      ],
      source: SOURCE,
    },
    INTERNAL_ERROR: {
      words: 'internal error of AWS',
      why: 'Something went wrong inside AWS while it looked at what one role or user can do with this resource.',
      steps: [
        { text: 'Wait a day: AWS tries again automatically.' },
        {
          text: 'If the error stays, simplify very large or unusual policies of that role or user, its permissions boundary included; those of the resource work for all others. Or open a case with AWS Support and give the id of the finding.',
        },
      ],
      source: SOURCE,
    },
  },
  unused: {
    ACCESS_DENIED: {
      words: 'access denied',
      why: 'IAM Access Analyzer was not allowed to read when this role or user used its access.',
      steps: [
        { text: `Make sure that the role AWSServiceRoleForAccessAnalyzer exists in this account. ${NOT_AN_SCP}`, commands: [ROLE_EXISTS] },
        { text: 'If it exists, open a case with AWS Support and give the id of the finding.' },
        LOOK_BY_HAND,
      ],
      source: SOURCE,
    },
    INTERNAL_ERROR: {
      words: 'internal error of AWS',
      why: 'Something went wrong inside AWS while it looked at what this role or user has used.',
      steps: [
        { text: 'Wait for the next run of the analyzer, mostly within a day: AWS tries again automatically.' },
        LOOK_BY_HAND,
        { text: 'If the error stays, open a case with AWS Support and give the id of the finding.' },
      ],
      source: SOURCE,
    },
  },
};

export const ERROR_GUIDANCE: Readonly<Record<string, ErrorGuidance>> = {
  ACCESS_DENIED: {
    words: 'access denied',
    why: 'IAM Access Analyzer was not allowed to read the policy of this resource.',
    steps: [
      {
        text: 'The policy of the resource has to let the role AWSServiceRoleForAccessAnalyzer of this account read it. Look for a Deny that covers this role, and exempt the role from it. A missing Allow is enough, too, where the policy alone decides, as with keys.',
      },
      {
        when: 'kms',
        text: 'In policy.json, let that role call kms:DescribeKey, kms:GetKeyPolicy and kms:List*, keep all that is there for the admins of the key, and put the policy back:',
        commands: ['aws kms put-key-policy --key-id {arn} --policy-name default --policy file://policy.json --region {region}'],
      },
      { text: `If the policy lets the role in, make sure that the role exists. ${NOT_AN_SCP}`, commands: [ROLE_EXISTS] },
    ],
    source: SOURCE,
  },
  INTERNAL_ERROR: {
    words: 'internal error of AWS',
    why: 'Something went wrong inside AWS while it looked at this resource.',
    steps: [
      { text: 'Wait a day: AWS tries again automatically.' },
      {
        text: 'If the error stays, simplify a very large or unusual policy of the resource, or open a case with AWS Support and give the id of the finding.',
      },
    ],
    source: SOURCE,
  },
  PRINCIPAL_LIMIT_EXCEEDED: {
    words: 'too many principals',
    why: 'More than 3,000 roles and users can reach this resource, and IAM Access Analyzer does not list that many.',
    steps: [{ text: 'Narrow who can reach it: name roles in the policy of the resource instead of whole accounts, and use conditions.' }],
    source: SOURCE,
  },
  PRINCIPAL_ERRORS_LIMIT_EXCEEDED: {
    words: 'too many principals with errors',
    why: 'IAM Access Analyzer could not tell for too many roles and users whether they can reach this resource.',
    steps: [
      { text: 'Look at the other error findings on this resource, and fix what they say.' },
      { text: 'Narrow who can reach it: name roles in the policy of the resource instead of whole accounts, and use conditions.' },
    ],
    source: SOURCE,
  },
};

/** @param error the error code */
export function errorGuidance(error: string, subject: ErrorSubject): ErrorGuidance {
  const own = subject === 'resource' ? {} : OF_SUBJECT[subject];
  const known = Object.hasOwn(own, error)
    ? own[error]
    : subject !== 'unused' && Object.hasOwn(ERROR_GUIDANCE, error)
      ? ERROR_GUIDANCE[error]
      : undefined;
  return known ?? newErrorGuidance(error, subject);
}

const GIVEN_UP: Readonly<Record<ErrorSubject, string>> = {
  resource: 'this resource',
  principal: 'one role or user that may reach this resource',
  unused: 'the unused access of this role or user',
};

/** For codes that AWS adds later. */
function newErrorGuidance(error: string, subject: ErrorSubject): ErrorGuidance {
  return {
    words: error,
    why: `IAM Access Analyzer gave up on ${GIVEN_UP[subject]} with ${error}.`,
    steps: [
      { text: 'Look the code up in the page of AWS on error findings, and fix what it says. If it stays, open a case with AWS Support.' },
    ],
    source: SOURCE,
  };
}
