import type { Finding } from '../findings/finding.ts';
import type { IssueDraft } from './issue-draft.ts';
import type { IssueMention } from './text/issue-mention.ts';
import type { IssueRoute } from './issue-route.ts';
import { detailsShown, type MemberDetails } from './member-details.ts';
import { renderIssue } from './text/render-issue.ts';

/** A finding with what is known of it beyond its events. */
interface Lead {
  readonly finding: Finding;
  readonly route: IssueRoute;
  readonly details: MemberDetails;
}

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
  return renderIssue({ findings: [finding, ...others], route, nowMs: openedAt, details: detailsShown(finding, details), follows });
}
