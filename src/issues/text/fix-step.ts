/**
 * One step of what to do. `{names}` stand for values of the finding (fix-values.ts lists them), in commands each as one word for the shell;
 * what is in CAPITALS in a command is for the reader to replace.
 */
export interface FixStep {
  readonly text: string;
  readonly commands?: readonly string[];
  /** HistoryNote only then; a step without it is always said. */
  readonly when?: FixCase;
}

/**
 * `public`: open to everyone. `shared`: to somebody outside. `policy`, `acl`, `access-point`: AWS says that this lets them in, or does not say what does.
 * `plain`, `service-linked`, `identity-center`: an IAM role by who made it. `kms`: a KMS key.
 */
export type FixCase = 'public' | 'shared' | 'policy' | 'acl' | 'access-point' | 'plain' | 'service-linked' | 'identity-center' | 'kms';

/** How a type of resource is mended when somebody outside can reach it. Data, one entry a type, written from AWS's documentation. */
export interface Guidance {
  /** What it is for, for a person who never heard of it: begins the sentence of why it matters. */
  readonly about: string;
  /** What follows where everyone can reach it. One sentence. */
  readonly publicRisk: string;
  /** What follows where somebody outside can reach it, where the usual sentence does not say it. */
  readonly sharedRisk?: string;
  readonly steps: readonly FixStep[];
  /** Page of AWS's documentation. */
  readonly source: string;
}

/** The commands for a policy that is read, edited and put back as a file. */
export interface PolicyCommands {
  /** What people call it: `bucket policy`. */
  readonly policy: string;
  /** Prints the policy. */
  readonly read: string;
  /** Puts policy.json in its place. */
  readonly write: string;
  /** Takes it away altogether; absent where there is always one. */
  readonly remove?: string;
  readonly when?: FixCase;
}

/** Read it, edit it, put it back. */
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
