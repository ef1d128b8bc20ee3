import type { Finding } from '../findings/finding.ts';
import type { KnownFacts } from './facts/facts.ts';
import type { IssueDraft } from './issue-draft.ts';
import type { IssueMention } from './text/issue-mention.ts';
import type { IssueRoute } from './issue-route.ts';
import { detailsShown, type MemberDetails } from './member-details.ts';
import { renderIssue } from './text/render-issue.ts';

/** A finding with its route, the state of its details, and what enrichers know of it. */
interface Lead {
  readonly finding: Finding;
  readonly route: IssueRoute;
  readonly details: MemberDetails;
  readonly known: KnownFacts;
}

/**
 * The draft of a group's issue. Pure. Creates and updates both use it, so they write the same content.
 * @param lead the finding whose rule applies
 * @param members all members of the group, the oldest first
 * @param openedAt epoch ms of the create: due dates count from here
 * @param follows the issues that this one follows
 */
export function draftIssue(
  { finding, route, details, known }: Lead,
  members: readonly { readonly finding: Finding }[],
  openedAt: number,
  follows: readonly IssueMention[],
): IssueDraft {
  const others = members.map((member) => member.finding).filter(({ key }) => key !== finding.key);
  const findings = [finding, ...others] as const;
  return renderIssue({ findings, route, nowMs: openedAt, details: detailsShown(finding, details), facts: known.facts, follows });
}
