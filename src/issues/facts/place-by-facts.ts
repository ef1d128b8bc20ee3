import { CHANGED_BY } from '../../rules/rule-words.ts';
import type { Facts } from './facts.ts';
import type { IssueRoute } from '../issue-route.ts';

/**
 * A route with the values that facts give. Pure. A session name is chosen by its caller, so only a person whom IAM Identity Center names becomes
 * the assignee. With `content: minimal` the assignee would tell what the text does not, so it stays empty.
 */
export function placeByFacts(route: IssueRoute, { changed }: Facts): IssueRoute {
  if (route.assignee !== CHANGED_BY && route.fallbackAssignee !== CHANGED_BY) return route;
  const person = changed?.person === true && route.content === 'full' ? changed.principal : null;
  const named = (assignee: string | null): string | null => (assignee === CHANGED_BY ? person : assignee);
  return { ...route, assignee: named(route.assignee), fallbackAssignee: named(route.fallbackAssignee) };
}
