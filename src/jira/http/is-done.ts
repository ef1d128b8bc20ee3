import type { Answer } from './answer.ts';

/**
 * With which statuses Jira says that a write was done. Source: the OpenAPI document of the Jira Cloud platform REST API v3; an edit has 200 as well,
 * for who wants the issue in return; a property has 201 when it is new.
 */
const DONE = {
  edit: [204],
  property: [200, 201],
  comment: [201],
  link: [201],
} as const satisfies Readonly<Record<string, readonly number[]>>;

/** Whether Jira has done a write. It often has no more to say than the status, labelled as HTML now and then; a page is never its own. */
export function isDone(answer: Answer, write: keyof typeof DONE): boolean {
  const statuses: readonly number[] = DONE[write];
  return answer.kind === 'http' && statuses.includes(answer.status) && answer.isPage !== true;
}
