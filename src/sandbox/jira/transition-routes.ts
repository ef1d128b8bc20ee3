import { isJsonObject, type Json, type JsonObject } from '../../findings/json.ts';
import { isInternal } from './comment-routes.ts';
import { adfRefusal, notOnScreen, readFields, RESOLUTIONS } from './issue-fields.ts';
import { statusJson } from './issue-json.ts';
import {
  BAD_BODY,
  listParameter,
  objectBody,
  refusal,
  withIssue,
  type Answer,
  type Call,
  type JiraRoute,
  type JiraSite,
} from './jira-route.ts';
import { changedIssue, commentedIssue, type IssueChanges, type SimulatedComment, type SimulatedIssue } from './simulated-issue.ts';
import { targetOf, transitionsFrom, type WorkflowTransition } from './workflow.ts';

export function transitionRoutes(site: JiraSite): JiraRoute[] {
  const path = '/issue/:idOrKey/transitions';
  return [
    {
      method: 'GET',
      path,
      ...withIssue(site, (issue, { query }) => {
        const transitions = transitionList(site, issue, listParameter(query, 'expand').includes('transitions.fields'));
        return { status: 200, body: { expand: 'transitions', transitions } };
      }),
    },
    { method: 'POST', path, ...withIssue(site, (issue, call) => transit(site, issue, call)) },
  ];
}

/** The transitions that the issue's status allows. As in Jira, a comment is never listed among the fields, though a screen accepts one. */
export function transitionList(site: JiraSite, issue: SimulatedIssue, withFields: boolean): JsonObject[] {
  const { workflow } = site.state.issueType(issue);
  return transitionsFrom(workflow, issue.status).map((transition) => ({
    id: transition.id,
    name: transition.name,
    to: statusJson(site, targetOf(workflow, transition, issue.status)),
    hasScreen: transition.screen !== null,
    isGlobal: transition.from === 'any',
    isInitial: false,
    isAvailable: true,
    isConditional: false,
    isLooped: transition.to === 'same',
    ...(withFields ? { fields: screenFields(transition) } : {}),
  }));
}

/** The changes that the workflow itself makes in this transition. */
export function transitionChanges(site: JiraSite, issue: SimulatedIssue, transition: WorkflowTransition): IssueChanges {
  const status = targetOf(site.state.issueType(issue).workflow, transition, issue.status).name;
  return transition.resolution === 'kept' ? { status } : { status, resolution: transition.resolution };
}

function screenFields(transition: WorkflowTransition): JsonObject {
  if (transition.screen === null || transition.screen.resolution === 'absent') return {};
  return {
    resolution: {
      required: transition.screen.resolution === 'required',
      schema: { type: 'resolution', system: 'resolution' },
      name: 'Resolution',
      key: 'resolution',
      hasDefaultValue: false,
      operations: ['set'],
      allowedValues: RESOLUTIONS.map((name) => ({ id: name, name })),
    },
  };
}

/**
 * The comment is kept only when the transition has a screen. Without one it is silently dropped, as on live sites.
 * Source: https://github.com/ankitpokhrel/jira-cli/pull/1024
 */
function transit(site: JiraSite, issue: SimulatedIssue, call: Call): Answer {
  const body = objectBody(call);
  if (body === null) return BAD_BODY;
  const id = isJsonObject(body['transition']) ? body['transition']['id'] : undefined;
  if (typeof id !== 'string') return refusal(400, ["Missing 'transition' identifier"]);
  const transition = transitionsFrom(site.state.issueType(issue).workflow, issue.status).find((one) => one.id === id);
  if (transition === undefined) return refusal(400, [`Transition id '${id}' is not valid for this issue.`]);

  const input = readScreen(site, issue, transition, body);
  if ('status' in input) return input;
  const at = site.state.time();
  const { accountId } = call.account;
  // The post-function comes last, as it does in Jira, but leaves a resolution that was given on the screen.
  const after = { ...transitionChanges(site, issue, transition), ...input.changes };
  const moved = changedIssue(issue, after, accountId, at);
  const commented = input.comments.reduce(
    (so, comment) => commentedIssue(so, { id: site.state.takeId(), author: accountId, created: at, ...comment }),
    moved,
  );
  site.state.put(transition.screen === null ? moved : commented);
  return { status: 204, contentType: 'text/html;charset=UTF-8' };
}

function readScreen(
  site: JiraSite,
  issue: SimulatedIssue,
  transition: WorkflowTransition,
  body: JsonObject,
): { readonly changes: IssueChanges; readonly comments: readonly NewComment[] } | Answer {
  const project = site.state.project(issue.projectKey);
  if (project === null) return BAD_BODY;
  const [fields, update] = [objectOr(body['fields']), objectOr(body['update'])];
  const onScreen = new Set(Object.keys(screenFields(transition)));
  const { changes, messages, errors } = readFields(fields, project, site.state.people, onScreen);
  const problems: Record<string, string> = { ...errors };
  for (const field of Object.keys(update).filter((name) => name !== 'comment')) problems[field] = notOnScreen(field);
  if (isResolutionMissing(transition, changes)) problems['resolution'] ??= 'Resolution is required.';
  const comments = readComments(update['comment'] ?? []);
  if ('status' in comments) return comments;
  if (messages.length > 0 || Object.keys(problems).length > 0) return refusal(400, messages, problems);
  return { changes, comments: comments.entries };
}

/** An absent object counts as an empty one. */
function objectOr(entries: Json | undefined): JsonObject {
  return isJsonObject(entries) ? entries : {};
}

function isResolutionMissing({ screen }: WorkflowTransition, { resolution }: IssueChanges): boolean {
  return screen?.resolution === 'required' && (resolution ?? null) === null;
}

type NewComment = Pick<SimulatedComment, 'body' | 'internal'>;

/** `[{ add: { body: ADF, properties? } }]` */
function readComments(operations: Json): { readonly entries: readonly NewComment[] } | Answer {
  if (!Array.isArray(operations)) return refusal(400, [], { comment: 'data was not an array' });
  const entries: NewComment[] = [];
  for (const operation of operations) {
    const added = isJsonObject(operation) ? operation['add'] : undefined;
    const body = isJsonObject(added) ? (added['body'] ?? null) : null;
    const refused = adfRefusal(body);
    if (refused !== null) return 'message' in refused ? refusal(400, [refused.message]) : refusal(400, [], { comment: refused.error });
    entries.push({ body, internal: isInternal(isJsonObject(added) ? (added['properties'] ?? []) : []) });
  }
  return { entries };
}
