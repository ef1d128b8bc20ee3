import { getComments } from 'jira.js/cloud';
import type { AdfDocument } from '../../issues/text/adf.ts';
import type { Failure } from '../../issues/failure.ts';
import type { IssueRef } from '../../pipeline/ports/issue-tracker.ts';
import type { JiraCalls } from '../rate/jira-calls.ts';
import { commentCall } from './comment-call.ts';
import type { OwnAccount } from '../project/own-account.ts';
import { parseAnswer } from '../http/parse-answer.ts';
import { CommentPage } from '../http/wire.ts';

/** The newest ones that are looked through. */
const MOST = 100;

/**
 * Adds a comment unless our account has said it since then. An issue that is gone hears nothing, and that is no failure.
 * @param since epoch ms
 * @param saidBy a comment that begins with the same words, or any at all
 */
export async function sayOnceCall(
  calls: JiraCalls,
  account: OwnAccount,
  { id, key }: IssueRef,
  comment: AdfDocument,
  since: number,
  saidBy: 'same-words' | 'any-words',
): Promise<Failure | null> {
  const { ask, clock, governor } = calls;
  const self = await account.id();
  if (!self.ok) return self.failure;
  const request = { issueIdOrKey: id, orderBy: '-created', maxResults: MOST } as const;
  const answer = await ask((client) => getComments(client, request));
  const read = parseAnswer(CommentPage, answer, clock.now());
  if (!read.ok) return read.failure.code === 'jira-not-found' ? null : read.failure;
  const beginning = saidBy === 'any-words' ? '' : (textsOf(comment)[0] ?? '');
  const isSaid = read.value.comments.some(
    ({ author, created, body }) =>
      author?.accountId === self.accountId && Date.parse(created) >= since && textsOf(body).join('').startsWith(beginning),
  );
  if (isSaid) return null;
  await governor.another();
  return commentCall(calls, { id, key }, comment);
}

/** The texts in a document, in order: Jira may join or split them, and adds marks of its own. */
function textsOf(document: unknown): string[] {
  const texts: string[] = [];
  // Without recursion: others' comments are nested as they like.
  const rest = [document];
  while (rest.length > 0) {
    const node = rest.pop();
    if (typeof node !== 'object' || node === null) continue;
    if ('text' in node && typeof node.text === 'string') texts.push(node.text);
    else if ('content' in node && Array.isArray(node.content)) for (const child of node.content.toReversed()) rest.push(child);
  }
  return texts;
}
