import type { FixStep } from './fix-step.ts';

/** Why AWS could not analyse a resource, and what to do. Data, one entry per error code. */
export interface ErrorGuidance {
  /** Ends the headline: `cannot be analysed: access denied`. */
  readonly words: string;
  /** The cause. One sentence. */
  readonly why: string;
  readonly steps: readonly FixStep[];
  readonly source: string;
}

const SOURCE = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-error-findings.html';

export const ERROR_GUIDANCE: Readonly<Record<string, ErrorGuidance>> = {
  ACCESS_DENIED: {
    words: 'access denied',
    why: 'IAM Access Analyzer was not allowed to read the policy of this resource.',
    steps: [
      {
        text: 'Look in the policy of the resource, and in the service and resource control policies of the organization, for a Deny that also hits the role AWSServiceRoleForAccessAnalyzer. Make an exception for that role.',
      },
      {
        when: 'kms',
        text: 'For a KMS key, let that role call kms:DescribeKey, kms:GetKeyPolicy and kms:List* in the key policy.',
      },
    ],
    source: SOURCE,
  },
  INTERNAL_ERROR: {
    words: 'internal error of AWS',
    why: 'Something went wrong inside AWS while it looked at this resource.',
    steps: [
      { text: 'Wait a day: AWS tries again by itself.' },
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
      { text: 'Look at the other error findings on this resource, and mend what they say.' },
      { text: 'Narrow who can reach it: name roles in the policy of the resource instead of whole accounts, and use conditions.' },
    ],
    source: SOURCE,
  },
};

/** For codes that AWS adds later. @param error the code */
export function newErrorGuidance(error: string): ErrorGuidance {
  return {
    words: error,
    why: `IAM Access Analyzer gave up on this resource with ${error}.`,
    steps: [
      { text: 'Look the code up in the page of AWS on error findings, and mend what it says. If it stays, open a case with AWS Support.' },
    ],
    source: SOURCE,
  };
}
