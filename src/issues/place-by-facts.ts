import type { Facts } from './facts.ts';
import type { IssueRoute } from './issue-route.ts';

/** The assignee of a rule that wants the person who made the change. */
export const CHANGED_BY_ASSIGNEE = 'changedBy';

/**
 * A route with the values that facts give. Pure. A session name is chosen by its caller, so only a person whom IAM Identity Center names becomes
 * the assignee. With `content: minimal` the assignee would tell what the text does not, so it stays empty.
 */
export function placeByFacts(route: IssueRoute, { changed }: Facts): IssueRoute {
  if (route.assignee !== CHANGED_BY_ASSIGNEE && route.fallbackAssignee !== CHANGED_BY_ASSIGNEE) return route;
  const person = changed?.person === true && route.content === 'full' ? changed.principal : null;
  const named = (assignee: string | null): string | null => (assignee === CHANGED_BY_ASSIGNEE ? person : assignee);
  return { ...route, assignee: named(route.assignee), fallbackAssignee: named(route.fallbackAssignee) };
}
