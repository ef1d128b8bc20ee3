import type { GroupRecord } from './group-record.ts';
import type { Member } from './plan-step.ts';

/** What a pause holds: everything, the issues of one rule, or those of one project. */
export type PauseScope = 'all' | `rule:${string}` | `project:${string}`;

/**
 * Every scope that a group falls under, the widest first: its issue's rule and project, and where the rules of now would send it. Pure.
 * Nothing is written to Jira for the group while one of them is paused.
 */
export function pauseScopes({ issue, intent }: GroupRecord, members: readonly Member[]): readonly PauseScope[] {
  const routes = members.flatMap(({ decision }) => (decision.action === 'issue' ? [decision.route] : []));
  const places = [...(intent === null ? [] : [intent.route]), ...(issue === null ? routes : [issue, { projectKey: projectOf(issue.key) }])];
  const ruleIds = [issue?.ruleId ?? null, ...routes.map(({ ruleId }) => ruleId)].filter((ruleId) => ruleId !== null);
  return [
    ...new Set<PauseScope>([
      'all',
      ...places.map(({ projectKey }) => `project:${projectKey}` as const),
      ...ruleIds.map((ruleId) => `rule:${ruleId}` as const),
    ]),
  ];
}

/** A moved issue keeps its id and gets the key of where it is now. */
function projectOf(key: string): string {
  return key.slice(0, key.lastIndexOf('-'));
}
