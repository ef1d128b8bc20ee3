/**
 * One step of a fix. `{names}` stand for values of the finding (fix-values.ts lists them), in commands each as one word for the shell; the
 * reader replaces words in CAPITALS in a command.
 */
export interface FixStep {
  readonly text: string;
  readonly commands?: readonly string[];
  /** The only case in which the step is shown; absent: always. */
  readonly when?: FixCase;
}

/**
 * `public`: open to everyone. `shared`: open to an outside principal. `policy`, `acl`, `access-point`: the source of the access, named by
 * AWS or possible. `plain`, `service-linked`, `identity-center`: an IAM role by its creator. `kms`: a KMS key.
 */
export type FixCase = 'public' | 'shared' | 'policy' | 'acl' | 'access-point' | 'plain' | 'service-linked' | 'identity-center' | 'kms';

/** How to fix a type of resource that outside principals can reach. Data, one entry per type, written from AWS's documentation. */
export interface Guidance {
  /** The purpose of the type, for a person who never heard of it: begins the sentence on why it matters. */
  readonly about: string;
  /** The risk if everyone can reach it. One sentence. */
  readonly publicRisk: string;
  /** The risk if an outside principal can reach it; absent: the default sentence fits. */
  readonly sharedRisk?: string;
  readonly steps: readonly FixStep[];
  /** Page of AWS's documentation. */
  readonly source: string;
}

/** The commands for a policy that is read, edited and put back as a file. */
export interface PolicyCommands {
  /** Its common name: `bucket policy`. */
  readonly policy: string;
  /** Prints the policy. */
  readonly read: string;
  /** Replaces the policy with policy.json. */
  readonly write: string;
  /** Deletes the policy; absent if the resource always has one. */
  readonly remove?: string;
  readonly when?: FixCase;
}

/** The steps to read a policy, edit it and put it back. */
export function editPolicy({ policy, read, write, remove, when }: PolicyCommands): readonly FixStep[] {
  const steps: readonly FixStep[] = [
    { text: `Save the ${policy} to a file and read it:`, commands: [`${read} > policy.json`] },
    {
      text: 'In policy.json, find the statements that let them in. Delete each, or have it name only the accounts and roles that need the access; a "*" as principal lets in everyone.',
    },
    { text: `Put the ${policy} back:`, commands: [write] },
    ...(remove === undefined ? [] : [{ text: `If nothing of the ${policy} is needed, delete it instead:`, commands: [remove] }]),
  ];
  return when === undefined ? steps : steps.map((step) => ({ ...step, when }));
}
