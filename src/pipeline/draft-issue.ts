import type { Finding } from '../findings/finding.ts';
import type { IssueDraft } from '../issues/issue-draft.ts';
import type { DetailsState } from '../issues/render-input.ts';
import { renderIssue } from '../issues/render-issue.ts';
import type { Step } from '../issues/step.ts';

/** Nothing asks AWS for details yet. */
const NOT_ASKED: DetailsState = { missing: 'findings-to-jira did not ask AWS for it' };

/**
 * The issue that a create makes of its group: the one place where settling and whoever wants to know beforehand get it from.
 * @param nowMs store's clock, epoch ms
 */
export function draftIssue(
  members: readonly { readonly finding: Finding }[],
  { lead, route }: Step & { readonly step: 'create' },
  nowMs: number,
): IssueDraft {
  const others = members.map(({ finding }) => finding).filter(({ key }) => key !== lead.key);
  return renderIssue({ findings: [lead, ...others], route, nowMs, details: NOT_ASKED, follows: [] });
}
