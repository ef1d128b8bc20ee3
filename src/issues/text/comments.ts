import { cutText } from '../../rules/cut-text.ts';
import { doc, paragraph, text, type AdfDocument } from './adf.ts';
import { mentionText, type IssueMention } from './issue-mention.ts';
import type { ReopeningReason } from '../step.ts';
import type { ClosingReason } from '../closing-reason.ts';

/** Maximum characters of a quoted message in a comment. */
const MAX_WORDS = 1_250;

/** The continuation of a closed issue, if any. */
export interface ClosingContext {
  /** The issue that follows it: of the finding that replaced a resolved one, or of the error finding that followed an unanalysed one. */
  readonly successor?: IssueMention;
}

/** The comment of a close. Only a resolved finding without a successor is called fixed. */
export function closingComment(because: ClosingReason, { successor }: ClosingContext = {}): AdfDocument {
  return commentOf(text(`${closingWords(because, successor !== undefined)} `), successorWords(because, successor), text(CLOSED));
}

const CLOSED = 'Closed by findings-to-jira.';

function closingWords(because: ClosingReason, isSucceeded: boolean): string {
  switch (because) {
    case 'resolved':
      return isSucceeded
        ? 'IAM Access Analyzer says that the finding is RESOLVED, but it was replaced by a new one on the same resource: the policy was changed, and access is left.'
        : 'IAM Access Analyzer says that the finding is RESOLVED: the access is gone.';
    case 'archived':
      return 'The finding was archived in IAM Access Analyzer: the access stays and counts as intended.';
    case 'ended':
      return 'Security Hub no longer shows the finding as active, and does not say why. This is not a fix: the access may still be there, and count as intended in AWS.';
    case 'unmonitored':
      return 'IAM Access Analyzer no longer monitors this: its analyzer was deleted, or AWS removed the finding. This is not a fix: the access may still be there.';
    case 'unanalysed':
      return `${UNANALYSED} This is not a fix: the access may still be there.`;
    case 'unrouted':
      return 'The routing rules no longer send this finding to Jira. This is not a fix: the access is still there.';
    default:
      return because satisfies never;
  }
}

const UNANALYSED = 'IAM Access Analyzer ended the finding because it can no longer analyse the resource.';

function successorWords(because: ClosingReason, successor: IssueMention | undefined): ReturnType<typeof text> {
  if (successor === undefined) return [];
  const what = because === 'unanalysed' ? 'The error has an issue of its own: ' : 'It goes on in ';
  return [...text(what), ...mentionText(successor), ...text('. ')];
}

/** The correction of a close as resolved, when AWS merely could not analyse the resource any more. */
export function correctionComment({ successor }: ClosingContext = {}): AdfDocument {
  return commentOf(
    text('Correction: this issue was closed as resolved, but the access was not seen to be gone. '),
    text(`${UNANALYSED} Treat it as open until the resource is analysed again. `),
    successorWords('unanalysed', successor),
    text('Said by findings-to-jira.'),
  );
}

/** The comment of a reopening. @param because `routed-again`: the issue was closed because no rule sent its findings to Jira */
export function reopeningComment(because: ReopeningReason): AdfDocument {
  const words =
    because === 'routed-again'
      ? 'The routing rules send this finding to Jira again, and it is ACTIVE.'
      : 'IAM Access Analyzer says that the finding is ACTIVE again: the same access is open again.';
  return commentOf(text(`${words} Reopened by findings-to-jira.`));
}

/** The comment about a missing path in the workflow. @param message the failure's message, with the status and the offered transitions */
export function noPathComment(step: 'close' | 'reopen', message: string): AdfDocument {
  const told = step === 'close' ? 'AWS no longer reports this finding as open' : 'The finding is ACTIVE again';
  return commentOf(
    text(
      `${told}, but findings-to-jira can't ${step} this issue automatically. ${cutText(message, MAX_WORDS)}. This comment is written once.`,
    ),
  );
}

/** The comment on a duplicate when it is closed in favour of the first issue. */
export function duplicateComment(keptKey: string): AdfDocument {
  return commentOf(text(`This issue is a duplicate of ${keptKey}, which stays open for the finding. Nothing was deleted. ${CLOSED}`));
}

function commentOf(...parts: readonly ReturnType<typeof text>[]): AdfDocument {
  return doc(paragraph(...parts));
}
