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
import type { SimulatedProject } from './simulated-project.ts';
import type { SandboxAccount } from './sandbox-accounts.ts';
import { fieldJson } from './simulated-field.ts';
import { resolutionName, targetOf, transitionsFrom, type WorkflowScreen, type WorkflowTransition } from './workflow.ts';

export function transitionRoutes(site: JiraSite): JiraRoute[] {
  const path = '/issue/:idOrKey/transitions';
  return [
    {
      method: 'GET',
      path,
      ...withIssue(site, (issue, { query, account }) => {
        const transitions = transitionList(site, issue, account, listParameter(query, 'expand').includes('transitions.fields'));
        return { status: 200, body: { expand: 'transitions', transitions } };
      }),
    },
    { method: 'POST', path, ...withIssue(site, (issue, call) => transit(site, issue, call)) },
  ];
}

/**
 * The transitions that the issue's status and their conditions allow. As in Jira, a comment is never listed among the fields, though a
 * screen accepts one.
 */
export function transitionList(site: JiraSite, issue: SimulatedIssue, account: SandboxAccount, withFields: boolean): JsonObject[] {
  const { workflow } = site.state.issueType(issue);
  return allowed(site, issue, account).map((transition) => ({
    id: transition.id,
    name: transition.name,
    to: statusJson(site, targetOf(workflow, transition, issue.status)),
    hasScreen: transition.screen !== null,
    isGlobal: transition.from === 'any',
    isInitial: false,
    isAvailable: true,
    isConditional: transition.condition !== undefined,
    isLooped: transition.to === 'same',
    ...(withFields ? { fields: screenFields(site, issue, transition) } : {}),
  }));
}

/** A transition whose condition is not met is neither listed nor taken. */
function allowed(site: JiraSite, issue: SimulatedIssue, { accountId }: SandboxAccount): WorkflowTransition[] {
  const { workflow } = site.state.issueType(issue);
  return transitionsFrom(workflow, issue.status).filter(({ condition }) => condition === undefined || issue.assignee === accountId);
}

/** The changes that the workflow itself makes in this transition. */
export function transitionChanges(site: JiraSite, issue: SimulatedIssue, transition: WorkflowTransition): IssueChanges {
  const status = targetOf(site.state.issueType(issue).workflow, transition, issue.status).name;
  return transition.resolution === 'kept' ? { status } : { status, resolution: transition.resolution };
}

function screenFields(site: JiraSite, issue: SimulatedIssue, { screen }: WorkflowTransition): JsonObject {
  if (screen === null) return {};
  const fields = site.state.project(issue.projectKey)?.fields ?? [];
  const required = fields.filter(({ id }) => screen.requires?.includes(id));
  return {
    ...(screen.resolution === 'absent' ? {} : { resolution: resolutionJson(screen) }),
    ...Object.fromEntries(required.map((field) => [field.id, { ...fieldJson(field), required: true }])),
  };
}

function resolutionJson({ resolution, resolutions = RESOLUTIONS }: WorkflowScreen): JsonObject {
  return {
    required: resolution === 'required',
    schema: { type: 'resolution', system: 'resolution' },
    name: 'Resolution',
    key: 'resolution',
    hasDefaultValue: false,
    operations: ['set'],
    allowedValues: resolutions.map((one) => ({ id: resolutionName(one), ...(typeof one === 'string' ? { name: one } : one) })),
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
  const transition = allowed(site, issue, call.account).find((one) => one.id === id);
  if (transition === undefined) return refusal(400, [`Transition id '${id}' is not valid for this issue.`]);

  const input = readScreen(site, issue, transition, body);
  if ('status' in input) return input;
  const at = site.state.time();
  const { accountId } = call.account;
  // The post-function comes last, as it does in Jira: it overwrites what was given on the screen.
  const after = { ...input.changes, ...transitionChanges(site, issue, transition) };
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
  const onScreen = new Set(Object.keys(screenFields(site, issue, transition)));
  const { changes, messages, errors } = readFields(fields, project, site.state.people, onScreen);
  const problems: Record<string, string> = { ...missing(transition, changes, project), ...errors };
  for (const field of Object.keys(update).filter((name) => name !== 'comment')) problems[field] = notOnScreen(field);
  const comments = readComments(update['comment'] ?? []);
  if ('status' in comments) return comments;
  if (messages.length > 0 || Object.keys(problems).length > 0) return refusal(400, messages, problems);
  return { changes, comments: comments.entries };
}

/** An absent object counts as an empty one. */
function objectOr(entries: Json | undefined): JsonObject {
  return isJsonObject(entries) ? entries : {};
}

/** Jira's errors about a resolution that is missing or not offered, and about fields that the screen requires. */
function missing({ screen }: WorkflowTransition, changes: IssueChanges, { fields }: SimulatedProject): Record<string, string> {
  const resolution = changes.resolution ?? null;
  const isOffered = resolution === null || (screen?.resolutions ?? RESOLUTIONS).map(resolutionName).includes(resolution);
  const lacking = fields.filter(({ id }) => screen?.requires?.includes(id) && (changes.otherFields?.[id] ?? null) === null);
  return {
    ...Object.fromEntries(lacking.map(({ id, name }) => [id, `${name} is required.`])),
    ...(screen?.resolution === 'required' && resolution === null ? { resolution: 'Resolution is required.' } : {}),
    ...(isOffered ? {} : { resolution: `Resolution name '${resolution}' is not valid` }),
  };
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
