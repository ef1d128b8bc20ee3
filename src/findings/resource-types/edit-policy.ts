import type { FixCase, FixStep } from './fix-step.ts';

/** The commands for a policy that is read, edited and put back as a file. */
export interface PolicyCommands {
  /** Its common name: `bucket policy`. */
  readonly policy: string;
  /** Prints the policy. */
  readonly read: string;
  /** Replaces the policy with policy.json, or the file that `file` names. */
  readonly write: string;
  /** The name of the file without `.json`; absent: `policy`. Another one where an issue shows the steps for several policies. */
  readonly file?: string;
  /** Deletes the policy; absent if the resource always has one. */
  readonly remove?: string;
  /** The type by which AWS checks such a policy for public access; absent: AWS cannot. */
  readonly checkedAs?: CheckedType;
  /** Who loses what once the new policy counts. Whole sentences. */
  readonly effect?: string;
  /** What has to stay in it. Whole sentences. */
  readonly keep?: string;
  readonly when?: FixCase;
}

/** Source of the types: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CheckNoPublicAccess.html */
export type CheckedType = `AWS::${string}::${string}`;

/**
 * Checks policy.json, and answers PASS if it lets in no one but named principals.
 * Source: https://docs.aws.amazon.com/cli/latest/reference/accessanalyzer/check-no-public-access.html
 */
export function checkCommand(type: CheckedType, file = 'policy'): string {
  return `aws accessanalyzer check-no-public-access --policy-document file://${file}.json --resource-type ${type} --region {region}`;
}

/** The command that puts back the copy of the old policy. @param write the one that puts the file */
export function undoCommand(write: string, file = 'policy'): string {
  return write.replaceAll(`${file}.json`, `${file}-before.json`);
}

export function copyCommand(file = 'policy'): string {
  return `cp ${file}.json ${file}-before.json`;
}

/** The steps to read a policy, keep a copy, edit it, check it, put it back, and to undo that. */
export function editPolicy({
  policy,
  read,
  write,
  file = 'policy',
  remove,
  checkedAs,
  effect,
  keep,
  when,
}: PolicyCommands): readonly FixStep[] {
  const put =
    checkedAs === undefined ? 'Put the new policy in place:' : 'Put the new policy in place once the check says PASS (not public):';
  const steps: readonly FixStep[] = [
    { text: `Save the ${policy}, with a copy to go back to:`, commands: [`${read} > ${file}.json`, copyCommand(file)], isWithNext: true },
    { text: joined(editWords(file), keep), isWithNext: true },
    { text: joined(effect, put), commands: [...(checkedAs === undefined ? [] : [checkCommand(checkedAs, file)]), write] },
    ...(remove === undefined ? [] : [{ text: `If no statement is left, delete the ${policy} instead:`, commands: [remove] }]),
    { text: 'To undo this:', commands: [undoCommand(write, file)] },
  ];
  return when === undefined ? steps : steps.map((step) => ({ ...step, when }));
}

export function editWords(file = 'policy'): string {
  return `In ${file}.json, delete the statements that let them in, or have each name only the accounts and roles that need the access; a "*" as principal lets in everyone.`;
}

function joined(...sentences: readonly (string | undefined)[]): string {
  return sentences.filter((sentence) => sentence !== undefined).join(' ');
}
