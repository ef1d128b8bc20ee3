import type { Static, TSchema } from 'typebox';
import { Check } from 'typebox/value';
import type { Failure } from '../issues/failure.ts';
import type { Answer } from './answer.ts';
import { failureOf } from './outcome-table.ts';

/** What Jira said, read by its schema; or the failure that the answer is. A page with status 200 is a failure. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

export function parseAnswer<S extends TSchema>(schema: S, answer: Answer, nowMs: number): Parsed<Static<S>> {
  if (answer.kind !== 'http' || answer.status < 200 || answer.status > 299) return { ok: false, failure: failureOf(answer, nowMs) };
  if (Check(schema, answer.json)) return { ok: true, value: answer.json };
  return {
    ok: false,
    failure: {
      code: 'jira-bad-answer',
      message: `Jira answered ${answer.status} without what the answer must hold; a login page or a proxy may stand before it`,
      words: null,
      retry: { when: 'backoff' },
    },
  };
}
