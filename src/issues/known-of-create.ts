import type { CreateIntent } from './group-record.ts';
import type { OwnIssue } from './own-issue.ts';

/** Facts that the intent has and Jira lacks: the rule, the age, the followed issue, and the labels that are still to be added. Pure. */
export function knownOfCreate({
  route,
  sentAt,
  draftedAt = sentAt,
  follows,
  laterLabels,
}: CreateIntent): Pick<OwnIssue, 'ruleId' | 'openedAt' | 'follows' | 'laterLabels'> {
  return {
    ruleId: route.ruleId,
    openedAt: draftedAt,
    ...(follows === undefined ? {} : { follows: { ...follows, link: 'wanted' } }),
    ...(laterLabels === undefined ? {} : { laterLabels }),
  };
}
