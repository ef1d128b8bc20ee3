import type { CreateIntent, OwnIssue } from './group-record.ts';

/** What the create knows of its issue and Jira does not tell: its rule, its age, what it goes on with, and the labels that it is owed. Pure. */
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
