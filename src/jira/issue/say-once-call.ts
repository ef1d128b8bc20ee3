import { getComments } from '../http/jira-js.ts';
import type { AdfDocument } from '../../issues/text/adf.ts';
import type { Failure } from '../../issues/failure.ts';
import type { IssueRef } from '../../pipeline/ports/issue-ref.ts';
import type { JiraCalls } from '../rate/jira-calls.ts';
import { commentCall } from './comment-call.ts';
import type { OwnAccount } from '../project/own-account.ts';
import { parseAnswer } from '../http/parse-answer.ts';
import { CommentPage } from '../http/wire.ts';

/** The newest comments that are read. */
const MAX_COMMENTS = 100;

/**
 * Adds a comment unless our account has added it since then. An issue that is gone gets none, and that is no failure.
 * @param since epoch ms
 * @param matchBy a comment that begins with the same words, or any at all
 */
export async function sayOnceCall(
  calls: JiraCalls,
  account: OwnAccount,
  { id, key }: IssueRef,
  comment: AdfDocument,
  since: number,
  matchBy: 'same-words' | 'any-words',
): Promise<Failure | null> {
  const { ask, clock, governor } = calls;
  const self = await account.id();
  if (!self.ok) return self.failure;
  const request = { issueIdOrKey: id, orderBy: '-created', maxResults: MAX_COMMENTS } as const;
  const answer = await ask((client) => getComments(client, request));
  const read = parseAnswer(CommentPage, answer, clock.now());
  if (!read.ok) return read.failure.code === 'jira-not-found' ? null : read.failure;
  const beginning = matchBy === 'any-words' ? '' : (textsOf(comment)[0] ?? '');
  const isThere = read.value.comments.some(
    ({ author, created, body }) =>
      author?.accountId === self.accountId && Date.parse(created) >= since && textsOf(body).join('').startsWith(beginning),
  );
  if (isThere) return null;
  await governor.another();
  return commentCall(calls, { id, key }, comment);
}

/** The texts in a document, in order: Jira may join or split them, and adds ADF marks of its own. */
function textsOf(document: unknown): string[] {
  const texts: string[] = [];
  // Without recursion: other people's comments may be nested to any depth.
  const remaining = [document];
  while (remaining.length > 0) {
    const node = remaining.pop();
    if (typeof node !== 'object' || node === null) continue;
    if ('text' in node && typeof node.text === 'string') texts.push(node.text);
    else if ('content' in node && Array.isArray(node.content)) for (const child of node.content.toReversed()) remaining.push(child);
  }
  return texts;
}
