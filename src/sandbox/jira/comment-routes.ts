import { isJsonObject, type Json } from '../../findings/json.ts';
import { adfRefusal } from './issue-fields.ts';
import { commentJson } from './issue-json.ts';
import { BAD_BODY, numberParameter, objectBody, refusal, withIssue, type JiraRoute, type JiraSite } from './jira-route.ts';
import { commentedIssue, type SimulatedComment } from './simulated-issue.ts';

export function commentRoutes(site: JiraSite): JiraRoute[] {
  const path = '/issue/:idOrKey/comment';
  return [
    {
      method: 'POST',
      path,
      ...withIssue(site, (issue, call) => {
        const body = objectBody(call);
        if (body === null) return BAD_BODY;
        const refused = adfRefusal(body['body'] ?? null);
        if (refused !== null) return 'message' in refused ? refusal(400, [refused.message]) : refusal(400, [], { comment: refused.error });
        const comment: SimulatedComment = {
          id: site.state.takeId(),
          author: call.account.accountId,
          created: site.state.time(),
          body: body['body'] ?? null,
          internal: isInternal(body['properties'] ?? []),
        };
        site.state.put(commentedIssue(issue, comment));
        return { status: 201, body: commentJson(site, issue, comment) };
      }),
    },
    {
      method: 'GET',
      path,
      ...withIssue(site, (issue, { query }) => {
        const startAt = numberParameter(query, 'startAt', 0, Number.MAX_SAFE_INTEGER);
        const maxResults = numberParameter(query, 'maxResults', 5_000, 5_000);
        const ordered = (query.get('orderBy') ?? '').startsWith('-') ? issue.comments.toReversed() : issue.comments;
        const comments = ordered.slice(startAt, startAt + maxResults).map((comment) => commentJson(site, issue, comment));
        return { status: 200, body: { startAt, maxResults, total: issue.comments.length, comments } };
      }),
    },
  ];
}

/** `[{ key: 'sd.public.comment', value: { internal: true } }]` */
export function isInternal(properties: Json): boolean {
  const raw = Array.isArray(properties)
    ? properties.find((one: Json) => isJsonObject(one) && one['key'] === 'sd.public.comment')
    : undefined;
  return isJsonObject(raw) && isJsonObject(raw['value']) && raw['value']['internal'] === true;
}
