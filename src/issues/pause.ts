import { openingOf, type GroupRecord } from './group-record.ts';
import type { Member } from './plan-step.ts';

/** The scope of a pause: everything, the issues of one rule, or those of one project. */
export type PauseScope = 'all' | `rule:${string}` | `project:${string}`;

/** True for a well-formed scope, even if the rule or project does not exist. */
export function isPauseScope(text: string): text is PauseScope {
  return text === 'all' || /^(rule|project):\S/.test(text);
}

/**
 * Every scope that a group falls under, the widest first: its issue's rule and project, and its destinations under the current rules. Pure.
 * Nothing is written to Jira for the group while one of them is paused.
 */
export function pauseScopes(record: GroupRecord, members: readonly Member[]): readonly PauseScope[] {
  const { issue } = record;
  const opening = openingOf(record);
  const routes = members.flatMap(({ decision }) => (decision.action === 'issue' ? [decision.route] : []));
  const places = [
    ...(opening === null ? [] : [opening.route]),
    ...(issue === null ? routes : [issue, { projectKey: projectOf(issue.key) }]),
  ];
  const ruleIds = [issue?.ruleId ?? null, ...routes.map(({ ruleId }) => ruleId)].filter((ruleId) => ruleId !== null);
  return [
    ...new Set<PauseScope>([
      'all',
      ...places.map(({ projectKey }) => `project:${projectKey}` as const),
      ...ruleIds.map((ruleId) => `rule:${ruleId}` as const),
    ]),
  ];
}

/** An issue that a person moves keeps its id and gets a key of its new project. */
function projectOf(key: string): string {
  return key.slice(0, key.lastIndexOf('-'));
}
