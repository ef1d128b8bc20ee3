import type { Answer } from './answer.ts';

/**
 * The statuses by which Jira confirms a write. Source: the OpenAPI document of the Jira Cloud platform REST API v3. An edit has 200 as
 * well, when the issue is asked for in return; a property has 201 when it is new.
 */
const DONE = {
  edit: [204],
  property: [200, 201],
  comment: [201],
  link: [201],
} as const satisfies Readonly<Record<string, readonly number[]>>;

/** Whether Jira has done a write. Often the status is its whole answer, now and then labelled as HTML; a page is never its own. */
export function isDone(answer: Answer, write: keyof typeof DONE): boolean {
  const statuses: readonly number[] = DONE[write];
  return answer.kind === 'http' && statuses.includes(answer.status) && answer.isPage !== true;
}
