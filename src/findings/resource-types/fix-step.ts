/**
 * One step of a fix. `{names}` stand for values of the finding (fix-values.ts lists them), in commands each as one word for the shell; the
 * reader replaces words in CAPITALS in a command. A step that can lock out or unpublish says so before its command.
 */
export interface FixStep {
  readonly text: string;
  readonly commands?: readonly string[];
  /** The only case in which the step is shown; absent: always. */
  readonly when?: FixCase;
  /** It helps only together with the next step, so neither is shown without the other. */
  readonly isWithNext?: true;
}

/**
 * `public`: open to everyone. `shared`: open to an outside principal. `policy`, `acl`, `access-point`, `multi-region-access-point`,
 * `foreign-access-point` (of another account): the source of the access, named by AWS or possible. `plain`, `service-linked`,
 * `identity-center`: an IAM role by its creator. `kms`: a KMS key.
 */
export type FixCase =
  | 'public'
  | 'shared'
  | 'policy'
  | 'acl'
  | 'access-point'
  | 'multi-region-access-point'
  | 'foreign-access-point'
  | 'plain'
  | 'service-linked'
  | 'identity-center'
  | 'kms';

/** How to fix a type of resource that outside principals can reach. Data, one entry per type, written from AWS's documentation. */
export interface Guidance {
  /** The purpose of the type, for a person who never heard of it: begins the sentence on why it matters. */
  readonly about: string;
  /** The risk if everyone can reach it. One sentence. */
  readonly publicRisk: string;
  /** The risk if an outside principal can reach it; absent: the default sentence fits. */
  readonly sharedRisk?: string;
  /** The fix, completing `In short: …`, above the steps; absent: the default words fit. */
  readonly inShort?: string;
  readonly steps: readonly FixStep[];
  /** Page of AWS's documentation. */
  readonly source: string;
}
