import type { FixStep } from './fix-step.ts';

/*
 * How the owner sees who uses a resource. CloudTrail's event history shows management events of the last 90 days; data events such as the
 * read of an object never stand in it, so it cannot prove that a resource is unused.
 * Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
 */

/** For types without words of their own. */
export const USAGE: FixStep = dataEvents('Reads and writes of the data');

/** The use of the resource is a data event. @param what the events; begins the sentence @param where the next place to look, a sentence */
export function dataEvents(
  what: string,
  where = 'Look in a trail that records data events, if there is one.',
  ...commands: readonly string[]
): FixStep {
  const words = `Find out who uses it. ${what} are not visible in CloudTrail's event history, and an empty history proves nothing. ${where}`;
  return commands.length === 0 ? { text: words } : { text: words, commands };
}

/** The use of the resource is a management event with this name. @param what completes "Find out who … in the last 90 days" */
export function eventsNamed(what: string, ...names: readonly string[]): FixStep {
  return {
    text: `Find out who ${what} in the last 90 days. The list covers the whole account and Region: look for {name}.`,
    commands: names.map((name) => lookUp('EventName', name)),
  };
}

/** The use of the resource is a management event that names it by its ARN. @param what completes "Find out who … in the last 90 days" */
export function eventsOf(what: string): FixStep {
  return { text: `Find out who ${what} in the last 90 days:`, commands: [lookUp('ResourceName', '{arn}')] };
}

function lookUp(key: 'EventName' | 'ResourceName', value: string): string {
  return `aws cloudtrail lookup-events --lookup-attributes AttributeKey=${key},AttributeValue=${value} --region {region}`;
}

/** IAM keeps the last use; the calls of STS name the role by its ARN, in the Region that the caller used. */
export const ROLE_USAGE: FixStep = {
  text: 'Find out who assumes it. The first command tells when it was last used, the second lists the calls of the last 90 days in one Region:',
  commands: ['aws iam get-role --role-name {name} --query Role.RoleLastUsed', lookUp('ResourceName', '{arn}')],
};

export const RESTORE_USAGE: FixStep = {
  text: 'Find out who uses it. What other accounts restore or copy is not visible to you, so ask them.',
};
