import type { Finding } from '../findings/finding.ts';
import type { IssueDraft } from './issue-draft.ts';
import type { IssueMention } from './issue-mention.ts';
import type { IssueRoute } from './issue-route.ts';
import type { MemberDetails } from './member-details.ts';
import { renderIssue } from './render-issue.ts';
import type { DetailsState } from './render-input.ts';

/** A finding with what is known of it beyond its events. */
interface Lead {
  readonly finding: Finding;
  readonly route: IssueRoute;
  readonly details: MemberDetails;
}

/** What is not used stands in no event. */
const NOT_ASKED: DetailsState = { missing: 'findings-to-jira did not ask AWS for it' };

/**
 * A group's issue as it would be written now. Pure: an issue is made and rewritten by this one function.
 * @param lead the finding that gives the rule
 * @param members all of the group, the oldest first
 * @param openedAt epoch ms, when the issue is or was opened: due dates count from here
 * @param follows the issues that this one succeeds
 */
export function draftIssue(
  { finding, route, details }: Lead,
  members: readonly { readonly finding: Finding }[],
  openedAt: number,
  follows: readonly IssueMention[],
): IssueDraft {
  const others = members.map((member) => member.finding).filter(({ key }) => key !== finding.key);
  const state = details === 'not-needed' ? NOT_ASKED : details;
  return renderIssue({ findings: [finding, ...others], route, nowMs: openedAt, details: state, follows });
}
