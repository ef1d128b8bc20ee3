import { doTransition } from 'jira.js/cloud';
import { isJsonObject } from '../findings/json.ts';
import type { AdfDocument } from '../issues/adf.ts';
import type { Failure } from '../issues/failure.ts';
import type { IssueRef } from '../pipeline/issue-tracker.ts';
import type { Answer } from './answer.ts';
import { fieldRequired, fillScreen, unlistedResolution, type FieldValues, type HopPurpose } from './fill-screen.ts';
import { INTERNAL_COMMENT } from './internal-comment.ts';
import type { JiraCalls } from './jira-calls.ts';
import { failureOf } from './outcome-table.ts';
import type { Transition, WorkflowMap } from './workflow-map.ts';

/** A hop with what is said when it arrives. */
export interface Hop extends HopPurpose {
  readonly transition: Transition;
  readonly comment: AdfDocument;
}

/** What the transition's screen did not take: for calls of their own. */
export interface LeftOver {
  readonly comment: boolean;
  readonly fields: FieldValues;
}

/** `stale`: what was known may be outdated, so look again before giving up. */
export type Taken =
  | { readonly taken: true; readonly sent: FieldValues; readonly left: LeftOver }
  | { readonly taken: false; readonly failure: Failure; readonly stale: boolean };

interface Load {
  readonly fields: FieldValues;
  readonly comment: boolean;
  readonly left: LeftOver;
}

/**
 * Sends one transition, with comment and fields in the same POST as far as its screen takes them. Where Jira names a field that it will not have,
 * or wants one that it did not list, the same transition is sent once more without or with it, and that is remembered.
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
  const isRefused = ([id]: readonly [string, unknown]): boolean => lesson?.refused.has(id) === true;
  const comment = hop.isLast && hop.transition.hasScreen && lesson?.refused.has('comment') !== true;
  const left = { comment: hop.isLast && !comment, fields: Object.fromEntries(entries.filter(isRefused)) };
  return { fields: Object.fromEntries(entries.filter((entry) => !isRefused(entry))), comment, left };
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
  if (named.length === 0) return null;
  const [fields, left]: [Record<string, unknown>, Record<string, unknown>] = [{ ...load.fields }, { ...load.left.fields }];
  for (const id of named.filter((name) => name !== 'comment')) {
    const value = Object.hasOwn(fields, id) ? fields[id] : unlisted(id, hop);
    if (value === undefined) return null;
    if (Object.hasOwn(fields, id)) {
      delete fields[id];
      left[id] = value;
    } else fields[id] = value;
  }
  if (named.includes('comment') && !load.comment) return null;
  const comment = load.comment && !named.includes('comment');
  return { fields, comment, left: { comment: load.left.comment || (load.comment && !comment), fields: left } };
}

/** A value for a field that Jira wants without having listed it. */
function unlisted(id: string, hop: Hop): unknown {
  if (id === 'resolution') return unlistedResolution(hop);
  const said = hop.to === 'closed' ? hop.closing?.fields : undefined;
  return said !== undefined && Object.hasOwn(said, id) ? said[id] : undefined;
}

/** The fields that a refusal is about: by their ids in `errors`, or in the words of a message. */
function namedFields(answer: Answer): string[] {
  if (answer.kind !== 'http' || answer.status !== 400 || !isJsonObject(answer.json)) return [];
  const { errors, errorMessages } = answer.json;
  const ids = isJsonObject(errors) ? Object.keys(errors) : [];
  const messages = Array.isArray(errorMessages) ? errorMessages.filter((message) => typeof message === 'string') : [];
  const inWords = messages.flatMap(
    (message) => /\bfield '?(resolution|comment)\b|\b(resolution) is required/i.exec(message)?.slice(1) ?? [],
  );
  return [...new Set([...ids, ...inWords.filter((id) => id !== undefined).map((id) => id.toLowerCase())])];
}

function refused(answer: Answer, hop: Hop, now: number): Taken {
  const failure = failureOf(answer, now);
  const stale = answer.kind === 'http' && (answer.status === 400 || answer.status === 409);
  const [id] = namedFields(answer);
  if (id === undefined) return { taken: false, failure, stale };
  const field = hop.transition.fields.find((known) => known.id === id) ?? { id, name: id, values: [] };
  return { taken: false, failure: fieldRequired(hop.transition.name, field, hop.closing, failure.words), stale };
}

function remember(map: WorkflowMap, id: string, before: Load, after: Load): void {
  const lesson = map.lessons.get(id);
  const refused = [...Object.keys(after.left.fields), ...(after.left.comment ? ['comment'] : [])];
  const wanted = Object.keys(after.fields).filter((field) => !Object.hasOwn(before.fields, field));
  map.lessons.set(id, {
    refused: new Set(refused),
    wanted: new Set([...(lesson?.wanted ?? []), ...wanted].filter((field) => !refused.includes(field))),
  });
}
