import type { OwnIssue } from '../../issues/group-record.ts';
import type { CloseFields } from '../../rules/routing-rule.ts';
import type { GroupView } from '../groups/group-view.ts';
import type { ReconcileContext } from './reconcile-context.ts';

/** How the current rules close a group's issue; null: they do not say. */
export async function closingOf(
  { rules }: Pick<ReconcileContext, 'rules'>,
  { members }: GroupView,
  { ruleId }: OwnIssue,
): Promise<CloseFields | null> {
  // An issue that was read back from Jira names no rule; the one that would send it there now is the best guess.
  const guess = members.find(({ decision }) => decision.action === 'issue')?.decision.ruleId ?? null;
  return (await rules.current()).closing(ruleId ?? guess);
}
