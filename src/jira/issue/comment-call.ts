import { addComment } from '../http/jira-js.ts';
import type { AdfDocument } from '../../issues/text/adf.ts';
import type { Failure } from '../../issues/failure.ts';
import type { IssueRef } from '../../pipeline/ports/issue-ref.ts';
import { INTERNAL_COMMENT } from './internal-comment.ts';
import { isDone } from '../http/is-done.ts';
import type { JiraCalls } from '../rate/jira-calls.ts';
import { failureOf } from '../http/outcome-table.ts';

/** Adds one comment, internal to the team where the project serves customers. Null: it was added. */
export async function commentCall(
  { ask, clock }: JiraCalls,
  issue: IssueRef,
  { type, version, content }: AdfDocument,
): Promise<Failure | null> {
  const answer = await ask((client) =>
    addComment(client, {
      issueIdOrKey: issue.id,
      body: { type, version, content: content.map((block) => ({ ...block })) },
      properties: INTERNAL_COMMENT,
    }),
  );
  return isDone(answer, 'comment') ? null : failureOf(answer, clock.now());
}
