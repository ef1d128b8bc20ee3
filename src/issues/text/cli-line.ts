import { shellLine, type ShellValues } from './shell-line.ts';

/**
 * A command of guidance with its values, as `shellLine` fills them in. IAM is one for all Regions, but outside the partition `aws` the AWS
 * CLI finds it only by a Region of that partition.
 * Source: https://docs.aws.amazon.com/general/latest/gr/iam-service.html
 * @param values those of `fixValues`
 * @returns null if a value is missing or unsafe
 */
export function cliLine(command: string, values: ShellValues): string | null {
  const isElsewhere = values['partition'] !== undefined && values['partition'] !== 'aws';
  return shellLine(isElsewhere ? command.replace(/^aws iam \S+/, (start) => `${start} --region {region}`) : command, values);
}
