import { parseArn } from '../../findings/arn.ts';
import type { Finding } from '../../findings/finding.ts';
import { resourceTypeOf } from '../../findings/resource-types/resource-types.ts';
import { cutText } from '../../rules/cut-text.ts';
import { codeBlock, paragraph, text, type AdfBlock } from './adf.ts';
import { section } from './describe-access.ts';
import { errorSubject } from './finding-words.ts';
import { findingCommand } from './finding-links.ts';
import { ARCHIVED_ERROR } from '../guidance/guidance-errors.ts';
import type { RenderInput } from './render-input.ts';

const MAX_NAME = 64;

/** Maximum archive commands; a sentence mentions the rest. */
const MAX_ARCHIVED = 5;

/** How the issue closes automatically, and how to speed that up. */
export function closingBlocks(lead: Finding): readonly AdfBlock[] {
  return section('How this closes', paragraph(text(closingWords(lead))), ...rescanBlocks(lead));
}

/** Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-concepts.html, and access-analyzer-resources.html for S3. */
function closingWords({ error, kind, resourceType }: Finding): string {
  const done = 'This issue is then closed by itself.';
  if (error !== null) return `AWS tries again by itself, and takes the finding away once the analysis works. ${done}`;
  switch (kind) {
    case 'external': {
      const seenLate = resourceTypeOf(resourceType)?.seenLate;
      const late = seenLate === undefined ? '' : ` ${seenLate}`;
      return `Once the access is gone, AWS sees it within about 30 minutes and calls the finding RESOLVED.${late} ${done}`;
    }
    case 'internal':
      return `Once the access is gone, AWS sees it within minutes or hours, at the latest with the daily scan, and calls the finding RESOLVED. ${done}`;
    case 'unused':
      return `Once the access is gone, or used, AWS sees it with the next run of its analyzer, mostly within a day, and calls the finding RESOLVED. ${done}`;
    default:
      return kind satisfies never;
  }
}

/** Only external access can be rescanned on demand. */
function rescanBlocks(lead: Finding): readonly AdfBlock[] {
  const command = lead.kind === 'external' ? findingCommand(lead, 'rescan') : null;
  return command === null ? [] : [paragraph(text(`To have it looked at at once, ${signedIn(lead)}:`)), codeBlock(command)];
}

/** What to do if the access is intended. */
export function archiveBlocks(findings: RenderInput['findings']): readonly AdfBlock[] {
  const [lead] = findings;
  const archive = `Archive the finding${findings.length > 1 ? 's' : ''} in IAM Access Analyzer`;
  return lead.error === null
    ? section(
        'If the access is intended',
        paragraph(text(`${archive}: the access stays, and this issue is closed by itself. Say in a comment here why, and until when.`)),
        ...archiveCommands(findings),
      )
    : section(
        'If AWS is not meant to see it',
        paragraph(text(`${archive}: this issue is closed by itself. ${ARCHIVED_ERROR[errorSubject(lead)]}`)),
        ...archiveCommands(findings),
      );
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
