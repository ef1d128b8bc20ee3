import { closeOutcomeOf } from '../../issues/close-outcome.ts';
import type { TransitionIntent } from '../../issues/group-record.ts';
import type { OwnIssue } from '../../issues/own-issue.ts';
import type { ClosingReason } from '../../issues/closing-reason.ts';
import type { TransitionAim } from '../../rules/transition-aim.ts';
import type { GroupView } from '../groups/group-view.ts';
import type { ReconcileContext } from './reconcile-context.ts';

/**
 * What the current rules say of a transition of a group's issue; null: nothing.
 * @param because why it is closed; null: it is reopened
 */
export async function aimOf(
  { rules }: Pick<ReconcileContext, 'rules'>,
  { members }: GroupView,
  { ruleId }: Pick<OwnIssue, 'ruleId'>,
  because: ClosingReason | null,
): Promise<TransitionAim | null> {
  // An issue that was read back from Jira names no rule; the one that would send it there now is the best guess.
  const guess = members.find(({ decision }) => decision.action === 'issue')?.decision.ruleId ?? null;
  const current = await rules.current();
  return because === null ? current.reopening(ruleId ?? guess) : current.closing(ruleId ?? guess, closeOutcomeOf(because));
}

/** The reason of a close that left work undone; null: it was a reopening. A close for an unknown reason counts as no fix. */
export function reasonOf({ closedBecause = 'by-person' }: OwnIssue, to: TransitionIntent['to']): ClosingReason | null {
  if (to === 'open') return null;
  return closedBecause === 'by-person' ? 'unmonitored' : closedBecause;
}
