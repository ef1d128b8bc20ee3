import { parseArn } from '../findings/arn.ts';
import { UNKNOWN_ANALYZER, type Finding } from '../findings/finding.ts';
import { standingOf } from '../findings/lifecycle.ts';
import { cutText } from '../rules/cut-text.ts';
import {
  bulletList,
  code,
  codeBlock,
  factTable,
  link,
  note,
  paragraph,
  strong,
  text,
  type AdfBlock,
  type AdfDocument,
  type AdfText,
} from './adf.ts';
import { accessBlocks, section, whyWords } from './describe-access.ts';
import { recommendationBlocks, unusedBlocks } from './describe-unused.ts';
import { day, factRows, shortRows } from './fact-rows.ts';
import { fitDescription, type Part } from './fit-description.ts';
import { fixCases, fixValues } from './fix-values.ts';
import { fixList } from './fix-list.ts';
import { consoleLink, findingCommand } from './finding-links.ts';
import { headline } from './finding-words.ts';
import type { FixStep } from './fix-step.ts';
import { errorGuidance, guidanceFor, INTERNAL_STEPS, unusedGuidance } from './guidance.ts';
import { mentionText } from './issue-mention.ts';
import type { RenderInput } from './render-input.ts';
import { resourceLink } from './resource-link.ts';
import { sectionBlocks } from './section-blocks.ts';
import { templateValues } from './template-values.ts';

const MAX_HEADLINE = 400;
const MAX_NAME = 64;
/** Of one finding in a list. */
const MAX_LINE = 200;
const MAX_FINDINGS = 25;
const FEW_FINDINGS = 5;
/** Commands that archive; more are told in a sentence. */
const MAX_ARCHIVED = 5;

/** The text of the issue: right, short, and enough to act on without another page. Always valid, always within what Jira takes. Pure. */
export function describeIssue(input: RenderInput): AdfDocument {
  const [lead] = input.findings;
  const elsewhere =
    lead.analyzerArn === UNKNOWN_ANALYZER
      ? 'The finding in IAM Access Analyzer has all of it.'
      : 'The finding in AWS has all of it; the link above leads there.';
  return fitDescription(partsOf(input, lead), elsewhere);
}

function partsOf(input: RenderInput, lead: Finding): readonly Part[] {
  const { findings, route, follows } = input;
  const values = templateValues(lead, route);
  return [
    whole(paragraph(strong(`${headline(lead, route.content, MAX_HEADLINE)}.`)), paragraph(text(ownerWords(lead))), ...linkBlocks(lead)),
    ...(follows.length === 0 ? [] : [whole(followsNote(follows))]),
    ...whatParts(input, lead),
    ...(isMixed(input) ? [findingsPart(input)] : []),
    whole(...section('Why it matters', paragraph(text(whyOf(lead, route.content))))),
    whole(...section('How to fix it', ...fixBlocks(lead, route.content))),
    ...recommendationPart(input, lead),
    whole(...section('How this closes', paragraph(text(closingWords(lead))), ...rescanBlocks(lead))),
    whole(...section('If the access is intended', ...archiveBlocks(findings))),
    // The last of the rule's sections goes first.
    ...route.sections.map((said, index) => ({ name: 'sections of the rule', rank: 29 - index / 100, blocks: sectionBlocks(said, values) })),
    factsPart(input, lead),
    ...(findings.length > 1 && !isMixed(input) ? [findingsPart(input)] : []),
  ];
}

function whole(...blocks: readonly AdfBlock[]): Part {
  return { name: '', rank: null, blocks };
}

function ownerWords({ accountId, region, createdAt, resource }: Finding): string {
  const where = parseArn(resource)?.service === 'iam' ? '' : `, Region ${cutText(region, MAX_NAME)}`;
  const since = createdAt === null ? '' : ` IAM Access Analyzer has reported this since ${day(createdAt)}.`;
  return `It belongs to account ${cutText(accountId, MAX_NAME)}${where}.${since}`;
}

function followsNote(follows: RenderInput['follows']): AdfBlock {
  const [first, ...more] = follows.slice(0, MAX_FINDINGS).map(mentionText);
  const keys = [...(first ?? []), ...more.flatMap((mention) => [...text(', '), ...mention])];
  return note(text('Follows '), keys, text(': the same resource, whose finding was resolved when its policy changed.'));
}

/** What it is about: who may do what, what is not used, or what could not be analysed. */
function whatParts({ route, details }: RenderInput, lead: Finding): readonly Part[] {
  if (route.content === 'minimal')
    return [whole(paragraph(text('Who has access and what they may do is not told in this project: see the finding in AWS.')))];
  if (lead.kind === 'unused' && lead.error === null) {
    return [{ name: 'what is not used', rank: 30, blocks: section('What is not used', ...unusedBlocks(lead, details)) }];
  }
  if (lead.error !== null && lead.principals.length === 0) return [];
  return [{ name: 'who can do what', rank: 40, blocks: section('Who can do what', ...accessBlocks(lead)) }];
}

function whyOf(lead: Finding, content: 'full' | 'minimal'): string {
  return lead.kind === 'unused' && lead.error === null ? unusedGuidance(lead.findingType).why : whyWords(lead, content);
}

function fixBlocks(lead: Finding, content: 'full' | 'minimal'): readonly AdfBlock[] {
  const open = content === 'full';
  return fixList(stepsFor(lead), fixCases(lead, open), fixValues(lead, open), cutText(lead.accountId, MAX_NAME));
}

function stepsFor({ error, kind, findingType, resourceType }: Finding): readonly FixStep[] {
  if (error !== null) return errorGuidance(error).steps;
  switch (kind) {
    case 'external':
      return guidanceFor(resourceType).steps;
    case 'internal':
      return INTERNAL_STEPS;
    case 'unused':
      return unusedGuidance(findingType).steps;
    default:
      return kind satisfies never;
  }
}

function recommendationPart({ route }: RenderInput, lead: Finding): readonly Part[] {
  if (route.content === 'minimal' || lead.findingType !== 'UnusedPermission' || lead.error !== null) return [];
  const blocks = recommendationBlocks(lead);
  return blocks.length === 0 ? [] : [{ name: 'the recommended policies', rank: 10, blocks: section('What AWS recommends', ...blocks) }];
}

/** Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-concepts.html, and access-analyzer-resources.html for S3. */
function closingWords({ error, kind, resourceType }: Finding): string {
  const done = 'This issue is then closed by itself.';
  if (error !== null) return `AWS tries again by itself, and takes the finding away once the analysis works. ${done}`;
  switch (kind) {
    case 'external': {
      const slow = resourceType.startsWith('AWS::S3::')
        ? ' Block Public Access of the whole account and multi-Region access points take up to 6 hours.'
        : '';
      return `Once the access is gone, AWS sees it within about 30 minutes and calls the finding RESOLVED.${slow} ${done}`;
    }
    case 'internal':
      return `Once the access is gone, AWS sees it within minutes or hours, at the latest with the daily scan, and calls the finding RESOLVED. ${done}`;
    case 'unused':
      return `Once the access is gone, or used, AWS sees it with the next run of its analyzer, mostly within a day, and calls the finding RESOLVED. ${done}`;
    default:
      return kind satisfies never;
  }
}

/** Only external access is looked at again on demand. */
function rescanBlocks(lead: Finding): readonly AdfBlock[] {
  const command = lead.kind === 'external' ? findingCommand(lead, 'rescan') : null;
  return command === null ? [] : [paragraph(text(`To have it looked at at once, ${signedIn(lead)}:`)), codeBlock(command)];
}

function archiveBlocks(findings: RenderInput['findings']): readonly AdfBlock[] {
  const [lead] = findings;
  const many = findings.length > 1;
  const archive = `Archive the finding${many ? 's' : ''} in IAM Access Analyzer: the access stays, and this issue is closed by itself. Say in a comment here why, and until when.`;
  if (lead.error !== null)
    return [
      paragraph(
        text(
          `If AWS is not meant to see this resource, archive the finding${many ? 's' : ''} in IAM Access Analyzer: this issue is closed by itself.`,
        ),
      ),
      ...archiveCommands(findings),
    ];
  return [paragraph(text(archive)), ...archiveCommands(findings)];
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

/** Security Hub and others add analyzers that nobody can change. */
function isServiceLinked(analyzerArn: string): boolean {
  return analyzerArn.includes(':analyzer/_AccessAnalyzerFor');
}

/** Findings are the analyzer's, which in an organization is in another account than the resource. */
function signedIn({ analyzerArn }: Finding): string {
  return `signed in to account ${cutText(parseArn(analyzerArn)?.accountId || 'of the analyzer', MAX_NAME)}`;
}

function linkBlocks(lead: Finding): readonly AdfBlock[] {
  const [finding, resource] = [consoleLink(lead), resourceLink(lead)];
  const analyzerAccount = cutText(parseArn(lead.analyzerArn)?.accountId ?? '', MAX_NAME);
  const parts: AdfText[][] = [
    ...(finding === null ? [] : [[...link('the finding', finding), ...text(` (sign in to account ${analyzerAccount})`)]]),
    ...(resource === null ? [] : [[...link('the resource', resource), ...text(` (account ${cutText(lead.accountId, MAX_NAME)})`)]]),
  ];
  const [first, second = []] = parts;
  return first === undefined ? [] : [paragraph(text('In the AWS console: '), first, second.length === 0 ? [] : text(', '), second)];
}

function factsPart({ route }: RenderInput, lead: Finding): Part {
  const command = findingCommand(lead, 'read');
  const reading =
    command === null ? [noCommand(lead)] : [paragraph(text(`The whole finding with the AWS CLI, ${signedIn(lead)}:`)), codeBlock(command)];
  return {
    name: 'facts',
    rank: 20,
    blocks: section('Facts', factTable(factRows(lead, route.content)), ...reading),
    short: section('Facts', factTable(shortRows(lead)), ...reading),
  };
}

function noCommand({ analyzerArn, findingId }: Finding): AdfBlock {
  return analyzerArn === UNKNOWN_ANALYZER
    ? paragraph(
        text(
          'The message that told of the finding did not name its analyzer, so there is no link to the finding and no command for it. Look in IAM Access Analyzer for the id ',
        ),
        code(cutText(findingId, MAX_HEADLINE)),
        text('.'),
      )
    : paragraph(text('There is no command for the finding here: a name holds characters that should not be pasted into a shell.'));
}

/** Whether the findings of the issue tell of different access, or are not all in the same state. */
function isMixed({ findings, route }: RenderInput): boolean {
  return new Set(findings.map((finding) => findingWords(finding, route.content))).size > 1;
}

function findingWords(finding: Finding, content: 'full' | 'minimal'): string {
  return `${headline(finding, content, MAX_LINE)}${finding.status === 'ACTIVE' ? '' : ` (${finding.status})`}`;
}

/** What is open goes without saying. */
function standingWords(finding: Finding): string {
  const standing = standingOf(finding);
  return standing === 'active' ? '' : `, ${standing === 'unmonitored' ? 'no longer watched' : standing}`;
}

function findingsPart(input: RenderInput): Part {
  const mixed = isMixed(input);
  const { findings, route } = input;
  const lines = (most: number): readonly AdfBlock[] => {
    const shown = findings.slice(0, most).map((finding) => {
      const words = mixed ? `${findingWords(finding, route.content)}: ` : '';
      return paragraph(
        text(words),
        code(cutText(finding.findingId, MAX_NAME)),
        text(` in ${cutText(finding.region, MAX_NAME)}${standingWords(finding)}`),
      );
    });
    const more = findings.length - shown.length;
    return section(
      `The ${findings.length} findings of this issue`,
      bulletList(more > 0 ? [...shown, paragraph(text(`and ${more} more; the admin API lists them all`))] : shown),
    );
  };
  return { name: 'the list of findings', rank: mixed ? 35 : 5, blocks: lines(MAX_FINDINGS), short: lines(FEW_FINDINGS) };
}
