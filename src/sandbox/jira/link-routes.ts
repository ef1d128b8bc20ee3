import type { Json } from '../../findings/json.ts';
import { reference } from './issue-json.ts';
import {
  BAD_BODY,
  NO_SUCH_ISSUE,
  NOT_SIGNED_IN,
  objectBody,
  refusal,
  type Answer,
  type Call,
  type JiraRoute,
  type JiraSite,
} from './jira-route.ts';
import type { SimulatedIssue } from './simulated-issue.ts';

const LINK_TYPES = ['Blocks', 'Cloners', 'Duplicate', 'Relates'];

export function linkRoutes(site: JiraSite): JiraRoute[] {
  return [
    { method: 'POST', path: '/issueLink', handle: (call) => link(site, call), anonymously: () => NO_SUCH_ISSUE },
    {
      method: 'GET',
      path: '/issueLinkType',
      handle: () => ({ status: 200, body: { issueLinkTypes: LINK_TYPES.map((name, id) => ({ id: String(10_000 + id), name })) } }),
      anonymously: () => NOT_SIGNED_IN,
    },
  ];
}

/** An existing link counts as made. */
function link(site: JiraSite, call: Call): Answer {
  const body = objectBody(call);
  if (body === null) return BAD_BODY;
  const type = reference(body['type']);
  if (type === null || !LINK_TYPES.includes(type.value))
    return refusal(404, [`No issue link type with name '${type?.value ?? ''}' found.`]);
  const [inward, outward] = [named(site, body['inwardIssue']), named(site, body['outwardIssue'])];
  if (inward === null || outward === null) return NO_SUCH_ISSUE;
  const there = outward.links.some((known) => known.type === type.value && known.direction === 'inward' && known.issueId === inward.id);
  if (!there && inward.id !== outward.id) {
    const id = site.state.takeId();
    site.state.put({ ...inward, links: [...inward.links, { id, type: type.value, direction: 'outward', issueId: outward.id }] });
    site.state.put({ ...outward, links: [...outward.links, { id, type: type.value, direction: 'inward', issueId: inward.id }] });
  }
  return { status: 201, issueKey: outward.key };
}

function named(site: JiraSite, raw: Json | undefined): SimulatedIssue | null {
  const issue = reference(raw);
  const found = issue === null || issue.by === 'name' ? null : site.state.issue(issue.value);
  return found === null || !site.state.shows(found) ? null : found;
}
