import type { Static, TSchema } from 'typebox';
import { Check } from 'typebox/value';
import type { Failure } from '../../issues/failure.ts';
import type { Answer } from './answer.ts';
import { failureOf } from './outcome-table.ts';
import { readPart } from './read-part.ts';

/** Jira's answer, checked against its schema, or a failure. A page with status 200 is a failure. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

/** An odd entry is left out, and an odd optional part is taken as absent. */
export function parseAnswer<S extends TSchema>(schema: S, answer: Answer, nowMs: number): Parsed<Static<S>> {
  if (answer.kind !== 'http' || answer.status < 200 || answer.status > 299) return { ok: false, failure: failureOf(answer, nowMs) };
  const value = readPart(schema, answer.json);
  return value === undefined ? unfit(answer.status) : { ok: true, value };
}

/** For answers that are evidence: an optional part that does not fit may be the one that matters, so that nothing is left out. */
export function parseEvidence<S extends TSchema>(schema: S, answer: Answer, nowMs: number): Parsed<Static<S>> {
  if (answer.kind !== 'http' || answer.status < 200 || answer.status > 299) return { ok: false, failure: failureOf(answer, nowMs) };
  return Check(schema, answer.json) ? { ok: true, value: answer.json } : unfit(answer.status);
}

function unfit(status: number): Parsed<never> {
  return badAnswer(`Jira answered ${status} without what the answer must hold; a login page or a proxy may stand before it`);
}

/** Refuses an answer about another issue than the one that was asked for by its id, which an issue keeps wherever it is moved. */
export function aboutIssue<T extends { readonly id: string }>(parsed: Parsed<T>, id: string): Parsed<T> {
  if (!parsed.ok || parsed.value.id === id) return parsed;
  return badAnswer(`Jira was asked for the issue ${id} and answered with ${parsed.value.id}; a cache or a proxy may stand before it`);
}

function badAnswer(message: string): Parsed<never> {
  return { ok: false, failure: { code: 'jira-bad-answer', message, words: null, retry: { when: 'backoff' } } };
}
