import type { Static, TSchema } from 'typebox';
import { Check } from 'typebox/value';
import type { Failure } from '../../issues/failure.ts';
import type { Answer } from './answer.ts';
import { failureOf } from './outcome-table.ts';

/** Jira's answer, checked against its schema, or a failure. A page with status 200 is a failure. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

export function parseAnswer<S extends TSchema>(schema: S, answer: Answer, nowMs: number): Parsed<Static<S>> {
  if (answer.kind !== 'http' || answer.status < 200 || answer.status > 299) return { ok: false, failure: failureOf(answer, nowMs) };
  if (Check(schema, answer.json)) return { ok: true, value: answer.json };
  return badAnswer(`Jira answered ${answer.status} without what the answer must hold; a login page or a proxy may stand before it`);
}

/** Refuses an answer about another issue than the one that was asked for by its id, which an issue keeps wherever it is moved. */
export function aboutIssue<T extends { readonly id: string }>(parsed: Parsed<T>, id: string): Parsed<T> {
  if (!parsed.ok || parsed.value.id === id) return parsed;
  return badAnswer(`Jira was asked for the issue ${id} and answered with ${parsed.value.id}; a cache or a proxy may stand before it`);
}

function badAnswer(message: string): Parsed<never> {
  return { ok: false, failure: { code: 'jira-bad-answer', message, words: null, retry: { when: 'backoff' } } };
}
