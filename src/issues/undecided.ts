import { lifecycleOf } from '../findings/lifecycle.ts';
import { TOO_COSTLY } from '../rules/decide.ts';
import type { Failure } from './failure.ts';
import type { Member } from './plan-step.ts';

/**
 * Why the rules can't decide about a group: whether its active findings need an issue is not known. Null: they decide. A finding that is no
 * longer active needs no decision.
 */
export function undecided(members: readonly Member[]): Failure | null {
  const member = members.find(({ finding, decision }) => decision.action === 'undecided' && lifecycleOf(finding) === 'active');
  if (member === undefined) return null;
  const { ruleId } = member.decision;
  return { code: 'rule-too-costly', message: `The rule ${ruleId} ${TOO_COSTLY}`, words: null, retry: { when: 'seldom' } };
}
