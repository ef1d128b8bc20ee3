import { doTransition } from '../http/jira-js.ts';
import { isJsonObject } from '../../findings/json.ts';
import type { AdfDocument } from '../../issues/text/adf.ts';
import type { Failure } from '../../issues/failure.ts';
import type { IssueRef } from '../../pipeline/ports/issue-ref.ts';
import type { Answer } from '../http/answer.ts';
import { fillScreen, isOfRule, ruleValue, unlistedResolution, type FieldValues, type HopPurpose } from './fill-screen.ts';
import { INTERNAL_COMMENT } from '../issue/internal-comment.ts';
import type { JiraCalls } from '../rate/jira-calls.ts';
import { failureOf } from '../http/outcome-table.ts';
import { fieldRequired } from './transition-failures.ts';
import type { ScreenRefusal, Transition, WorkflowMap } from './workflow-map.ts';

/** A hop with the comment for its arrival. */
export interface Hop extends HopPurpose {
  readonly transition: Transition;
  readonly comment: AdfDocument;
}

/** What the transition's screen did not take: it is sent in calls of its own. */
export interface LeftOver {
  readonly comment: boolean;
  readonly fields: FieldValues;
}

/** `stale`: the map may be outdated, so read the issue again before giving up. */
export type Taken =
  | { readonly taken: true; readonly sent: FieldValues; readonly left: LeftOver }
  | { readonly taken: false; readonly failure: Failure; readonly stale: boolean };

interface Load {
  readonly fields: FieldValues;
  readonly comment: boolean;
  readonly left: LeftOver;
  /** All that the screen is known to refuse. */
  readonly refused: ReadonlyMap<string, ScreenRefusal>;
}

/** Jira's words for a field that a screen does not take, whatever its value. Every other refusal is about the value. */
const NOT_ON_SCREEN = /cannot be set\. It is not on the appropriate screen, or unknown/;

/**
 * Sends one transition, with comment and fields in the same POST as far as its screen takes them. Where Jira names a field that it refuses,
 * or requires one that it did not list, the same transition is sent once more without or with it, and that is remembered. A rule's value
 * that Jira refuses is never left out: that would hide the mistake.
 */
export async function takeTransition(calls: JiraCalls, map: WorkflowMap, issue: IssueRef, hop: Hop): Promise<Taken> {
  const filled = fillScreen(hop.transition, hop);
  if (!filled.ok) return { taken: false, failure: filled.failure, stale: true };
  const load = loadOf(map, hop, filled.fields);
  const answer = await send(calls, issue, hop, load);
  if (isDone(answer)) return { taken: true, sent: load.fields, left: load.left };
  const amended = amend(load, hop, answer);
  if (amended === null) return refused(answer, hop, calls.clock.now());
  await calls.governor.another();
  const second = await send(calls, issue, hop, amended);
  if (!isDone(second)) return refused(second, hop, calls.clock.now());
  remember(map, hop.transition.id, load, amended);
  return { taken: true, sent: amended.fields, left: amended.left };
}

function loadOf(map: WorkflowMap, hop: Hop, filled: FieldValues): Load {
  const lesson = map.lessons.get(hop.transition.id);
  const fields: Record<string, unknown> = { ...filled };
  for (const id of lesson?.wanted ?? []) if (!Object.hasOwn(fields, id)) fields[id] = unlisted(id, hop);
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  const refused = lesson?.refused ?? new Map<string, ScreenRefusal>();
  const isRefused = ([id]: readonly [string, unknown]): boolean =>
    refused.get(id) === 'not-on-screen' || (refused.has(id) && !isOfRule(hop, id));
  const comment = hop.isLast && hop.transition.hasScreen && !refused.has('comment');
  const left = { comment: hop.isLast && !comment, fields: Object.fromEntries(entries.filter(isRefused)) };
  return { fields: Object.fromEntries(entries.filter((entry) => !isRefused(entry))), comment, left, refused };
}

function send({ ask }: JiraCalls, issue: IssueRef, { transition, comment }: Hop, load: Load): Promise<Answer> {
  const fields = Object.keys(load.fields).length === 0 ? {} : { fields: { ...load.fields } };
  const update = load.comment ? { update: { comment: [{ add: { body: comment, properties: INTERNAL_COMMENT } }] } } : {};
  return ask((client) => doTransition(client, { issueIdOrKey: issue.id, transition: { id: transition.id }, ...fields, ...update }));
}

/** The answer has no body, and is often labelled as HTML: the status alone counts. */
function isDone(answer: Answer): boolean {
  return answer.kind === 'http' && answer.status === 204;
}

/** @returns null when nothing can be done about the refusal */
function amend(load: Load, hop: Hop, answer: Answer): Load | null {
  // The issue has as many comments as Jira allows.
  if (answer.kind === 'http' && answer.status === 413 && load.comment) return { ...load, comment: false };
  const named = namedFields(answer);
  let amended: Load | null = named.size === 0 ? null : load;
  for (const [id, words] of named) amended = amended === null ? null : amendField(amended, hop, id, words);
  return amended;
}

function amendField(load: Load, hop: Hop, id: string, words: string): Load | null {
  if (id === 'comment') return load.comment ? withoutComment(load) : null;
  const notOnScreen = NOT_ON_SCREEN.test(words);
  if (!Object.hasOwn(load.fields, id)) return withField(load, id, unlisted(id, hop));
  return notOnScreen || !isOfRule(hop, id) ? withoutField(load, id, notOnScreen ? 'not-on-screen' : 'our-value') : null;
}

function withoutComment(load: Load): Load {
  const refused = new Map(load.refused).set('comment', 'not-on-screen');
  return { ...load, comment: false, left: { ...load.left, comment: true }, refused };
}

function withField(load: Load, id: string, value: unknown): Load | null {
  if (value === undefined) return null;
  const { [id]: _, ...fields } = load.left.fields;
  const refused = new Map([...load.refused].filter(([known]) => known !== id));
  return { ...load, fields: { ...load.fields, [id]: value }, left: { ...load.left, fields }, refused };
}

function withoutField(load: Load, id: string, why: ScreenRefusal): Load {
  const { [id]: value, ...fields } = load.fields;
  const left = { ...load.left, fields: { ...load.left.fields, [id]: value } };
  return { ...load, fields, left, refused: new Map(load.refused).set(id, why) };
}

/** A value for a field that Jira requires but did not list. */
function unlisted(id: string, hop: Hop): unknown {
  return id === 'resolution' ? unlistedResolution(hop) : ruleValue(hop, id);
}

/** The fields that a refusal is about, each with Jira's words: by their ids in `errors`, or in the text of a message. */
function namedFields(answer: Answer): ReadonlyMap<string, string> {
  if (answer.kind !== 'http' || answer.status !== 400 || !isJsonObject(answer.json)) return new Map();
  const { errors, errorMessages } = answer.json;
  const messages = Array.isArray(errorMessages) ? errorMessages.filter((message) => typeof message === 'string') : [];
  const inWords = messages.flatMap((message) => {
    const [, field, required] = /\bfield '?(resolution|comment)\b|\b(resolution) is required/i.exec(message) ?? [];
    const id = field ?? required;
    return id === undefined ? [] : [[id.toLowerCase(), message] as const];
  });
  const byId = isJsonObject(errors)
    ? Object.entries(errors).map(([id, words]) => [id, typeof words === 'string' ? words : ''] as const)
    : [];
  return new Map([...inWords, ...byId]);
}

function refused(answer: Answer, hop: Hop, now: number): Taken {
  const failure = failureOf(answer, now);
  const stale = answer.kind === 'http' && (answer.status === 400 || answer.status === 409);
  const named = [...namedFields(answer)];
  // Where Jira names several fields, the rule's is the one that an admin can fix.
  const [id] = named.find(([one, words]) => isOfRule(hop, one) && !NOT_ON_SCREEN.test(words)) ?? named[0] ?? [];
  if (id === undefined) return { taken: false, failure, stale };
  const field = hop.transition.fields.find((known) => known.id === id) ?? { id, name: id, values: [] };
  return { taken: false, failure: fieldRequired(hop.transition.name, field, hop, failure.words), stale };
}

function remember(map: WorkflowMap, id: string, before: Load, after: Load): void {
  const added = Object.keys(after.fields).filter((field) => !Object.hasOwn(before.fields, field));
  map.lessons.set(id, { refused: after.refused, wanted: new Set([...(map.lessons.get(id)?.wanted ?? []), ...added]) });
}
