import { addComment } from 'jira.js/cloud';
import type { AdfDocument } from '../issues/adf.ts';
import type { IssueRef } from '../pipeline/issue-tracker.ts';
import type { Answer } from './answer.ts';
import { INTERNAL_COMMENT } from './internal-comment.ts';
import type { JiraCalls } from './jira-calls.ts';

/** One comment, seen by the team only where the project serves customers. */
export function commentCall({ ask }: JiraCalls, issue: IssueRef, { type, version, content }: AdfDocument): Promise<Answer> {
  return ask((client) =>
    addComment(client, {
      issueIdOrKey: issue.id,
      body: { type, version, content: content.map((block) => ({ ...block })) },
      properties: INTERNAL_COMMENT,
    }),
  );
}
