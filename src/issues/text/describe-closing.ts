import { parseArn } from '../../findings/arn.ts';
import type { Finding } from '../../findings/finding.ts';
import { resourceTypeOf } from '../../findings/resource-types/resource-types.ts';
import { cutText } from '../../rules/cut-text.ts';
import type { IssueRoute } from '../issue-route.ts';
import { codeBlock, expand, paragraph, text, type AdfBlock } from './adf.ts';
import { archiveRule } from './archive-rule.ts';
import { errorSubject } from './finding-words.ts';
import { findingCommand } from './finding-links.ts';
import { ARCHIVED_ERROR } from '../guidance/guidance-errors.ts';
import type { RenderInput } from './render-input.ts';

const MAX_NAME = 64;

/** Maximum archive commands; a sentence mentions the rest. */
const MAX_ARCHIVED = 5;

/** What closes the issue, in a few words; `rescanBlocks` and `archiveBlocks` have the rest. */
export function closingWords({ error, kind }: Finding): string {
  const closes = 'This issue closes automatically';
  if (error !== null) return `${closes} once the analysis works, and AWS keeps trying.`;
  switch (kind) {
    case 'external':
      return `${closes} once AWS sees that the access is gone, mostly within 30 minutes. ${NARROWED}`;
    case 'internal':
      return `${closes} once AWS sees that the access is gone, within a day at the latest. ${NARROWED}`;
    case 'unused':
      return `${closes} with the next run of the analyzer after the access is gone or used, mostly within a day.`;
    default:
      return kind satisfies never;
  }
}

/**
 * A finding stands for its principal, action and condition: a change of any of them resolves it, and what is left is another finding.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-findings-remediate.html
 */
const NARROWED = 'If you only narrow the access, it closes as well, and what is left comes back as a new finding with a new issue.';

/**
 * How to have AWS look again at once. Only external access can be rescanned on demand.
 * Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_StartResourceScan.html
 */
export function rescanBlocks(lead: Finding): readonly AdfBlock[] {
  const command = lead.kind === 'external' ? findingCommand(lead, 'rescan') : null;
  if (command === null) return [];
  const late = lead.error === null ? resourceTypeOf(lead.resourceType)?.seenLate : undefined;
  return [
    expand(
      'Rescan now',
      paragraph(text(`AWS looks again after each change. To have it look now, with the AWS CLI, ${signedIn(lead)}:`)),
      codeBlock(command),
      ...(late === undefined ? [] : [paragraph(text(late))]),
    ),
  ];
}

/** What to do if the access, or a part of it, is intended. */
export function archiveBlocks(findings: RenderInput['findings'], content: IssueRoute['content']): readonly AdfBlock[] {
  const [lead] = findings;
  const archive = `Archive the finding${findings.length > 1 ? 's' : ''} in IAM Access Analyzer`;
  return lead.error === null
    ? [
        expand(
          'If the access is intended',
          paragraph(text(`${archive}: the access stays, and this issue closes automatically. Say in a comment here why, and until when.`)),
          ...archiveCommands(findings),
          ...(isServiceLinked(lead.analyzerArn) ? [] : archiveRule(lead, content, signedIn(lead))),
        ),
      ]
    : [
        expand(
          'If AWS is not meant to see it',
          paragraph(text(`${archive}: this issue closes automatically. ${ARCHIVED_ERROR[errorSubject(lead)]}`)),
          ...archiveCommands(findings),
        ),
      ];
}

function archiveCommands(findings: RenderInput['findings']): readonly AdfBlock[] {
  const [lead] = findings;
  if (isServiceLinked(lead.analyzerArn))
    return [
      paragraph(
        text('Its analyzer belongs to an AWS service and cannot archive: suppress the finding in that service, such as Security Hub.'),
      ),
    ];
  const commands = findings.slice(0, MAX_ARCHIVED).flatMap((finding) => findingCommand(finding, 'archive') ?? []);
  if (commands.length === 0) return [];
  const more =
    findings.length > MAX_ARCHIVED
      ? ` The other ${findings.length - MAX_ARCHIVED} findings of this issue have to be archived as well.`
      : '';
  return [paragraph(text(`With the AWS CLI, ${signedIn(lead)}:${more}`)), codeBlock(commands.join('\n'))];
}

/** Security Hub and other services add analyzers that users can't change. */
function isServiceLinked(analyzerArn: string): boolean {
  return analyzerArn.includes(':analyzer/_AccessAnalyzerFor');
}

/** A finding belongs to the analyzer's account, which in an organization is not the resource's. */
export function signedIn({ analyzerArn }: Finding): string {
  return `signed in to account ${cutText(parseArn(analyzerArn)?.accountId || 'of the analyzer', MAX_NAME)}`;
}
