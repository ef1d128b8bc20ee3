import type { IssueStatus } from '../issues/group-record.ts';
import { issueStatus } from './issue-status.ts';
import type { WireTransition } from './wire.ts';

/** A transition that leads where we want. */
export interface ChosenTransition {
  readonly id: string;
  readonly to: IssueStatus;
  /** Only a transition with a screen takes a comment along. */
  readonly takesComment: boolean;
}

/** Among several done statuses, those that say "fixed" come before those that say "won't do". Names only break ties; the category decides. */
const FIXED_NAMES = ['done', 'closed', 'resolved', 'fixed', 'complete', 'completed'];

/** @returns null when none of those that Jira offers leads there directly */
export function chooseTransition(to: 'closed' | 'open', offered: readonly WireTransition[]): ChosenTransition | null {
  const candidates = offered
    .filter(({ isAvailable, isLooped }) => isAvailable !== false && isLooped !== true)
    .map((transition) => ({ id: transition.id, to: issueStatus(transition.to), takesComment: transition.hasScreen === true }))
    .filter(({ to: status }) =>
      to === 'closed' ? status.category === 'done' : status.category === 'new' || status.category === 'indeterminate',
    );
  const [best] = candidates.toSorted((a, b) => rank(to, a) - rank(to, b));
  return best ?? null;
}

function rank(to: 'closed' | 'open', { to: status }: ChosenTransition): number {
  if (to === 'open') return status.category === 'new' ? 0 : 1;
  const index = FIXED_NAMES.indexOf(status.name.toLowerCase());
  return index === -1 ? FIXED_NAMES.length : index;
}
