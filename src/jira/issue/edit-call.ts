import { editIssue } from '../http/jira-js.ts';
import type { Failure } from '../../issues/failure.ts';
import type { IssueRef } from '../../pipeline/ports/issue-ref.ts';
import { isDone } from '../http/is-done.ts';
import type { JiraCalls } from '../rate/jira-calls.ts';
import { failureOf } from '../http/outcome-table.ts';

/** Sets fields of an issue. May be sent again. Null: they are set. */
export async function editCall(
  { ask, clock }: JiraCalls,
  { id }: IssueRef,
  fields: Readonly<Record<string, unknown>>,
): Promise<Failure | null> {
  const answer = await ask((client) => editIssue(client, { issueIdOrKey: id, fields: { ...fields } }));
  return isDone(answer, 'edit') ? null : failureOf(answer, clock.now());
}
